import { describe, expect, test } from 'vitest';
import { randomFrom } from '../support/random.js';
import type { Sandbox } from '../support/sandbox.js';
import type { Spawned } from '../support/spawned.js';
import { useSandbox } from '../support/use-sandbox.js';
import { verifies } from '../requirements.js';

verifies(
  'relay:chunks:any',
  'relay:stdout:protocol-only',
  'relay:answer:once',
  'relay:answer:pending-only',
  'relay:garbled:answered',
);

const open = useSandbox();

describe('the stream toward the client', () => {
  test.each(['prints-banner', 'garbage-lines'])('%s: stdout carries the protocol only', async (server) => {
    const sandbox = open();
    const guard = sandbox.guard({ server });
    expect(await guard.call('a', 'echo')).toHaveProperty('result');
    await guard.finish();
    expect(guard.messages().map(({ id }) => id)).toEqual(['a']);
    expect(guard.stderr).toContain('a line that is no message');
    // oxlint-disable-next-line no-control-regex -- the escape that the server wrote must not come through
    expect(guard.stderr).not.toMatch(/\u001B\[31m/);
  });

  test.each([
    ['splits-utf8', { result: { text: 'é€😀\u2028\u{10FFFF}' } }],
    ['crlf', { result: { content: [{ type: 'text', text: 'did echo' }] } }],
    ['answers-twice', { result: { content: [{ type: 'text', text: 'did echo' }] } }],
    ['answers-unknown-id', { result: { content: [{ type: 'text', text: 'did echo' }] } }],
    ['answers-with-wrong-id-type', { result: { content: [{ type: 'text', text: 'did echo' }] } }],
    ['result-and-error', { error: { code: -31003 } }],
    ['duplicate-id-keys', { error: { code: -31003 } }],
    ['garbled-answer', { error: { code: -31003 } }],
  ])('%s: one answer, of this kind', async (server, expected) => {
    const guard = open().guard({ server });
    expect(await guard.call(1, 'echo')).toMatchObject(expected);
    expect(await guard.call('1', 'echo')).toMatchObject(expected);
    await guard.finish();
    expect(guard.messages().map(({ id }) => id)).toEqual([1, '1']);
  });

  test("the server's requests come to the client, and the answers go back", async () => {
    const sandbox = open();
    const guard = sandbox.guard({ server: ['sends-requests', sandbox.received] });
    await guard.ask(1, 'initialize');
    const asked = guard
      .messages()
      .flatMap(({ id, method }) => (method === undefined ? [] : [`${String(id)} ${method}`]));
    expect(asked).toEqual([
      'ask-1 sampling/createMessage',
      'ask-2 elicitation/create',
      'ask-3 roots/list',
      'ask-5 ping',
    ]);
    for (const id of ['ask-3', 'ask-2', 'ask-1', 'ask-5']) guard.say({ id, result: {} });
    await guard.ask(2, 'ping');
    await guard.finish();
    const answered = sandbox.receivedLines().map((line) => (JSON.parse(line) as { id: string }).id);
    expect(answered).toEqual(['ask-4', 'ask-3', 'ask-2', 'ask-1', 'ask-5']);
  });
});

describe('the stream toward the server', () => {
  test('two hundred calls in one write: all, in order, one answer each', async () => {
    const sandbox = open();
    const guard = sandbox.guard({ server: ['echo', sandbox.received] });
    const ids = Array.from({ length: 200 }, (_, index) => index + 1);
    guard.say(
      ...ids.map((id) => ({ id, method: 'tools/call', params: { name: 'echo', arguments: { id } } })),
    );
    await guard.answer(200);
    await guard.finish();
    expect(sandbox.receivedLines().map((line) => (JSON.parse(line) as { id: number }).id)).toEqual(ids);
    expect(guard.messages().map(({ id }) => id)).toEqual(ids);
  });

  test('any chunking of the bytes gives the same lines', async () => {
    const text = ['é€😀', '\u2028', 'x'.repeat(70_000), ''].map(
      (value, index) =>
        `${JSON.stringify({ jsonrpc: '2.0', id: index, method: 'tools/call', params: { name: 'echo', arguments: { value } } })}\n`,
    );
    const bytes = Buffer.from(text.join(''));
    for (const seed of [1, 2, 3]) {
      const sandbox = open();
      const guard = sandbox.guard({ server: ['echo', sandbox.received] });
      await sendInPieces(guard, bytes, seed);
      await guard.answer(text.length - 1);
      await guard.finish();
      expect(`${sandbox.receivedLines().join('\n')}\n`).toBe(text.join(''));
    }
  });

  test('a last line without its end is refused, not run', async () => {
    const sandbox = open();
    const guard = sandbox.guard({ server: ['echo', sandbox.received] });
    await guard.ask(1, 'ping');
    guard.send('{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"delete"}}');
    await guard.finish();
    expect(sandbox.receivedLines()).toHaveLength(1);
    expect(refusals(sandbox)).toEqual(['unfinished-line']);
  });

  test('a server that closes its stdin: what is open is answered and the session ends', async () => {
    const guard = open().guard({ server: 'closes-stdin-but-lives' });
    await guard.ask(1, 'ping');
    guard.say({ id: 2, method: 'ping' });
    expect(await guard.answer(2)).toHaveProperty('error.code', -31002);
    expect(await guard.ended).toEqual({ code: 143, signal: null });
  });
});

async function sendInPieces(guard: Spawned, bytes: Buffer, seed: number): Promise<void> {
  const random = randomFrom(seed);
  for (let at = 0; at < bytes.length;) {
    const size = 1 + random.below(random.pick([3, 40, 20_000]));
    guard.send(bytes.subarray(at, at + size));
    at += size;
    await new Promise(setImmediate);
  }
}

function refusals(sandbox: Sandbox): string[] {
  return sandbox.records().flatMap((record) => (record.type === 'refusal' ? [record.reason] : []));
}
