import fs from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { evidenceCommand } from '../../src/commands/evidence-options.js';
import { folderWith } from '../config/check-yaml.js';
import { verifies } from '../requirements.js';
import { runCommand } from './check-run.js';

verifies('limits:evidence:command');

test('evidence is put in, listed and dropped', async () => {
  const folder = folderWith();
  const run = (
    args: readonly string[],
    options: Record<string, unknown> = {},
  ): ReturnType<typeof runCommand> => runCommand(evidenceCommand, folder, { args: [...args], options });
  expect((await run([])).stdout).toBe('no evidence is in\n');
  const put = await run(['put', 'tests'], { ttl: '30m', session: 'build-7' });
  expect([put.code, put.stdout]).toEqual([
    0,
    expect.stringMatching(/^put in tests for the session build-7, until \d{4}-.*Z\n$/),
  ]);
  await run(['put', 'tests'], { ttl: '30m', session: 'other' });
  const listed = await run(['list'], { json: true, session: 'build-7' });
  expect(JSON.parse(listed.stdout)).toMatchObject({
    session: 'build-7',
    name: 'tests',
    from: 'hand',
    counts: true,
  });
  expect((await run(['list'])).stdout).toMatch(/^build-7 {2}tests {2}by hand {2}counts until .*\nother {2}/);
  expect((await run(['drop', 'tests'], { session: 'build-7' })).stdout).toBe(
    'dropped tests of the session build-7\n',
  );
  expect((await run(['list'], { session: 'build-7' })).stdout).toBe('no evidence is in\n');
  expect((await run(['drop', 'tests'], { session: 'build-7' })).message).toContain('has no evidence tests');
});

test.each<[readonly string[], Record<string, unknown>, string]>([
  [['add', 'tests'], {}, 'expected list, put or drop'],
  [['put'], { ttl: '1m', session: 's' }, 'expected one name'],
  [['put', 'a', 'b'], { ttl: '1m', session: 's' }, 'expected one name'],
  [['list', 'tests'], {}, 'list takes no name'],
  [['put', 'my tests'], { ttl: '1m', session: 's' }, 'letters, digits'],
  [['put', 'tests'], { ttl: '1m' }, 'expected --session'],
  [['put', 'tests'], { session: 's' }, 'expected --ttl'],
  [['put', 'tests'], { ttl: 'soon', session: 's' }, 'expected --ttl'],
  [['put', 'tests'], { ttl: '0m', session: 's' }, 'expected --ttl'],
  [['put', 'tests'], { ttl: '1m', session: 'x'.repeat(2000) }, 'longer than'],
])('%j %j is refused: %s', async (args, options, why) => {
  const { message } = await runCommand(evidenceCommand, folderWith(), { args: [...args], options });
  expect(message).toContain(why);
});

test('what is put in and taken out stands in the audit log, under its session', async () => {
  const folder = folderWith();
  const options = { ttl: '30m', session: 'build-7' };
  await runCommand(evidenceCommand, folder, { args: ['put', 'tests'], options });
  await runCommand(evidenceCommand, folder, { args: ['drop', 'tests'], options: { session: 'build-7' } });
  await runCommand(evidenceCommand, folder, { args: ['list'] });
  const log = fs.readFileSync(path.join(folder, 'state/guard/audit.jsonl'), 'utf8');
  const records = log
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  const by = userInfo().username;
  const piece = { name: 'tests', session: 'build-7', by };
  expect(records).toMatchObject([
    { event: 'evidence-put', session: 'build-7', detail: { ...piece, until: '1970-01-01T00:30:00.000Z' } },
    { type: 'checkpoint', closing: true },
    { event: 'evidence-dropped', session: 'build-7', detail: { ...piece, from: ['hand'] } },
    { type: 'checkpoint', closing: true },
  ]);
});

test('a log that cannot be written keeps the evidence out', async () => {
  const folder = folderWith();
  fs.mkdirSync(path.join(folder, 'state/guard/audit.jsonl'), { recursive: true });
  const options = { ttl: '30m', session: 'build-7' };
  const { error } = await runCommand(evidenceCommand, folder, { args: ['put', 'tests'], options });
  expect(error).toBe('audit-unwritable');
  expect((await runCommand(evidenceCommand, folder, { args: ['list'] })).stdout).toBe('no evidence is in\n');
});
