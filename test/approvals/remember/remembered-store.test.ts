import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { currentOwner } from '../../../src/platform/process-owner.js';
import type { RememberedEntry, RememberedFile } from '../../../src/approvals/remember/entry.js';
import { createRememberedId } from '../../../src/approvals/remember/remembered-id.js';
import { stateFiles } from '../../../src/platform/state-files.js';
import { createRememberedReader } from '../../../src/approvals/remember/remembered-file.js';
import { parseRememberedFile } from '../../../src/approvals/remember/remembered-format.js';
import { withLock } from '../../../src/approvals/remember/remembered-lock.js';
import { revokeRemembered, saveRemembered } from '../../../src/approvals/remember/remembered-store.js';
import { GuardError } from '../../../src/platform/errors.js';
import { folderWith } from '../../config/check-yaml.js';
import { verifies } from '../../requirements.js';
import { eventually } from '../../support/eventually.js';
import { ROOT } from '../../support/source-files.js';
import { entry } from './requests.js';

const NOW = Date.parse('2026-01-15T00:00:00.000Z');
const named = (id: string, changes: Partial<RememberedEntry> = {}) =>
  entry({ ...changes, id: `rem_${id.padEnd(12, '0')}` });
const fileIn = (folder: string) => stateFiles({ stateDir: path.join(folder, 'state') }).remembered;
const idsIn = (file: string) =>
  (JSON.parse(readFileSync(file, 'utf8')) as RememberedFile).entries.map(({ id }) => id.slice(4, 5));

async function refusal(run: Promise<unknown>): Promise<GuardError> {
  const error: unknown = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof GuardError) return error;
  throw new Error('expected a GuardError', { cause: error });
}

