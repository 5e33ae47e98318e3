import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { createApproverKey, unlockApproverKey } from '../../../src/approvals/signing/approver-key.js';
import {
  approverKeyPath,
  findApproverKeys,
  readApproverKey,
  writeApproverKey,
} from '../../../src/approvals/signing/approver-key-file.js';
import type { ApproverKey } from '../../../src/approvals/signing/approver-key-format.js';
import { createApproverSet } from '../../../src/approvals/signing/approver-set.js';
import { GuardError } from '../../../src/platform/errors.js';
import { folderWith } from '../../config/check-yaml.js';
import { verifies } from '../../requirements.js';

const PASSPHRASE = 'correct horse é';
let key: ApproverKey;
beforeAll(async () => {
  key = await createApproverKey('alice', PASSPHRASE);
});

function written(value: unknown = key, mode = 0o600): string {
  const file = path.join(folderWith(), 'alice.json');
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value), { mode });
  chmodSync(file, mode);
  return file;
}

/** The code and the message of the GuardError that is thrown. */
async function refusal(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    if (error instanceof GuardError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'nothing was thrown';
}

describe('a key', () => {
  verifies('approval:key:encrypted');

  test('signs what its public key verifies, after a way through a file', async () => {
    const folder = folderWith();
    const file = approverKeyPath(folder, 'alice');
    writeApproverKey(file, key);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
    const sign = await unlockApproverKey(readApproverKey(file), PASSPHRASE);
    const approvers = createApproverSet([key]);
    expect(approvers.verify('alice', 'a text', sign('a text'))).toBe(true);
    expect(approvers.verify('alice', 'another text', sign('a text'))).toBe(false);
    expect(findApproverKeys(folder)).toEqual([{ file, name: 'alice', key, trouble: undefined }]);
  });

  test('is stored under scrypt of at least 2^17 with a salt of its own', async () => {
    const other = await createApproverKey('alice', PASSPHRASE);
    expect(key.kdf).toMatchObject({ name: 'scrypt', n: 131_072, r: 8, p: 1 });
    expect(other.kdf.salt).not.toBe(key.kdf.salt);
    expect(other.public_key).not.toBe(key.public_key);
    const sign = await unlockApproverKey(key, PASSPHRASE);
    expect(createApproverSet([other]).verify('alice', 'a text', sign('a text'))).toBe(false);
  });

  test('opens with its passphrase only, however the same characters were typed', async () => {
    await expect(unlockApproverKey(key, PASSPHRASE.normalize('NFD'))).resolves.toBeTypeOf('function');
    expect(await refusal(() => unlockApproverKey(key, `${PASSPHRASE} `))).toBe(
      'passphrase-wrong: the passphrase does not open the key of alice',
    );
  });

  test('whose name, public key, parameters or secret were exchanged does not open', async () => {
    const other = await createApproverKey('mallory', PASSPHRASE);
    const changed: ApproverKey[] = [
      { ...key, name: 'bob' },
      { ...key, public_key: other.public_key },
      { ...key, kdf: { ...key.kdf, p: 2 } },
      { ...key, encrypted: other.encrypted },
      { ...key, encrypted: { ...key.encrypted, text: other.encrypted.text } },
    ];
    for (const one of changed) {
      expect(await refusal(() => unlockApproverKey(one, PASSPHRASE))).toMatch(/^passphrase-wrong/);
    }
  });

  test.each([['seven77'], [''], ['x'.repeat(1025)]])(
    'has no passphrase of the wrong length (%#)',
    async (text) => {
      expect(await refusal(() => createApproverKey('alice', text))).toMatch(
        /^usage: expected a passphrase of 8 to 1024 characters/,
      );
    },
  );

  test.each(['', '../alice', 'a/b', '.hidden', 'a'.repeat(65), 'a\nb', 'ä'])(
    'has no name that can be no file name: %j',
    async (name) => {
      expect(await refusal(() => approverKeyPath('/folder', name))).toMatch(/^usage: expected a name/);
    },
  );

  test('is never written over another one', async () => {
    const file = written('another key');
    expect(await refusal(() => writeApproverKey(file, key))).toBe(`file-exists: ${file} is there already`);
    expect(readFileSync(file, 'utf8')).toBe('another key');
  });
});

describe('a key file is refused', () => {
  verifies('approval:key:foreign');

  const rows: readonly (readonly [what: string, value: () => unknown, expected: RegExp])[] = [
    ['that is empty', () => '', /is not JSON$/],
    ['that is cut off', () => JSON.stringify(key).slice(0, 200), /is not JSON$/],
    ['of another kind', () => ({ version: 1, entries: [] }), /is not the key file of an approver/],
    ['of another version', () => ({ ...key, version: 2 }), /see version$/],
    ['with a member more', () => ({ ...key, note: 'x' }), /is not the key file of an approver/],
    ['that asks for too much memory', () => ({ ...key, kdf: { ...key.kdf, n: 2 ** 30 } }), /see kdf\.n$/],
    ['whose cost is no power of two', () => ({ ...key, kdf: { ...key.kdf, n: 131_073 } }), /see kdf\.n$/],
    ['with large blocks', () => ({ ...key, kdf: { ...key.kdf, r: 4096 } }), /see kdf\.r$/],
    ['that asks for too much time', () => ({ ...key, kdf: { ...key.kdf, p: 5000 } }), /see kdf\.p$/],
    ['without a salt', () => ({ ...key, kdf: { ...key.kdf, salt: '' } }), /see kdf\.salt$/],
    [
      'with a short tag',
      () => ({ ...key, encrypted: { ...key.encrypted, tag: 'AAAA' } }),
      /see encrypted\.tag$/,
    ],
    ['with a name that leads away', () => ({ ...key, name: '../bob' }), /see name$/],
    ['that is too large', () => ' '.repeat(17_000), /has 17000 bytes, more than 16384$/],
  ];
  test.each(rows)('%s', async (_what, value, expected) => {
    const file = written(value());
    const text = await refusal(() => readApproverKey(file));
    expect(text).toMatch(/^approver-key-unreadable: /);
    expect(text).toMatch(expected);
  });

  test('that is not there, a link, a folder, or readable by others', async () => {
    const folder = folderWith();
    const file = path.join(folder, 'link.json');
    symlinkSync(written(), file);
    mkdirSync(path.join(folder, 'folder.json'));
    expect(await refusal(() => readApproverKey(path.join(folder, 'none.json')))).toMatch(
      /there is no approver's key/,
    );
    expect(await refusal(() => readApproverKey(file))).toMatch(/is a symlink/);
    expect(await refusal(() => readApproverKey(path.join(folder, 'folder.json')))).toMatch(
      /not a regular file/,
    );
    expect(await refusal(() => readApproverKey(written(key, 0o640)))).toMatch(/mode 0640/);
  });
});

test('a folder of keys is listed with what is wrong in it', () => {
  const folder = folderWith({ 'approvers/broken.json': '{', 'approvers/notes.txt': 'x' });
  writeApproverKey(path.join(folder, 'approvers', 'bob.json'), key);
  chmodSync(path.join(folder, 'approvers', 'broken.json'), 0o600);
  expect(findApproverKeys(folder).map(({ name, trouble }) => [name, trouble])).toEqual([
    ['bob', `${folder}/approvers/bob.json holds the key of alice`],
    ['broken', `${folder}/approvers/broken.json is not JSON`],
  ]);
  expect(findApproverKeys(folderWith())).toEqual([]);
});
