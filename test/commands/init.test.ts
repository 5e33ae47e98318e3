import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkCommand } from '../../src/commands/check-options.js';
import { explainCommand } from '../../src/commands/explain-options.js';
import { initCommand } from '../../src/commands/init-options.js';
import { folderWith } from '../config/check-yaml.js';
import { verifies } from '../requirements.js';
import { runCommand } from './check-run.js';

for (const scope of ['project', 'user'] as const) {
  test(`the ${scope} starter passes guard check without a warning`, async () => {
    const folder = folderWith();
    const { code, stdout } = await runCommand(initCommand, folder, { options: { [scope]: true } });
    const file = path.join(folder, scope === 'user' ? 'xdg/guard/guard.yaml' : 'guard.yaml');
    expect([code, stdout]).toEqual([0, expect.stringContaining(file)]);
    expect(readFileSync(file, 'utf8')).toMatch(/^# yaml-language-server: \$schema=https:\/\//);
    const check = await runCommand(checkCommand, folder, { options: { json: true } });
    expect(JSON.parse(check.stdout)).toMatchObject({ ok: true, mistakes: [], warnings: [] });
    if (process.platform !== 'win32')
      expect(statSync(file).mode & 0o777).toBe(scope === 'user' ? 0o600 : 0o644);
    expect(readdirSync(path.dirname(file))).not.toContainEqual(expect.stringContaining('.tmp'));
  });
}

describe('what the project starter does with the published filesystem server', () => {
  /** [tool, arguments, hints, effect] */
  const rows: readonly (readonly [tool: string, args: object, hints: string[], effect: string])[] = [
    ['read_text_file', { path: 'src/a.ts' }, ['readOnly=true', 'destructive=false'], 'allow'],
    ['read_text_file', { path: '/etc/passwd' }, ['readOnly=true', 'destructive=false'], 'deny'],
    ['read_multiple_files', { paths: ['a', '../b'] }, ['readOnly=true', 'destructive=false'], 'deny'],
    ['write_file', { path: 'src/a.ts', content: '' }, ['destructive=true'], 'allow'],
    ['write_file', { path: '../a.ts', content: '' }, ['destructive=true'], 'deny'],
    ['edit_file', { path: 'guard.yaml', edits: [] }, ['destructive=true'], 'deny'],
    ['create_directory', { path: 'src/new' }, ['destructive=false'], 'allow'],
    ['move_file', { source: 'a', destination: '/tmp/b' }, ['destructive=false'], 'deny'],
    ['delete_everything', {}, [], 'deny'],
    ['search', { query: 'x' }, ['readOnly=true', 'destructive=false'], 'allow'],
  ];
  test.each(rows)('%s %j', async (tool, args, hint, effect) => {
    const folder = folderWith();
    await runCommand(initCommand, folder);
    const { stdout } = await runCommand(explainCommand, folder, {
      options: { tool, args: JSON.stringify(args), hint, json: true },
    });
    expect(JSON.parse(stdout)).toMatchObject({ decision: { effect } });
  });
});

/** [preset, servers, call, effect, whether a person is asked] */
const PRESET_ROWS: readonly (readonly [string, string, Record<string, unknown>, string, boolean])[] = [
  ['balanced', '', { tool: 'look', hint: ['readOnly=true'] }, 'allow', false],
  ['strict', '', { tool: 'look', hint: ['readOnly=true'] }, 'allow', true],
  ['observe', '', { tool: 'look', hint: ['readOnly=true'] }, 'allow', false],
  ['balanced', '', { tool: 'wipe', hint: ['destructive=true'] }, 'allow', true],
  ['strict', '', { tool: 'wipe', hint: ['destructive=true'] }, 'deny', false],
  ['balanced', '', { tool: 'add', hint: ['destructive=false', 'openWorld=false'] }, 'allow', false],
  ['balanced', '', { tool: 'post', hint: ['destructive=false'] }, 'allow', true],
  ['strict', '', { tool: 'add', hint: ['destructive=false', 'openWorld=false'] }, 'allow', true],
  ['balanced', '', { tool: 'no-hints' }, 'allow', true],
  ['strict', '', { tool: 'no-hints' }, 'deny', false],
  [
    'balanced',
    '',
    { tool: 'read_file', args: '{"path":"/etc/passwd"}', hint: ['readOnly=true'] },
    'deny',
    false,
  ],
  ['strict', '', { tool: 'write_file', args: '{"path":"a.txt"}' }, 'allow', true],
  ['balanced', '', { tool: 'write_file', args: '{"path":"a.txt"}' }, 'allow', false],
  ['balanced', '', { method: 'roots/list' }, 'allow', false],
  ['strict', '', { method: 'sampling/createMessage' }, 'deny', false],
  ['strict', '', { uri: 'docs://a' }, 'allow', true],
  [
    'strict',
    'filesystem',
    { server: 'filesystem', tool: 'read_file', args: '{"path":"a.txt"}' },
    'allow',
    false,
  ],
  ['strict', 'filesystem', { server: 'filesystem', tool: 'read_file', args: '{"path":"/a"}' }, 'deny', false],
];
test.each(PRESET_ROWS)('preset %s %s: %j', async (preset, servers, call, effect, isAsked) => {
  verifies('starter:presets');
  const folder = folderWith();
  const options = { preset, ...(servers !== '' && { for: servers }) };
  expect(await runCommand(initCommand, folder, { options })).toMatchObject({ code: 0 });
  const check = await runCommand(checkCommand, folder, { options: { json: true } });
  expect(JSON.parse(check.stdout)).toMatchObject({ ok: true, mistakes: [] });
  const { stdout } = await runCommand(explainCommand, folder, { options: { ...call, json: true } });
  const { decision } = JSON.parse(stdout) as { decision: { effect: string; obligations: unknown[] } };
  expect([decision.effect, decision.obligations.length > 0]).toEqual([effect, isAsked]);
});

test('observe writes the rules of balanced, and lets everything pass', async () => {
  const texts = await Promise.all(
    ['balanced', 'observe'].map(
      async (preset) =>
        (await runCommand(initCommand, folderWith(), { options: { preset, for: 'git', stdout: true } }))
          .stdout,
    ),
  );
  expect(texts[1]).toBe(texts[0]?.replace('mode: enforce', 'mode: observe'));
  expect(texts[1]).toContain('mode: observe');
});

test('servers without a preset are balanced; named twice they are there once', async () => {
  const [plain, twice] = await Promise.all(
    [{ for: 'git,github', preset: 'balanced' }, { for: ['git', 'github,git'] }].map(
      async (options) =>
        (await runCommand(initCommand, folderWith(), { options: { ...options, stdout: true } })).stdout,
    ),
  );
  expect(twice).toBe(plain);
});

test.each([
  [{ preset: 'stirct' }, /--preset expects one of strict, balanced, observe, got "stirct"/],
  [{ for: 'gitub' }, /--for expects one of .*github.*, got "gitub"/],
  [{ for: '../init' }, /got "..\/init"/],
])('a name that is none: %j', async (options, message) => {
  const folder = folderWith();
  const ran = await runCommand(initCommand, folder, { options });
  expect([ran.error, ran.message]).toEqual(['usage', expect.stringMatching(message)]);
  expect(readdirSync(folder)).toEqual([]);
});

test('a folder or file that cannot be made is one clear line', async () => {
  const folder = folderWith({ xdg: 'a file, no folder' });
  const ran = await runCommand(initCommand, folder, { options: { user: true } });
  expect(ran).toMatchObject({ error: 'config-unwritable', code: 2 });
  expect(ran.message).toMatch(/the folder .*guard cannot be made: ENOTDIR/);
  const gone = await runCommand(initCommand, path.join(folder, 'gone'));
  expect(gone.message).toMatch(/the file .*guard.yaml cannot be made: ENOENT/);
});

test('a file that is there stays, unless forced', async () => {
  for (const name of ['guard.yaml', 'guard.yml', 'guard.json']) {
    const folder = folderWith({ [name]: 'mine' });
    expect(await runCommand(initCommand, folder)).toMatchObject({ code: 2, error: 'file-exists' });
    expect(readFileSync(path.join(folder, name), 'utf8')).toBe('mine');
  }
  const folder = folderWith({ 'guard.yaml': 'mine' });
  expect(await runCommand(initCommand, folder, { options: { force: true } })).toMatchObject({ code: 0 });
  expect(readFileSync(path.join(folder, 'guard.yaml'), 'utf8')).toContain("version: '1'");
});

test('printed, not written', async () => {
  const folder = folderWith();
  const { stdout } = await runCommand(initCommand, folder, { options: { stdout: true } });
  expect(stdout).toContain("version: '1'");
  expect(lstatSync(path.join(folder, 'guard.yaml'), { throwIfNoEntry: false })).toBeUndefined();
});

test('one scope only', async () => {
  expect(
    await runCommand(initCommand, folderWith(), { options: { user: true, project: true } }),
  ).toMatchObject({ error: 'usage' });
});
