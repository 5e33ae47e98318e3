import {
  chmodSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemLedgerFiles } from '../../src/limits/ledger-files.js';
import type { Ledger } from '../../src/limits/ledger.js';
import { draw, text } from './draws.js';
import { NOW, useLedgerFolder } from './ledger-folder.js';

const folderOf = useLedgerFolder();

const take = (ledger: Ledger, amount = '1'): string => ledger.reserve([draw({ amount })], NOW).kind;
const used = (ledger: Ledger): string => text(ledger.pots(NOW)[0]?.used ?? { coefficient: 0n, scale: 0 });

/** Neither passes, both say why. */
function expectUnavailable(ledger: Ledger, why: RegExp): void {
  const refused = { kind: 'unavailable', why: expect.stringMatching(why) };
  expect(ledger.peek([draw()], NOW)).toEqual(refused);
  expect(ledger.reserve([draw()], NOW)).toEqual(refused);
  expect(() => ledger.pots(NOW)).toThrow(why);
}

describe('the folder and its files', () => {
  test('nothing is made before the first use, and what is made is private', () => {
    const place = folderOf();
    const ledger = place.open();
    expect(existsSync(place.folder)).toBe(false);
    ledger.peek([draw()], NOW);
    expect(place.names()).toEqual(['ledger-1.jsonl']);
    expect(statSync(place.folder).mode & 0o777).toBe(0o700);
    expect(statSync(place.file()).mode & 0o777).toBe(0o600);
  });

  test('peek and a call that is refused append nothing', () => {
    const place = folderOf();
    const ledger = place.open();
    take(ledger, '3');
    const before = place.text();
    ledger.peek([draw()], NOW);
    expect(take(ledger)).toBe('exceeded');
    ledger.settle('no-such-id', 'refunded', NOW);
    expect(place.text()).toBe(before);
  });

  test('a folder that others may write to, that is a link or a file', () => {
    for (const spoil of [
      (folder: string) => (mkdirSync(folder, { recursive: true }), chmodSync(folder, 0o770)),
      (folder: string) => (
        mkdirSync(`${folder}-real`, { recursive: true }),
        symlinkSync(`${folder}-real`, folder)
      ),
      (folder: string) => (mkdirSync(path.dirname(folder), { recursive: true }), writeFileSync(folder, '')),
    ]) {
      const place = folderOf();
      spoil(place.folder);
      expectUnavailable(place.open(), /lets others write|symbolic link|not a folder|EEXIST/);
    }
  });

  test('a file that others may write to, that is a link or a folder', () => {
    for (const spoil of [
      (file: string) => chmodSync(file, 0o620),
      (file: string) => (renameSync(file, `${file}.real`), symlinkSync(`${file}.real`, file)),
      (file: string) => (rmSync(file), mkdirSync(file)),
    ]) {
      const place = folderOf();
      take(place.open());
      spoil(place.file());
      expectUnavailable(place.open(), /lets others write|symbolic link|regular file|directory/);
    }
  });

  test('files of another user', () => {
    const place = folderOf();
    const stranger = {
      ...systemLedgerFiles,
      status: (descriptor: number) => ({ ...systemLedgerFiles.status(descriptor), owner: 4242 }),
    };
    expectUnavailable(place.open(stranger), /belongs to user 4242/);
  });

  test('a folder that cannot be written', () => {
    const place = folderOf();
    const readOnly = {
      ...systemLedgerFiles,
      create: () => {
        throw Object.assign(new Error('EROFS: read-only'), { code: 'EROFS' });
      },
    };
    const ledger = place.open(readOnly);
    expectUnavailable(ledger, /EROFS/);
    expect(ledger.peek([draw()], NOW)).toMatchObject({
      why: expect.stringContaining('is read-only: move the state'),
    });
  });
});

