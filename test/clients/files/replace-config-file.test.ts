import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { backupsOf, backUp, readBackup } from '../../../src/clients/files/backups.js';
import { type ConfigFile, readConfigFile } from '../../../src/clients/files/read-config-file.js';
import { replaceConfigFile, type WriteOptions } from '../../../src/clients/files/replace-config-file.js';
import { CLIENT_BACKUPS_MAX } from '../../../src/platform/bounds.js';
import { folderWith } from '../../config/check-yaml.js';
import { verifies } from '../../requirements.js';

verifies('install:safe-write');

const OPTIONS: WriteOptions = { locks: false, user: process.getuid?.(), nowMs: () => Date.now() };
const NEW = Buffer.from('new');

function read(file: string): ConfigFile {
  const reading = readConfigFile(file, process.getuid?.());
  if (reading.kind !== 'file') throw new Error(`${file}: ${reading.kind}`);
  return reading.file;
}

/** A file that is there, with nothing beside it. */
function sample(): { folder: string; file: string } {
  const folder = folderWith({ 'mcp.json': 'old' });
  return { folder, file: path.join(folder, 'mcp.json') };
}

function noSpace(): never {
  throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
}

test.each([0o600, 0o644, 0o640, 0o755])('mode %o is kept, whatever the process masks', async (mode) => {
  const { folder, file } = sample();
  fs.chmodSync(file, mode);
  const mask = process.umask(0o077);
  try {
    expect(await replaceConfigFile(read(file), NEW, OPTIONS)).toEqual({ kind: 'written' });
  } finally {
    process.umask(mask);
  }
  expect(fs.statSync(file).mode & 0o7777).toBe(mode);
  expect(fs.readFileSync(file, 'utf8')).toBe('new');
  expect(fs.readdirSync(folder)).toEqual(['mcp.json']);
});

test('a symlink stays one, and the file that it names is written', async () => {
  const { folder, file } = sample();
  const link = path.join(folder, 'link');
  fs.symlinkSync('mcp.json', link);
  expect(await replaceConfigFile(read(link), NEW, OPTIONS)).toEqual({ kind: 'written' });
  expect(fs.readlinkSync(link)).toBe('mcp.json');
  expect(fs.readFileSync(file, 'utf8')).toBe('new');
});

test.each<[string, WriteOptions['port'], RegExp]>([
  ['a disk that is full', { write: noSpace }, /cannot be written: ENOSPC/],
  [
    'a disk that fills up in the middle of it',
    {
      write(descriptor) {
        fs.writeSync(descriptor, 'n');
        noSpace();
      },
    },
    /cannot be written: ENOSPC/,
  ],
  ['a folder in which nothing can be renamed', { rename: noSpace }, /cannot be written/],
])('%s leaves the file untouched and nothing beside it', async (_what, port, why) => {
  const { folder, file } = sample();
  const before = fs.statSync(file).ino;
  const result = await replaceConfigFile(read(file), NEW, { ...OPTIONS, ...(port && { port }) });
  expect(result).toEqual({ kind: 'refused', why: expect.stringMatching(why) });
  expect([fs.readFileSync(file, 'utf8'), fs.statSync(file).ino]).toEqual(['old', before]);
  expect(fs.readdirSync(folder)).toEqual(['mcp.json']);
});

test.each<[string, (file: string) => void]>([
  ['written by its client', (file) => fs.writeFileSync(file, 'theirs')],
  ['replaced', (file) => fs.renameSync(`${file}.theirs`, file)],
  ['moved away', (file) => fs.renameSync(file, `${file}.away`)],
  [
    'turned into a symlink',
    (file) => {
      fs.renameSync(file, `${file}.away`);
      fs.symlinkSync(`${file}.away`, file);
    },
  ],
])('a file that was %s between read and write stays as it is now', async (_what, change) => {
  const { folder, file } = sample();
  fs.writeFileSync(`${file}.theirs`, 'theirs');
  const port = { beforeCheck: () => change(file) };
  const result = await replaceConfigFile(read(file), NEW, { ...OPTIONS, port });
  expect(result).toEqual({ kind: 'refused', why: expect.stringMatching(/changed by another program/) });
  const texts = fs.readdirSync(folder).map((name) => fs.readFileSync(path.join(folder, name), 'utf8'));
  expect(texts).not.toContain('new');
});

test.skipIf(process.getuid?.() === 0)('a read-only folder is refused', async () => {
  const { folder, file } = sample();
  const before = read(file);
  fs.chmodSync(folder, 0o500);
  const result = await replaceConfigFile(before, NEW, OPTIONS);
  fs.chmodSync(folder, 0o700);
  expect(result).toEqual({ kind: 'refused', why: expect.stringMatching(/EACCES/) });
});

test('a folder that is gone is refused', async () => {
  const { folder, file } = sample();
  const before = read(file);
  fs.rmSync(folder, { recursive: true });
  expect(await replaceConfigFile(before, NEW, OPTIONS)).toEqual({
    kind: 'refused',
    why: expect.stringMatching(/ENOENT/),
  });
});

test('a client’s lock is taken and given back; one that is held refuses; one that was left behind goes', async () => {
  const { folder, file } = sample();
  const lock = `${file}.lock`;
  let wasLocked = false;
  const port = { beforeCheck: () => (wasLocked = fs.existsSync(lock)) };
  expect(await replaceConfigFile(read(file), NEW, { ...OPTIONS, locks: true, port })).toEqual({
    kind: 'written',
  });
  expect([wasLocked, fs.readdirSync(folder)]).toEqual([true, ['mcp.json']]);
  fs.mkdirSync(lock);
  let clock = fs.statSync(lock).mtimeMs;
  const passing = { ...OPTIONS, locks: true, nowMs: () => (clock += 500) };
  expect(await replaceConfigFile(read(file), NEW, passing)).toEqual({
    kind: 'refused',
    why: expect.stringMatching(/locked/),
  });
  expect(fs.existsSync(lock)).toBe(true);
  const later = { ...OPTIONS, locks: true, nowMs: () => clock + 60_000 };
  expect(await replaceConfigFile(read(file), Buffer.from('x'), later)).toEqual({ kind: 'written' });
});

test('backups are private, told apart, and bounded in number', () => {
  const folder = folderWith();
  for (let count = 0; count < CLIENT_BACKUPS_MAX + 5; count += 1) {
    backUp(folder, '/home/x/mcp.json', Buffer.from(String(count)), count < 4 ? 0 : count * 1000);
  }
  const files = backupsOf(folder, '/home/x/mcp.json');
  expect(files).toHaveLength(CLIENT_BACKUPS_MAX);
  expect(files.map((file) => readBackup(file)?.toString()).slice(0, 2)).toEqual(['24', '23']);
  expect(fs.statSync(files[0] ?? '').mode & 0o777).toBe(0o600);
  expect(backupsOf(folder, '/home/y/mcp.json')).toEqual([]);
});
