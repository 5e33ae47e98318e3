import { spawnSync } from 'node:child_process';
import fs, { chmodSync, chownSync, mkdirSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { readOwnBytes, readOwnFile } from '../../src/platform/own-file.js';
import { folderWith } from '../config/check-yaml.js';

afterEach(() => {
  vi.restoreAllMocks();
});

const inFolder = (content: string | Buffer, mode = 0o600): string => {
  const file = path.join(folderWith({ 'a.json': content }), 'a.json');
  chmodSync(file, mode);
  return file;
};
const why = (file: string, privacy: 'others-may-read' | 'owner-only' = 'owner-only'): string => {
  const read = readOwnFile(file, 100, privacy);
  return read.kind === 'trouble' ? read.why : read.kind;
};

test('a file of one’s own is read whole', () => {
  expect(readOwnFile(inFolder('é'.repeat(50)), 100, 'owner-only')).toEqual({
    kind: 'text',
    text: 'é'.repeat(50),
  });
  expect(readOwnFile(inFolder('x', 0o644), 100, 'others-may-read')).toEqual({ kind: 'text', text: 'x' });
  expect(readOwnFile('/nonexistent/a.json', 100, 'owner-only')).toEqual({ kind: 'absent' });
});

test('what is not to be trusted is refused in words', () => {
  const folder = folderWith({ 'a.json': 'x' });
  symlinkSync('a.json', path.join(folder, 'link'));
  mkdirSync(path.join(folder, 'folder'));
  expect(spawnSync('mkfifo', [path.join(folder, 'pipe')]).status).toBe(0);
  expect(why(path.join(folder, 'link'))).toBe('is a symlink and not a regular file');
  expect(why(path.join(folder, 'folder'))).toBe('is a folder and not a regular file');
  expect(why(path.join(folder, 'pipe'))).toBe('is not a regular file');
  expect(why(path.join(folder, 'a.json', 'b'))).toMatch(/^cannot be read: ENOTDIR/);
  expect(why(inFolder('x'.repeat(101)))).toBe('has 101 bytes, more than 100');
  expect(why(inFolder(Buffer.from([0xc3, 0x28])))).toBe('is not valid UTF-8');
  expect(why(inFolder('x', 0o640))).toBe('has mode 0640, which lets others read or write it');
  expect(why(inFolder('x', 0o620), 'others-may-read')).toBe('has mode 0620, which lets others write it');
  expect(why(inFolder('x', 0o602), 'others-may-read')).toBe('has mode 0602, which lets others write it');
});

test('a file of another user is refused, one of root’s is not', () => {
  const file = inFolder('x');
  const { uid } = statSync(file);
  vi.spyOn(process, 'getuid').mockReturnValue(4242);
  if (uid === 0) {
    expect(why(file)).toBe('text');
    chownSync(file, 4243, 4243);
  }
  expect(why(file)).toBe(`belongs to user ${statSync(file).uid}, expected 4242 or root`);
});

test('root’s files are refused where a file speaks for its user', () => {
  const file = inFolder('x');
  const owner = statSync(file).uid;
  const read = (user: number | undefined) =>
    readOwnBytes(file, 100, { user, isRootTrusted: false, privacy: 'others-may-read' });
  const bytes = { kind: 'bytes', bytes: Buffer.from('x') };
  expect(read(owner)).toEqual(bytes);
  // Without owners there is nothing to compare.
  expect(read(undefined)).toEqual(bytes);
  expect(read(4242)).toEqual({
    kind: 'trouble',
    why: `belongs to user ${owner}, expected 4242`,
  });
});

test('a file that is exchanged after the first look is looked at again', () => {
  const file = inFolder('x');
  const stats = statSync(file);
  chmodSync(file, 0o666);
  vi.spyOn(fs, 'lstatSync').mockReturnValue(stats);
  expect(why(file, 'others-may-read')).toBe('has mode 0666, which lets others write it');
  const link = path.join(path.dirname(file), 'link');
  symlinkSync('a.json', link);
  expect(why(link)).toMatch(/^cannot be read: ELOOP/);
});
