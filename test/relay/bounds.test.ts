import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { eventually, pause } from '../support/eventually.js';
import type { Spawned } from '../support/spawned.js';
import { useSandbox } from '../support/use-sandbox.js';
import { verifies } from '../requirements.js';

verifies('relay:frame:oversized', 'relay:backpressure', 'relay:timeout:answered', 'ambiguity:flood');

const open = useSandbox();
const MIB = 1024 * 1024;
/** What guard may hold while a peer does not read; two bounded queues, a frame and Node itself. */
const MEMORY_MIB_MAX = 300;

describe('bounds', () => {
  test('a line above the bound is refused, its tail is not run, and the session lives on', async () => {
    const sandbox = open();
    const guard = sandbox.guard({ server: ['echo', sandbox.received] });
    const tail = '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"delete"}}';
    guard.send(
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${'x'.repeat(11 * MIB)}"}}${tail}\n`,
    );
    expect(await guard.answer(1)).toHaveProperty('error.code', -31007);
    expect(await guard.ask(2, 'ping')).toHaveProperty('result');
    await guard.finish();
    expect(sandbox.receivedLines().map((line) => line.length)).toEqual([40]);
    expect(guard.answers(7)).toEqual([]);
  });

  test('an answer above the bound becomes an error, and the session lives on', async () => {
    const guard = open().guard({ server: 'huge-line' });
    expect(await guard.call(1, 'echo')).toHaveProperty('error.code', -31004);
    expect(await guard.ask(2, 'ping')).toHaveProperty('result');
    await guard.finish();
  });

  test('an answer that is nested too deep becomes an error', async () => {
    const guard = open().guard({ server: 'deep-answer' });
    expect(await guard.call(1, 'echo')).toHaveProperty('error.code', -31003);
    await guard.finish();
  });

  test('a server that never reads holds the client back, and memory stays bounded', async () => {
    const sandbox = open();
    const guard = sandbox.guard({ server: 'slow-reader' });
    await guard.told('ready\n');
    const line = `${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/x', params: { text: 'x'.repeat(MIB) } })}\n`;
    for (let sent = 0; sent < 64; sent += 1) guard.send(line);
    await eventually('guard to stop reading', () => guard.child.stdin.writableLength > 32 * MIB);
    await pause(300);
    expect(guard.child.stdin.writableLength).toBeGreaterThan(32 * MIB);
    expect(memoryMib(guard)).toBeLessThan(MEMORY_MIB_MAX);
    process.kill(guard.pid, 'SIGTERM');
    expect(await guard.ended).toEqual({ code: 143, signal: null });
  });

  test('a client that never reads holds the server back, and memory stays bounded', async () => {
    const sandbox = open();
    const guard = sandbox.guard({ server: 'echo' });
    await guard.ask(0, 'ping');
    guard.child.stdout.pause();
    const args = { tag: 'x'.repeat(200) };
    for (let id = 1; id <= 20_000; id += 1) {
      guard.say({ id, method: 'tools/list', params: { _meta: args } });
    }
    await eventually(
      'guard to stop reading',
      () => guard.child.stdin.writableLength > 0 && guard.child.stdin.writableLength,
    );
    await pause(300);
    expect(memoryMib(guard)).toBeLessThan(MEMORY_MIB_MAX);
    guard.child.stdout.resume();
    await eventually('all answers', () => guard.lines.length === 20_001);
    await guard.finish();
  });

  test('a server that floods stderr is never blocked by it', async () => {
    const guard = open().guard({ server: 'floods-stderr' });
    guard.child.stderr.pause();
    expect(await guard.call(1, 'echo')).toHaveProperty('result');
    guard.child.stderr.resume();
    await guard.finish();
  });

  test('garbage without end is answered and recorded at a bounded rate', async () => {
    const sandbox = open();
    const guard = sandbox.guard({ server: ['echo', sandbox.received] });
    guard.send('garbage\n'.repeat(20_000));
    expect(await guard.ask(1, 'ping')).toHaveProperty('result');
    expect(guard.answers(null).length).toBeLessThan(1000);
    await guard.finish();
    expect(sandbox.records().length).toBeLessThan(1000);
    expect(sandbox.receivedLines()).toHaveLength(1);
  });

  test('a server that never answers: the client is told after the time limit, once', async () => {
    const sandbox = open("version: '1'\nrelay: { request_timeout: 1s }\n");
    const guard = sandbox.guard({ server: 'hang' });
    expect(await guard.call(1, 'echo')).toHaveProperty('error.code', -31005);
    await guard.finish();
    expect(guard.answers(1)).toHaveLength(1);
    expect(sandbox.records().filter(({ type }) => type === 'outcome')).toMatchObject([{ result: 'timeout' }]);
  });
});

/** Resident memory of guard itself. */
function memoryMib(guard: Spawned): number {
  const status = fs.readFileSync(`/proc/${guard.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}