describe('the file of remembered answers', () => {
  test('is made private, readable and without a rest', async () => {
    const file = fileIn(folderWith());
    await saveRemembered(file, named('a', { approver: 'Ada \u202e' }));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
    expect(readdirSync(path.dirname(file))).toEqual(['remembered.json']);
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/^\{\n {2}"version": 1,\n {2}"entries": \[\n {4}\{\n {6}"id": "rem_a00000000000",/);
    expect(text).toContain(String.raw`"Ada \u202e"`);
    expect(createRememberedReader(file).entries()).toEqual([named('a', { approver: 'Ada \u202e' })]);
  });

  test('an entry with the same id is replaced; entries are revoked by id, by time, or all', async () => {
    const file = fileIn(folderWith());
    for (const id of ['a', 'b', 'c', 'd']) await saveRemembered(file, named(id));
    await saveRemembered(file, named('b', { expires_at: '2026-01-14T00:00:00.000Z' }));
    expect(idsIn(file)).toEqual(['a', 'c', 'd', 'b']);
    const gone = await revokeRemembered(file, 'expired', NOW);
    expect(gone.map(({ id }) => id)).toEqual(['rem_b00000000000']);
    expect(await revokeRemembered(file, ['rem_c00000000000', 'rem_zzzzzzzzzzzz'], NOW)).toHaveLength(1);
    expect(idsIn(file)).toEqual(['a', 'd']);
    expect(await revokeRemembered(file, 'all', NOW)).toHaveLength(2);
    expect(idsIn(file)).toEqual([]);
  });

  test('nothing is written where nothing changes', async () => {
    const file = fileIn(folderWith());
    expect(await revokeRemembered(file, 'all', NOW)).toEqual([]);
    expect(existsSync(file)).toBe(false);
  });

  test('new ids are such as the file holds', () => {
    const ids = Array.from({ length: 100 }, createRememberedId);
    expect(new Set(ids).size).toBe(100);
    for (const id of ids) expect(id).toMatch(/^rem_[a-z0-9]{12}$/);
  });

  test('a broken file is never written over', async () => {
    verifies('approval:remember:corrupt');
    const texts = [
      '',
      '{',
      '{"version":2,"entries":[]}',
      JSON.stringify({ version: 1, entries: [{ id: 'x' }] }),
    ];
    for (const text of texts) {
      const file = fileIn(folderWith({ 'state/remembered.json': text }));
      for (const run of [saveRemembered(file, named('a')), revokeRemembered(file, 'all', NOW)]) {
        const error = await refusal(run);
        expect(error.code).toBe('remembered-unreadable');
        expect(error.hint).toContain(`mv ${file} ${file}.broken`);
      }
      expect(readFileSync(file, 'utf8')).toBe(text);
      expect(readdirSync(path.dirname(file))).toEqual(['remembered.json']);
    }
  });

  test('what no reader would take is not written', async () => {
    const file = fileIn(folderWith());
    await expect(saveRemembered(file, entry({ scope: 'session' }))).rejects.toThrow('see entries.0.scope');
    await expect(saveRemembered(file, entry({ id: '../x' }))).rejects.toThrow('see entries.0.id');
    expect(existsSync(file)).toBe(false);
    const many = Array.from({ length: 1000 }, (_, number) => named(`n${String(number).padStart(11, '0')}`));
    writeFileSync(file, JSON.stringify({ version: 1, entries: many }));
    expect((await refusal(saveRemembered(file, named('a')))).message).toContain(
      'too many remembered answers',
    );
    expect(await revokeRemembered(file, 'all', NOW)).toHaveLength(1000);
  });

  test('a folder that cannot be written is told of', async () => {
    const folder = folderWith();
    writeFileSync(path.join(folder, 'state'), 'a file in its place');
    for (const file of [fileIn(folder), '/proc/guard/state/remembered.json']) {
      expect(await refusal(saveRemembered(file, named('a')))).toMatchObject({
        code: 'remembered-unwritable',
        message: expect.stringMatching(/^cannot make the folder of .*: E(EXIST|NOTDIR|NOENT)/),
      });
    }
  });
});

describe('several writers', () => {
  verifies('approval:remember:writers');

  test('four processes with fifty updates each lose nothing, and the file is valid at every moment', async () => {
    const file = fileIn(folderWith());
    const made = JSON.stringify(named('x'));
    const writers = ['a', 'b', 'c', 'd'].map((prefix) =>
      spawn(
        process.execPath,
        ['--import', 'tsx', 'test/fixtures/remember-writer.js', file, made, '50', prefix],
        {
          cwd: ROOT,
          stdio: ['ignore', 'inherit', 'inherit'],
        },
      ),
    );
    const ends = Promise.all(writers.map((writer) => once(writer, 'exit')));
    let left = writers.length;
    for (const writer of writers) writer.once('exit', () => (left -= 1));
    const reader = createRememberedReader(file);
    let most = 0;
    await eventually(
      'the end of the writers',
      () => {
        const { length } = reader.entries();
        expect([reader.trouble(), length >= most]).toEqual([null, true]);
        most = length;
        return left === 0;
      },
      60_000,
    );
    expect(await ends).toEqual(writers.map(() => [0, null]));
    expect(new Set(reader.entries().map(({ id }) => id)).size).toBe(200);
    expect(readdirSync(path.dirname(file))).toEqual(['remembered.json']);
  }, 90_000);

  test('changes within one process wait for each other', async () => {
    const file = fileIn(folderWith());
    const ids = Array.from('abcdefgh');
    await Promise.all(ids.map((id) => saveRemembered(file, named(id))));
    expect(idsIn(file).toSorted()).toEqual(ids);
  });

  const dead = { host: hostname(), pid: 2 ** 22 + 1, started: '1' };
  test.each([
    ['a process that is gone', JSON.stringify(dead)],
    ['another process with the same number', JSON.stringify({ ...dead, pid: process.pid })],
    ['nobody', 'no lock'],
  ])('the lock of %s is taken away', async (_what, text) => {
    const file = fileIn(folderWith({ 'state/remembered.json.lock': text }));
    await Promise.all([saveRemembered(file, named('a')), saveRemembered(file, named('b'))]);
    expect(readdirSync(path.dirname(file))).toEqual(['remembered.json']);
    expect(idsIn(file).toSorted()).toEqual(['a', 'b']);
  });

  test('whoever died while taking a lock away is no obstacle', async () => {
    const file = fileIn(
      folderWith({
        'state/remembered.json.lock': JSON.stringify(dead),
        'state/remembered.json.lock.break': JSON.stringify(dead),
      }),
    );
    await saveRemembered(file, named('a'));
    expect(readdirSync(path.dirname(file))).toEqual(['remembered.json']);
  });

  test('the lock of a living process, or of another host, is waited for and then told of', async () => {
    const locks = [
      { host: hostname(), ...currentOwner() },
      { ...dead, host: 'elsewhere' },
    ];
    const errors = await Promise.all(
      locks.map((lock) => {
        const file = fileIn(folderWith({ 'state/remembered.json.lock': JSON.stringify(lock) }));
        return refusal(withLock(file, () => Promise.resolve(), 5)).then((error) => [
          error.code,
          error.hint,
          existsSync(`${file}.lock`),
        ]);
      }),
    );
    for (const [code, hint, isThere] of errors) {
      expect([code, isThere]).toEqual(['remembered-unwritable', true]);
      expect(hint).toContain('remove the file: rm ');
    }
  });

  test('a change that fails lets go of the lock', async () => {
    const file = fileIn(folderWith());
    await expect(withLock(file, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    await saveRemembered(file, named('a'));
    expect(idsIn(file)).toEqual(['a']);
  });
});

describe('a reader', () => {
  verifies('approval:remember:untrusted');

  test('sees a change, and an absent file as empty', async () => {
    const file = fileIn(folderWith());
    const reader = createRememberedReader(file);
    expect([reader.entries(), reader.trouble()]).toEqual([[], null]);
    await saveRemembered(file, named('a'));
    expect(reader.entries().map(({ id }) => id)).toEqual(['rem_a00000000000']);
    expect(reader.entries()).toBe(reader.entries());
    await revokeRemembered(file, 'all', NOW);
    expect(reader.entries()).toEqual([]);
  });

  const good = JSON.stringify({ version: 1, entries: [named('a')] });
  const changed = (changes: object) =>
    JSON.stringify({ version: 1, entries: [{ ...named('a'), ...changes }] });
  test.each<readonly [what: string, text: string, why: RegExp]>([
    ['empty', '', /is not JSON/],
    ['cut off', good.slice(0, -10), /is not JSON/],
    ['no object', '[]', /not a file of remembered answers/],
    ['of another version', '{"version":2,"entries":[]}', /see version/],
    ['without entries', '{"version":1}', /see entries/],
    ['with a member more', '{"version":1,"entries":[],"x":1}', /not a file of/],
    ['too large', ' '.repeat(4 * 1024 * 1024 + 1), /more than 4194304/],
    [
      'of too many entries',
      JSON.stringify({ version: 1, entries: Array(1001).fill(named('a')) }),
      /see entries/,
    ],
    ['with an entry of a session', changed({ scope: 'session' }), /entries\.0\.scope/],
    ['with a project entry of no project', changed({ scope: 'project' }), /entries\.0/],
    ['with a user entry of a project', changed({ project: '/a' }), /entries\.0/],
    ['with a time that is none', changed({ expires_at: 'soon' }), /entries\.0\.expires_at/],
    ['with an odd id', changed({ id: 'rem_\u001b' }), /entries\.0\.id/],
    ['with a member of an entry more', changed({ note: 1 }), /entries\.0/],
    [
      'with too many conditions',
      changed({ input: Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`$.a${n}`, { eq: 1 }])) }),
      /entries\.0\.input/,
    ],
    [
      'with a very long condition',
      changed({ input: { '$.a': { eq: 'x'.repeat(140_000) } } }),
      /entries\.0\.input/,
    ],
    ['not UTF-8', '', /is not valid UTF-8/],
  ])('takes nothing from a file that is %s', (what, text, why) => {
    const file = fileIn(
      folderWith({ 'state/remembered.json': what === 'not UTF-8' ? Buffer.from([0xff]) : text }),
    );
    const reader = createRememberedReader(file);
    expect(reader.entries()).toEqual([]);
    expect(reader.trouble()).toMatch(why);
    expect(reader.trouble()).toContain('no remembered answer counts');
    writeFileSync(file, good);
    expect([reader.entries().length, reader.trouble()]).toEqual([1, null]);
  });

  test('takes nothing from a link, a folder, or a file that others may write', () => {
    const folder = folderWith({ 'good.json': good });
    const link = path.join(folder, 'link.json');
    symlinkSync(path.join(folder, 'good.json'), link);
    mkdirSync(path.join(folder, 'folder.json'));
    expect(createRememberedReader(link).trouble()).toContain('is a symlink');
    expect(createRememberedReader(path.join(folder, 'folder.json')).trouble()).toContain(
      'is a folder and not a regular file',
    );
    const open = createRememberedReader(path.join(folder, 'good.json'));
    expect(open.entries()).toHaveLength(1);
    chmodSync(path.join(folder, 'good.json'), 0o666);
    expect([open.entries(), open.trouble()]).toEqual([[], expect.stringContaining('has mode 0666')]);
  });

  test('the text of a file is read as JSON and nothing more', () => {
    expect(parseRememberedFile('{"version":1,"entries":[]}')).toEqual({ version: 1, entries: [] });
  });
});