describe('lines that are no records', () => {
  test('a torn last line does not join the next record, and does not count', () => {
    const place = folderOf();
    const ledger = place.open();
    take(ledger);
    place.append('\n{"v":1,"op":"reserve","id":"torn","atMs":17');
    expect(ledger.peek([draw()], NOW).kind).toBe('free');
    expect([take(ledger), take(ledger), take(ledger)]).toEqual(['reserved', 'reserved', 'exceeded']);
    expect(place.notes).toEqual([expect.stringContaining('holds 1 lines that are no records')]);
    expect(used(place.open())).toBe('3');
  });

  test('garbage of every kind is stepped over', () => {
    const place = folderOf();
    const ledger = place.open();
    take(ledger);
    place.append(`\u0000\u0000\n\n\n{{{\n${'x'.repeat(100_000)}\n\ud800\n`);
    expect([take(ledger), take(ledger), take(ledger)]).toEqual(['reserved', 'reserved', 'exceeded']);
    expect(used(place.open())).toBe('3');
  });

  test('a record that another writer is about to finish is waited for', () => {
    const place = folderOf();
    const ledger = place.open();
    take(ledger);
    const [line = ''] = place.text().split('\n').slice(2);
    const other = line.replace('id-1', 'id-other');
    place.append(`\n${other.slice(0, 40)}`);
    expect(used(ledger)).toBe('1');
    place.append(`${other.slice(40)}\n`);
    expect(used(ledger)).toBe('2');
    expect(place.notes).toEqual([]);
  });
});

describe('what is not understood', () => {
  test.each([
    ['a newer version', '{"v":2,"op":"reserve"}', /version 2, and this guard reads version 1/],
    ['no version', '{"op":"close"}', /no version/],
    ['an unknown operation', '{"v":1,"op":"borrow"}', /shape/],
    ['no object', '[1]', /no record/],
    ['one member more', '{"v":1,"op":"settle","id":"x","atMs":1,"as":"spent","why":"?"}', /shape/],
    ['an unknown settlement', '{"v":1,"op":"settle","id":"x","atMs":1,"as":"lent"}', /unknown kind/],
    ['a time that is none', '{"v":1,"op":"settle","id":"x","atMs":-1,"as":"spent"}', /time/],
    ['a snapshot in the middle', '{"v":1,"op":"snapshot"}', /shape/],
    ['draws that are none', '{"v":1,"op":"reserve","id":"x","atMs":1,"draws":[{}]}', /shape/],
  ])('%s stops counting: nothing passes', (_title, line, why) => {
    const place = folderOf();
    const ledger = place.open();
    take(ledger);
    place.append(`${line}\n`);
    expectUnavailable(ledger, why);
    expectUnavailable(place.open(), why);
  });

  test.each([
    ['empty', ''],
    ['without a snapshot', '{"v":1,"op":"close"}\n'],
    ['with a newer snapshot', '{"v":2,"op":"snapshot"}\n'],
    [
      'with a snapshot of another number',
      '{"v":1,"op":"snapshot","generation":9,"clock":{"previousMs":null,"currentMs":null,"count":0},"sinceSweep":0,"resets":[],"pots":[],"open":[]}\n',
    ],
    ['with half a snapshot', '{"v":1,"op":"snapshot","generation":1,"clock":'],
  ])('a file %s', (_title, content) => {
    const place = folderOf();
    mkdirSync(place.folder, { recursive: true, mode: 0o700 });
    writeFileSync(place.file(), content, { mode: 0o600 });
    expectUnavailable(place.open(), /not understood|says that it is number 9/);
  });
});

describe('a ledger that is taken away', () => {
  test.each([
    ['removed', (file: string) => rmSync(file)],
    ['moved away', (file: string) => renameSync(file, `${file}.old`)],
    [
      'replaced',
      (file: string) => {
        renameSync(file, `${file}.old`);
        writeFileSync(file, '', { mode: 0o600 });
      },
    ],
    ['removed with its folder', (file: string) => rmSync(path.dirname(file), { recursive: true })],
    ['cut short', (file: string) => truncateSync(file, 250)],
  ])('%s: noticed by who used it, and calls do not begin to count from zero', (_title, spoil) => {
    const place = folderOf();
    const ledger = place.open();
    take(ledger, '3');
    spoil(place.file());
    expectUnavailable(ledger, /is gone|removed or replaced|another file|cut short|not understood/);
    expectUnavailable(ledger, /is gone|removed or replaced|another file|cut short|not understood/);
  });

  test('one that comes back counts again', () => {
    const place = folderOf();
    const ledger = place.open();
    take(ledger, '2');
    renameSync(place.file(), `${place.file()}.old`);
    expect(take(ledger)).toBe('unavailable');
    renameSync(`${place.file()}.old`, place.file());
    expect([take(ledger), take(ledger)]).toEqual(['reserved', 'exceeded']);
  });
});
