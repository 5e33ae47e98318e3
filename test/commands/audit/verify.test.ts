import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { auditVerifyCommand } from '../../../src/commands/audit/verify-options.js';
import { evidenceCommand } from '../../../src/commands/evidence-options.js';
import { AUDIT_LINE_BYTES_MAX } from '../../../src/platform/bounds.js';
import { decisionLine } from '../../audit/lines.js';
import { folderWith } from '../../config/check-yaml.js';
import { verifies } from '../../requirements.js';
import { type Ran, runCommand } from '../check-run.js';

verifies('audit:verify:command');

const logIn = (folder: string): string => path.join(folder, 'state/guard/audit.jsonl');

/** A folder whose log holds what a command records, twice. */
async function folderWithLog(): Promise<{ folder: string; lines: string[] }> {
  const folder = folderWith({});
  for (const name of ['tests', 'review']) {
    const options = { ttl: '30m', session: 'build-7' };
    await runCommand(evidenceCommand, folder, { args: ['put', name], options });
  }
  return { folder, lines: fs.readFileSync(logIn(folder), 'utf8').trimEnd().split('\n') };
}

async function verify(
  folder: string,
  options: object = {},
  args: readonly string[] = [],
): Promise<Ran & { json: Json }> {
  const ran = await runCommand(auditVerifyCommand, folder, { args, options: { json: true, ...options } });
  return { ...ran, json: ran.stdout === '' ? NONE : (JSON.parse(ran.stdout) as Json) };
}

interface Json {
  verdict: string;
  findings: { kind: string; line: number; first: number; file: string }[];
  torn: { line: number }[];
  writers: { status: string; records: number }[];
  keys: string[];
  checkedSignatures: number;
  uncheckedSignatures: number;
}
const NONE: Json = {
  verdict: '',
  findings: [],
  torn: [],
  writers: [],
  keys: [],
  checkedSignatures: 0,
  uncheckedSignatures: 0,
};

const write = (folder: string, lines: readonly string[]): void =>
  fs.writeFileSync(logIn(folder), lines.map((line) => `${line}\n`).join(''));

test('an untouched log is intact, in words and as JSON', async () => {
  const { folder } = await folderWithLog();
  const { code, json } = await verify(folder);
  expect(code).toBe(0);
  expect(json).toMatchObject({ verdict: 'intact', findings: [], checkedSignatures: 2 });
  expect(json.writers.map(({ status }) => status)).toEqual(['intact', 'intact']);
  const { stdout } = await runCommand(auditVerifyCommand, folder);
  expect(stdout).toContain('verdict: intact');
  expect(stdout).toContain('what this cannot know:');
  expect(stdout).toContain('need not be a complete one');
});

describe('what was changed is named with its line, and the exit code is 1', () => {
  test.each<[string, (lines: string[]) => string[], object]>([
    [
      'a value',
      (lines) => lines.map((line) => line.replace('tests', 'tezts')),
      { kind: 'changed', line: 1, first: 1 },
    ],
    ['a line that is gone', (lines) => lines.slice(1), { kind: 'missing', line: 1, first: 1 }],
    ['lines that changed places', ([a = '', b = '', ...rest]) => [b, a, ...rest], { kind: 'reordered' }],
    [
      'a line that stands twice',
      ([a = '', ...rest]) => [a, a, ...rest],
      { kind: 'duplicated', line: 2, first: 1 },
    ],
    ['a line of another hand', (lines) => [...lines, 'hello'], { kind: 'foreign', line: 5 }],
    [
      'a number again',
      (lines) => [...lines, lines[0]?.replace('tests', 'again') ?? ''],
      { kind: 'duplicated', line: 5 },
    ],
    [
      'a line that is far too long',
      (lines) => [...lines, 'x'.repeat(AUDIT_LINE_BYTES_MAX + 1)],
      { kind: 'foreign', line: 5 },
    ],
  ])('%s', async (_what, edit, expected) => {
    const { folder, lines } = await folderWithLog();
    write(folder, edit(lines));
    const { code, json } = await verify(folder);
    expect(code).toBe(1);
    expect(json.verdict).toBe('changed');
    expect(json.findings).toMatchObject([expected]);
    const { stdout } = await runCommand(auditVerifyCommand, folder);
    expect(stdout).toContain('verdict: changed (1 findings)');
  });
});

