import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findProjectFile, PROJECT_PLACES } from '../../src/config/project-file.js';
import { parseConfigText } from '../../src/config/parse.js';
import { folderWith, mistakesOf } from './check-yaml.js';
import { verifies } from '../requirements.js';

verifies('config:no-code');

describe('places', () => {
  for (const place of PROJECT_PLACES) {
    test(place, async () => {
      const text = place === 'package.json' ? '{"guard": {"version": "1"}}' : "version: '1'";
      const folder = folderWith({ [place]: text, 'deep/er/file': '' });
      expect((await findProjectFile(path.join(folder, 'deep', 'er'), [])).path).toBe(
        path.join(folder, place),
      );
    });
  }
  test('the nearest folder wins, and in it the first place', async () => {
    const folder = folderWith({
      'guard.yaml': 'far',
      'a/guard.json': 'second',
      'a/guard.yml': 'first',
      'a/b/x': '',
    });
    expect((await findProjectFile(path.join(folder, 'a', 'b'), [])).path).toBe(
      path.join(folder, 'a', 'guard.yml'),
    );
  });
  test('none: all places that were looked at are named', async () => {
    const folder = folderWith({ 'a/x': '' });
    const { path: found, candidates } = await findProjectFile(path.join(folder, 'a'), []);
    expect(found).toBeUndefined();
    expect(candidates).toContain(path.join(folder, 'guard.yaml'));
    expect(candidates).toContain(path.join(folder, 'a', 'package.json'));
  });
});

test('a package.json without the key is passed over, a broken one with it is not', async () => {
  const folder = folderWith({
    'guard.yaml': 'x',
    'a/package.json': '{"name": "a"}',
    'b/package.json': '{"guard": {',
    'c/package.json': '',
    'd/package.json': '{"name":',
  });
  const at = async (name: string): Promise<string | undefined> =>
    (await findProjectFile(path.join(folder, name), [])).path;
  expect(await at('a')).toBe(path.join(folder, 'guard.yaml'));
  expect(await at('b')).toBe(path.join(folder, 'b', 'package.json'));
  expect(await at('c')).toBe(path.join(folder, 'guard.yaml'));
  expect(await at('d')).toBe(path.join(folder, 'guard.yaml'));
});

test('of a package.json only the guard key is judged, at its place', () => {
  const text =
    '{\n  "name": "a",\n  "name": "b",\n  "big": 12345678901234567890,\n  "guard": {\n    "version": "1",\n    "mod": 1\n  }\n}';
  expect(mistakesOf(text, { name: 'package.json', layer: 'project' })).toEqual([
    '7:5 mod: unknown key mod (did you mean mode?)',
  ]);
  expect(parseConfigText('/a/package.json', text).value).toEqual({ version: '1', mod: 1 });
});

test('an empty file is found, not passed over: it may be half-written', async () => {
  const folder = folderWith({ 'guard.yaml': '', '.guardrc': "version: '1'" });
  expect((await findProjectFile(folder, [])).path).toBe(path.join(folder, 'guard.yaml'));
});

test('files of the layers above are passed over, also through symlinks', async () => {
  const folder = folderWith({ 'guard.yaml': 'project', 'user/guard.yaml': 'user' });
  const user = path.join(folder, 'user', 'guard.yaml');
  expect((await findProjectFile(path.join(folder, 'user'), [user])).path).toBe(
    path.join(folder, 'guard.yaml'),
  );
  symlinkSync(path.join(folder, 'user'), path.join(folder, 'link'));
  expect((await findProjectFile(path.join(folder, 'link'), [user])).path).toBe(
    path.join(folder, 'guard.yaml'),
  );
});

test.skipIf(process.platform === 'win32')('a named pipe in a place is refused, not waited for', async () => {
  const folder = folderWith();
  execFileSync('mkfifo', [path.join(folder, '.guardrc')]);
  await expect(findProjectFile(folder, [])).rejects.toThrow('not a regular file');
});

test('nothing in the folder is ever run', () => {
  const folder = folderWith();
  const mark = path.join(folder, 'was-run');
  const code = `require('node:fs').writeFileSync(${JSON.stringify(mark)}, 'x'); module.exports = {};`;
  mkdirSync(path.join(folder, '.config'));
  for (const name of [
    'guard.config',
    '.guardrc',
    '.config/guardrc',
    '.config/config',
    '.config/guard.config',
    'guard',
    'cosmiconfig.config',
  ]) {
    for (const ending of ['js', 'cjs', 'ts', 'mjs'])
      writeFileSync(path.join(folder, `${name}.${ending}`), code);
  }
  writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({ cosmiconfig: { searchPlaces: ['guard.config.js'], $import: './guard.config.js' } }),
  );
  const source = `
    process.chdir(${JSON.stringify(folder)});
    const { findProjectFile } = await import(${JSON.stringify(path.resolve('src/config/project-file.ts'))});
    console.log(JSON.stringify((await findProjectFile(process.cwd(), [])).path ?? null));`;
  const shown = execFileSync(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', source],
    { encoding: 'utf8' },
  );
  expect(JSON.parse(shown)).toBeNull();
  expect(existsSync(mark)).toBe(false);
});
