import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { auditRedactCommand } from '../../../src/commands/audit/redact-options.js';
import { PROGRESS_MS } from '../../../src/platform/bounds.js';
import { plantedSecrets, spellings } from '../../audit/redaction/planted.js';
import { folderWith } from '../../config/check-yaml.js';
import { verifies } from '../../requirements.js';
import { runCommand } from '../check-run.js';

verifies('audit:redact:check');

/** What an older guard, or another program, could have written. */
function lineOf(value: unknown): string {
  return JSON.stringify({
    v: 1,
    type: 'decision',
    writer: 'w',
    seq: 1,
    arg_hash: `sha256:${'ab'.repeat(32)}`,
    arguments: value,
  });
}

const planted = plantedSecrets(11);
const PASSWORD = ['correct', 'horse', 'battery'].join('-');

function check(folder: string, file: string, options: Record<string, unknown> = {}) {
  return runCommand(auditRedactCommand, folder, { options: { check: file, ...options } });
}

describe('findings', () => {
  test('every planted secret is found in its line, and none is shown', async () => {
    const text = planted.map(({ value }) => `${lineOf(value)}\n`).join('');
    const folder = folderWith({ 'log.jsonl': text });
    const { code, stdout } = await check(folder, 'log.jsonl', { json: true });
    expect(code).toBe(1);
    const lines = new Set(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { line: number }).line),
    );
    expect([...lines]).toHaveLength(planted.length);
    for (const { core } of planted) {
      for (const spelling of spellings(core)) expect(stdout).not.toContain(spelling);
    }
  });

  test('one row names file, line, place and kind', async () => {
    const folder = folderWith({ 'log.jsonl': `\n${lineOf({ user: { password: PASSWORD } })}\n` });
    const { code, stdout } = await check(folder, 'log.jsonl');
    expect(code).toBe(1);
    const file = path.join(folder, 'log.jsonl');
    expect(stdout).toBe(`${file}:2  $.arguments.user.password  password  co… (21 characters)\n`);
  });

  test('a line that is no record is looked through as text', async () => {
    const folder = folderWith({ 'log.jsonl': `{"v":1,"torn","password":"${PASSWORD}` });
    expect((await check(folder, 'log.jsonl')).code).toBe(1);
  });

  test('a line that is too long to be read is not called clean', async () => {
    const folder = folderWith({ 'log.jsonl': `${'x'.repeat(1024 * 1024)}\n` });
    const { code, stdout } = await check(folder, 'log.jsonl');
    expect(code).toBe(1);
    expect(stdout).toContain('unread');
  });

  test('the secrets of the config and the rotated files belong to it', async () => {
    const config = `version: '1'\nupstreams:\n  - { name: a, command: x, env: { APP_PASSWORD: ${PASSWORD} } }\n`;
    const folder = folderWith({
      'guard.yaml': config,
      'audit.jsonl': `${lineOf({ a: 1 })}\n`,
      'audit.20260101T000000000Z.jsonl': `${lineOf({ note: `it is ${PASSWORD}` })}\n`,
    });
    const { code, stdout } = await check(folder, 'audit.jsonl', { config: 'guard.yaml' });
    expect(stdout).toContain('$.arguments.note  secret');
    expect(code).toBe(1);
  });
});

describe('without findings', () => {
  test('a clean log is exit code 0, and so is what redaction has gone over', async () => {
    const folder = folderWith({
      'log.jsonl': `${lineOf({ path: '/srv/a.txt', key: '[redacted:password]' })}\n`,
    });
    expect(await check(folder, 'log.jsonl')).toMatchObject({ code: 0, stdout: '' });
  });

  test('--skip leaves kinds out', async () => {
    const folder = folderWith({ 'log.jsonl': `${lineOf({ to: 'someone@example.com' })}\n` });
    expect((await check(folder, 'log.jsonl')).code).toBe(1);
    expect((await check(folder, 'log.jsonl', { skip: 'email' })).code).toBe(0);
  });
});

describe('troubles', () => {
  test('a file that is not there', async () => {
    expect(await check(folderWith({}), 'none.jsonl')).toMatchObject({ code: 2, error: 'audit-unreadable' });
  });

  test.each([[{}], [{ check: 'x', skip: 'nonsense' }]])('wrong options %j', async (options) => {
    const ran = await runCommand(auditRedactCommand, folderWith({}), { options });
    expect(ran).toMatchObject({ code: 2, error: 'usage' });
  });
});

/** What is drawn on a terminal while a log of three lines is checked. */
async function drawn(options: Record<string, unknown>): Promise<string> {
  const folder = folderWith({ 'log.jsonl': `${lineOf({ a: 1 })}\n`.repeat(3) });
  let [text, nowMs] = ['', 0];
  const stdout = new PassThrough();
  stdout.resume();
  const stderr = Object.assign(new PassThrough(), { isTTY: true });
  stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const { run } = await auditRedactCommand.load();
  const tools = {
    env: { HOME: folder, XDG_CONFIG_HOME: folder, XDG_STATE_HOME: folder },
    cwd: folder,
    clock: { timestamp: () => '', wallMs: () => 0, monotonicMs: () => (nowMs += PROGRESS_MS) },
    stdin: new PassThrough() as unknown as NodeJS.ReadStream,
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: stderr as unknown as NodeJS.WriteStream,
    signal: new AbortController().signal,
  };
  await run({ args: [], options: { check: 'log.jsonl', ...options }, rest: [] }, tools);
  return text;
}

describe('the bar on a terminal', () => {
  test('shows how far the check has come, and goes away', async () => {
    const text = await drawn({});
    expect(text).toContain('\rchecking [########................]  33 % of');
    expect(text).toContain('\rchecking [########################] 100 % of');
    expect(text).toContain('\r\u001b[Kguard: nothing found in 3 lines');
  });

  test('--no-progress leaves it out', async () => {
    expect(await drawn({ progress: false })).toMatch(/^guard: nothing found/);
  });
});

test('the log itself is not changed', async () => {
  const folder = folderWith({});
  const file = path.join(folder, 'log.jsonl');
  const text = `${lineOf({ password: PASSWORD })}\n`;
  writeFileSync(file, text);
  await check(folder, 'log.jsonl');
  expect(readFileSync(file, 'utf8')).toBe(text);
});
