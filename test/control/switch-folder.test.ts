import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemWatch } from '../../src/platform/folder-watch.js';
import { switchFileName, type SwitchState } from '../../src/control/switch-file.js';
import { readSwitches, stops, writeSwitch } from '../../src/control/switch-folder.js';
import { type SwitchChange, watchSwitches, type SwitchWatch } from '../../src/control/switch-watch.js';
import { eventually } from '../support/eventually.js';
import { verifies } from '../requirements.js';

verifies('kill:file:distrust', 'kill:watch:follows');

const ON: SwitchState = { server: null, on: true, by: 'ana', reason: 'why', at: '2026-11-22T08:00:00.000Z' };
let parent = '';
let folder = '';
const watches: SwitchWatch[] = [];

beforeEach(() => {
  parent = fs.mkdtempSync(path.join(os.tmpdir(), 'guard-switch-'));
  folder = path.join(parent, 'state', 'switch');
});
afterEach(() => {
  for (const watch of watches.splice(0)) watch.close();
  fs.rmSync(parent, { recursive: true, force: true });
});

function stopped(server: string): boolean {
  return readSwitches(folder).some((found) => stops(found, server));
}

function plant(name: string, text: string, mode = 0o600): void {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  fs.writeFileSync(path.join(folder, name), text);
  fs.chmodSync(path.join(folder, name), mode);
}

test('a switch stops its server or all of them, until it is lifted', () => {
  expect(stopped('files')).toBe(false);
  writeSwitch(folder, { ...ON, server: 'files' });
  expect([stopped('files'), stopped('mail')]).toEqual([true, false]);
  writeSwitch(folder, ON);
  expect([stopped('files'), stopped('mail')]).toEqual([true, true]);
  writeSwitch(folder, { ...ON, on: false });
  expect([stopped('files'), stopped('mail')]).toEqual([true, false]);
  writeSwitch(folder, { ...ON, server: 'files', on: false });
  expect(stopped('files')).toBe(false);
  const modes = [folder, path.join(folder, 'all.json')].map((file) => fs.statSync(file).mode & 0o777);
  expect(modes).toEqual([0o700, 0o600]);
});

test('names of servers hold anything', () => {
  for (const server of ['../../x', 'a/b', '', 'all', '\u0000', 'x'.repeat(900)]) {
    writeSwitch(folder, { ...ON, server });
    expect(stopped(server)).toBe(true);
  }
  expect(stopped('files')).toBe(false);
  expect(fs.readdirSync(parent)).toEqual(['state']);
});

const OFF = JSON.stringify({ v: 1, ...ON, on: false });

describe('what cannot be read or trusted counts as on', () => {
  test.each<[string, () => void]>([
    ['an empty file', () => plant('all.json', '')],
    ['a file that is cut off', () => plant('all.json', OFF.slice(0, 30))],
    ['no object', () => plant('all.json', '[]')],
    ['another version', () => plant('all.json', OFF.replace('"v":1', '"v":2'))],
    ['a member of another kind', () => plant('all.json', OFF.replace('"on":false', '"on":"false"'))],
    ['the switch of another server', () => plant(switchFileName('files'), OFF)],
    ['a name that is none of a switch', () => plant('stop', '')],
    ['a file that others may write', () => plant('all.json', OFF, 0o666)],
    ['a file that is too large', () => plant('all.json', OFF.padEnd(70_000))],
    ['a symlink', () => symlinked('all.json')],
    ['a folder in its place', () => fs.mkdirSync(path.join(folder, 'all.json'), { recursive: true })],
    ['a folder that others may write', () => (plant('all.json', OFF), fs.chmodSync(folder, 0o777))],
    ['a file in place of the folder', () => plantFolder((to) => fs.writeFileSync(to, ''))],
    ['a symlink in place of the folder', () => plantFolder((to) => fs.symlinkSync(os.tmpdir(), to))],
  ])('%s', (_what, make) => {
    make();
    expect(stopped('files')).toBe(true);
    expect(readSwitches(folder)).toMatchObject([{ kind: 'trouble', why: expect.stringContaining(folder) }]);
  });

  test('too many files', () => {
    plant('all.json', OFF);
    for (let count = 0; count <= 1000; count += 1) fs.writeFileSync(path.join(folder, `${count}`), '');
    expect(stopped('files')).toBe(true);
  });

  test('drafts and what desktops leave behind are no switches', () => {
    plant('.DS_Store', '');
    plant('.all.json.0000.tmp', '');
    expect(stopped('files')).toBe(false);
  });
});

function symlinked(name: string): void {
  plant('.other', OFF);
  fs.symlinkSync(path.join(folder, '.other'), path.join(folder, name));
}

function plantFolder(make: (to: string) => void): void {
  fs.mkdirSync(path.dirname(folder), { recursive: true });
  make(folder);
}

describe.each([
  ['with the watches of the system', systemWatch],
  [
    'where the system has no watches',
    () => {
      throw new Error('none left');
    },
  ],
])('%s', (_how, system) => {
  test('a switch is noticed when it is turned, and who turned it is told', async () => {
    const changes: SwitchChange[] = [];
    const watch = watchSwitches({ folder, server: 'files', system, onChange: (one) => changes.push(one) });
    watches.push(watch);
    expect([watch.current(), fs.existsSync(folder)]).toEqual([undefined, false]);
    writeSwitch(folder, { ...ON, server: 'mail' });
    writeSwitch(folder, ON);
    await eventually('the switch', () => watch.current() !== undefined);
    const lifted = { ...ON, on: false, by: 'bob', reason: null };
    writeSwitch(folder, lifted);
    await eventually('the end of it', () => watch.current() === undefined);
    expect(changes).toMatchObject([{ now: { state: ON } }, { now: undefined, lifted: { state: lifted } }]);
  });

  test('a file that is taken away by hand lifts its switch', async () => {
    writeSwitch(folder, ON);
    const changes: SwitchChange[] = [];
    const watch = watchSwitches({ folder, server: 'files', system, onChange: (one) => changes.push(one) });
    watches.push(watch);
    expect(watch.current()).toMatchObject({ state: ON });
    fs.rmSync(folder, { recursive: true });
    await eventually('the end of it', () => watch.current() === undefined);
    expect(changes).toEqual([{ now: undefined, lifted: undefined }]);
  });
});