test('two writers with one name are said to be', async () => {
  const { folder, lines } = await folderWithLog();
  const [first, second] = [lines[0] ?? '', lines[2] ?? ''].map(
    (line) => /"writer":"([^"]*)"/.exec(line)?.[1] ?? '',
  );
  write(
    folder,
    lines.map((line) => line.replaceAll(second ?? '', first ?? '')),
  );
  const { code, json } = await verify(folder);
  expect(code).toBe(1);
  expect(json.findings.map(({ kind }) => kind)).toContain('duplicated');
});

test('a cut tail shows with the anchor, and only with it', async () => {
  const { folder, lines } = await folderWithLog();
  const anchor = path.join(folder, 'heads.jsonl');
  fs.writeFileSync(
    anchor,
    lines
      .filter((line) => line.includes('"type":"checkpoint"'))
      .map((line) => `${line}\n`)
      .join(''),
  );
  expect(await verify(folder, { anchor })).toMatchObject({ code: 0 });
  write(folder, lines.slice(0, 3));
  const without = await verify(folder);
  expect(without).toMatchObject({ code: 0 });
  expect(without.json.writers.map(({ status }) => status)).toEqual(['intact', 'unfinished']);
  const { code, json } = await verify(folder, { anchor });
  expect(code).toBe(1);
  expect(json.findings).toMatchObject([{ kind: 'cut-off', line: 3, first: 2 }]);
});

test('a checkpoint of another key is foreign; without a key signatures are not checked, and that is said', async () => {
  const { folder } = await folderWithLog();
  const other = folderWith({});
  await runCommand(evidenceCommand, other, { args: ['put', 'x'], options: { ttl: '1m', session: 's' } });
  const files = [logIn(folder)];
  expect(await verify(other, {}, files)).toMatchObject({
    code: 1,
    json: { findings: [{ kind: 'foreign' }, { kind: 'foreign' }] },
  });
  const nobody = folderWith({});
  expect(await verify(nobody, {}, files)).toMatchObject({
    code: 0,
    json: { keys: [], uncheckedSignatures: 2 },
  });
  expect(fs.existsSync(path.join(nobody, 'state/guard/keys'))).toBe(false);
  const { stdout } = await runCommand(auditVerifyCommand, nobody, { args: files });
  expect(stdout).toContain('signatures: not checked');
});

test('records from before the chain are said to be, and a torn last line is no alarm', async () => {
  const { folder, lines } = await folderWithLog();
  const old = ['1', '2', '3'].map((id, index) =>
    decisionLine(id)
      .trimEnd()
      .replace('"seq":1', `"seq":${index + 1}`),
  );
  fs.writeFileSync(logIn(folder), `${[...old, ...lines].join('\n')}\n${(lines[0] ?? '').slice(0, 90)}`);
  const { code, json } = await verify(folder);
  expect(code).toBe(0);
  expect(json.writers[0]).toMatchObject({ status: 'unchained', records: 3 });
  expect(json.torn).toMatchObject([{ line: 8 }]);
});

describe('what cannot be read is exit code 2', () => {
  test.each<[string, object, readonly string[], string]>([
    ['no log', {}, [], 'audit-unreadable'],
    ['a file that is not there', {}, ['/nonexistent/x.jsonl'], 'audit-unreadable'],
    ['a folder', {}, ['/'], 'audit-unreadable'],
    ['a log and files', { audit: 'x' }, ['y'], 'usage'],
    ['a key that is not there', { key: '/nonexistent/key.pem' }, ['/dev/null'], 'audit-key-unusable'],
  ])('%s', async (_what, options, args, error) => {
    expect(await verify(folderWith({}), options, args)).toMatchObject({ code: 2, error, stdout: '' });
  });
});
