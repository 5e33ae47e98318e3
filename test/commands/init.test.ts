import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkCommand } from '../../src/commands/check-options.js';
import { explainCommand } from '../../src/commands/explain-options.js';
import { initCommand } from '../../src/commands/init-options.js';
import { folderWith } from '../config/check-yaml.js';
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
