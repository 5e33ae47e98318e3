import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { decisionLine, encoderOf, outcomeLine, TS } from '../audit/lines.js';
import { useLogFolder } from '../audit/log-folder.js';
import { verifies } from '../requirements.js';

verifies('tail:pipe');

const at = useLogFolder();
const DRIVER = path.join(import.meta.dirname, '..', 'audit', 'fixtures', 'tail.ts');

interface Tail {
  readonly child: ChildProcess;
  out(): string;
  err(): string;
  /** Waits until the output holds a text. */
  shows(text: string): Promise<void>;
  ends(): Promise<number | null>;
}

function tail(options: Record<string, unknown> = {}, env: Record<string, string> = {}): Tail {
  const args = ['--import', 'tsx', DRIVER, JSON.stringify({ audit: at.log, ...options })];
  const child = spawn(process.execPath, args, { env: { ...process.env, TZ: 'UTC', ...env }, stdio: 'pipe' });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = once(child, 'close');
  return {
    child,
    out: () => out,
    err: () => err,
    async shows(text) {
      for (const startMs = performance.now(); !out.includes(text); await delay(20)) {
        if (performance.now() - startMs > 15_000)
          throw new Error(`"${text}" did not come; out: ${out} err: ${err}`);
      }
    },
    async ends() {
      await ended;
      return child.exitCode;
    },
  };
}

async function shown(options: Record<string, unknown>, env: Record<string, string> = {}): Promise<string[]> {
  const view = tail({ follow: false, ...options }, env);
  expect(await view.ends(), view.err()).toBe(0);
  return view.out().split('\n').slice(0, -1);
}

function write(...lines: string[]): void {
  fs.appendFileSync(at.log, lines.join(''));
}

describe('what is there', () => {
  test('the last calls in the order of their decisions, one line each, in full width', async () => {
    write(decisionLine('1'), outcomeLine('1'));
    write(
      decisionLine('2', { tool: 'write_file' }),
      decisionLine('3', { decision: 'deny', rule: 'no-deletes', tool: 'delete_file' }),
    );
    write(
      outcomeLine('3', { result: 'denied' }),
      outcomeLine('2', { result: 'tool-error', latency_ms: 1234 }),
      decisionLine('4'),
    );
    expect(await shown({ lines: '3' })).toEqual([
      '03:04:05.678  tool-error      files           write_file                    claude             1.2 s     312 B  user/reads',
      '03:04:05.678  deny            files           delete_file                   claude            1.3 ms     312 B  user/no-deletes',
      '03:04:05.678  allow           files           read_file                     claude                 -     312 B  user/reads, no answer recorded',
    ]);
  });

  test('filters, and --since without --lines shows all that came since', async () => {
    for (let index = 0; index < 50; index += 1)
      write(decisionLine(`a${index}`), decisionLine(`b${index}`, { decision: 'limit' }));
    expect(await shown({ decision: 'limit', since: '2026-01-01' })).toHaveLength(50);
    expect(await shown({ decision: 'limit' })).toHaveLength(20);
    expect(await shown({ since: '1h' })).toEqual([]);
    expect(await shown({ tool: ['nothing', 'read*'], grep: 'NOTHING', lines: '3' })).toEqual([]);
  });

  test('--json prints the records as they stand', async () => {
    const lines = [decisionLine('1'), outcomeLine('1'), decisionLine('2', { decision: 'deny' })];
    write(...lines, encoderOf().event(TS, { event: 'reload', detail: { a: 1 } }));
    expect(await shown({ json: true, lines: '3' })).toHaveLength(4);
    expect(await shown({ json: true, decision: 'allow,deny' })).toEqual(lines.map((line) => line.trimEnd()));
  });

  test('colors only where they are wanted', async () => {
    write(decisionLine('1', { decision: 'deny' }));
    expect((await shown({}, { FORCE_COLOR: '' })).join('')).not.toContain('\u001b[31mdeny');
    expect((await shown({}, { FORCE_COLOR: '1' })).join('')).toContain('\u001b[31mdeny');
    expect((await shown({ color: false }, { FORCE_COLOR: '1' })).join('')).not.toContain('\u001b');
  });

  test('torn lines are noted with their place and stop nothing', async () => {
    write(decisionLine('1'), '{"v":1,"ty\n', decisionLine('2'));
    const view = tail({ follow: false });
    expect(await view.ends()).toBe(0);
    expect(view.out().split('\n')).toHaveLength(3);
    expect(view.err()).toContain(`audit.jsonl, byte ${decisionLine('1').length}: torn`);
  });

  test.each([
    [{ lines: 'many' }, '--lines: expected a whole number'],
    [{ since: 'soon' }, '--since: expected a duration'],
    [{ decision: 'allow,maybe' }, '--decision: expected allow, deny'],
    [{ grep: ['a', 'b'] }, '--grep: expected one value, got 2'],
  ])('%j is a usage error', async (options, message) => {
    const view = tail(options);
    expect(await view.ends()).toBe(2);
    expect(view.err()).toContain(message);
  });

  test('no log is an error without following', async () => {
    const view = tail({ follow: false });
    expect(await view.ends()).toBe(2);
    expect(view.err()).toContain('there is no audit log at');
  });
});

describe('live', () => {
  test('waits for the log, joins quick calls, shows slow ones as pending, and ends with 0 on SIGINT', async () => {
    const view = tail();
    while (!view.err().includes('waiting for')) await delay(20);
    write(decisionLine('1'), outcomeLine('1'));
    await view.shows('1.3 ms');
    write(decisionLine('2', { tool: 'slow_tool' }));
    await view.shows('pending');
    write(outcomeLine('2', { tool: 'slow_tool', result: 'timeout', latency_ms: 60_000 }));
    await view.shows('60.0 s');
    fs.renameSync(at.log, `${at.log}.1`);
    write(decisionLine('3', { decision: 'dry_run' }));
    await view.shows('dry-run');
    view.child.kill('SIGINT');
    expect(await view.ends()).toBe(0);
    expect(view.out().trimEnd().split('\n')).toHaveLength(4);
    expect(view.err()).toBe(`guard: waiting for ${at.log}\n`);
  });

  test('the outcome of a call that was shown among the earlier ones is known', async () => {
    write(decisionLine('1', { rule: 'the-rule', ts: new Date().toISOString() }));
    const view = tail();
    await view.shows('pending');
    write(outcomeLine('1', { latency_ms: 5 }));
    await view.shows('5.0 ms');
    view.child.kill('SIGINT');
    await view.ends();
    expect(view.out().match(/the-rule/g)).toHaveLength(2);
  });

  test('a reader that leaves ends it with 0 and without a word', async () => {
    write(decisionLine('1'));
    const view = tail();
    await view.shows('allow');
    view.child.stdout?.destroy();
    write(decisionLine('2'), outcomeLine('2'));
    await delay(300);
    write(decisionLine('3'), outcomeLine('3'));
    expect(await view.ends()).toBe(0);
    expect(view.err()).toBe('');
  });

  test('a reader that stands still is waited for, and nothing is lost', async () => {
    const view = tail({ json: true });
    while (!view.err().includes('waiting for')) await delay(20);
    view.child.stdout?.pause();
    const count = 20_000;
    write(...Array.from({ length: count }, (_, index) => decisionLine(String(index))));
    await delay(1500);
    view.child.stdout?.resume();
    await view.shows(`"request_id":"${count - 1}"`);
    view.child.kill('SIGINT');
    expect(await view.ends()).toBe(0);
    expect(view.out().trimEnd().split('\n')).toHaveLength(count);
  });
});
