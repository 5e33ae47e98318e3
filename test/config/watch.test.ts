import { appendFileSync, chmodSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import type { LoadedConfig } from '../../src/config/load.js';
import { watchConfig } from '../../src/config/watch.js';
import type { ConfigWatcher } from '../../src/config/watch.js';
import { folderWith, pathsIn } from './check-yaml.js';
import { verifies } from '../requirements.js';

verifies('config:reload:last-good');

const open: ConfigWatcher[] = [];
afterEach(() => {
  for (const watcher of open.splice(0)) watcher.close();
});

function textWith(...rules: string[]): string {
  return `version: '1'\npolicies:\n  rules:\n${rules.map((name) => `    - name: ${name}\n      match: { tool: ${name} }\n      action: deny\n`).join('')}`;
}

function namesOf(config: LoadedConfig): string[] {
  return config.policy.layers.flatMap((layer) => layer.rules.map((rule) => rule.ref.name));
}

async function watched(
  files: Readonly<Record<string, string>>,
  { configFile }: { configFile?: string } = {},
) {
  const folder = folderWith({ 'project/x': '', ...files });
  const options = { cwd: path.join(folder, 'project'), env: {}, paths: pathsIn(folder), configFile };
  const seen: LoadedConfig[] = [];
  const errors: string[] = [];
  const watcher = watchConfig(options, await loadConfig(options), {
    onConfig: (config) => seen.push(config),
    onError: (error) => errors.push(error.message),
  });
  open.push(watcher);
  return { folder, file: path.join(folder, 'user', 'guard.yaml'), seen, errors, watcher };
}

const soon = { timeout: 5000, interval: 20 };

test('a written file is taken, and an untouched one is not told of', async () => {
  const { file, seen, watcher } = await watched({ 'user/guard.yaml': textWith('a') });
  await watcher.reload();
  expect(seen).toEqual([]);
  writeFileSync(file, textWith('a', 'b'));
  await vi.waitFor(() => expect(seen.map(namesOf)).toEqual([['a', 'b']]), soon);
});

test('a file that is replaced is taken, again and again', async () => {
  const { file, seen } = await watched({ 'user/guard.yaml': textWith('a') });
  for (const name of ['b', 'c', 'd']) {
    writeFileSync(`${file}.tmp`, textWith(name), { mode: 0o644 });
    renameSync(`${file}.tmp`, file);
    await vi.waitFor(() => expect(seen.map(namesOf).at(-1)).toEqual([name]), soon);
  }
});

test('a broken file is told of once and changes nothing', async () => {
  const { file, seen, errors } = await watched({ 'user/guard.yaml': textWith('a') });
  writeFileSync(file, 'version: [');
  await vi.waitFor(() => expect(errors).toHaveLength(1), soon);
  appendFileSync(file, '\n');
  await wait(400);
  expect(seen).toEqual([]);
  expect(errors[0]).toContain('guard.yaml:1');
  writeFileSync(file, textWith('a', 'b'));
  await vi.waitFor(() => expect(seen.map(namesOf)).toEqual([['a', 'b']]), soon);
});

test('a removed layer, and one that others can write, change nothing', async () => {
  const { folder, file, seen, errors, watcher } = await watched({
    'user/guard.yaml': textWith('a'),
    'project/guard.yaml': textWith('p'),
  });
  rmSync(path.join(folder, 'project', 'guard.yaml'));
  await watcher.reload();
  expect(errors).toEqual([expect.stringContaining('is gone')]);
  writeFileSync(path.join(folder, 'project', 'guard.yaml'), textWith('p'));
  if (process.platform !== 'win32') {
    writeFileSync(file, textWith('b'));
    chmodSync(file, 0o666);
    await watcher.reload();
    expect(errors.at(-1)).toContain('others can write');
  }
  expect(seen).toEqual([]);
});

test('a layer that appears is taken', async () => {
  const { folder, seen } = await watched({ 'user/guard.yaml': textWith('a') });
  writeFileSync(path.join(folder, 'project', 'guard.yaml'), textWith('p'));
  await vi.waitFor(() => expect(seen.map(namesOf)).toEqual([['a', 'p']]), soon);
});

test('a named file is watched too', async () => {
  const { folder, seen } = await watched({ 'project/own.yaml': textWith('a') }, { configFile: 'own.yaml' });
  writeFileSync(path.join(folder, 'project', 'own.yaml'), textWith('b'));
  await vi.waitFor(() => expect(seen.map(namesOf)).toEqual([['b']]), soon);
});

test('variants every 10 ms: what is in force always denies what the last good file denied', async () => {
  const good = textWith('a', 'b', 'c');
  const { file, seen, errors } = await watched({ 'user/guard.yaml': good });
  const variants = [
    '',
    good.slice(0, 20),
    good.slice(0, -30),
    `${good}    - nam`,
    'version: [',
    '\u0000\u0001',
    good.replace('deny', 'alow'),
    good.replace("version: '1'", 'policies: {}'),
  ];
  for (let round = 0; round < 60; round++) {
    writeFileSync(file, variants[round % variants.length] ?? '');
    await wait(10);
    expect(seen).toEqual([]);
  }
  writeFileSync(file, textWith('a', 'b', 'c', 'd'));
  await vi.waitFor(() => expect(seen.map(namesOf).at(-1)).toEqual(['a', 'b', 'c', 'd']), soon);
  for (const config of seen) expect(namesOf(config)).toEqual(expect.arrayContaining(['a', 'b', 'c']));
  expect(errors.length).toBeLessThan(10);
});

test('nothing is told after close', async () => {
  const { file, seen, errors, watcher } = await watched({ 'user/guard.yaml': textWith('a') });
  writeFileSync(file, textWith('b'));
  watcher.close();
  watcher.close();
  await watcher.reload();
  await wait(300);
  expect([seen, errors]).toEqual([[], []]);
});
