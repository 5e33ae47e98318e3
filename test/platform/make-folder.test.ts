import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from '../../src/platform/make-folder.js';
import { folderWith } from '../config/check-yaml.js';

test('a folder is made with its parents, all of them closed to others', () => {
  const before = process.umask(0);
  try {
    const folder = folderWith();
    makeFolder(path.join(folder, 'a', 'b', 'c'));
    for (const made of ['a', 'a/b', 'a/b/c']) {
      expect(statSync(path.join(folder, made)).mode & 0o777).toBe(0o700);
    }
  } finally {
    process.umask(before);
  }
});

test('what is there stays as it is, also behind a link', () => {
  const folder = folderWith({ 'a/inside': '' });
  mkdirSync(path.join(folder, 'open'), 0o755);
  symlinkSync('open', path.join(folder, 'link'));
  makeFolder(path.join(folder, 'a'));
  makeFolder(path.join(folder, 'link', 'b'));
  expect(readdirSync(path.join(folder, 'a'))).toEqual(['inside']);
  expect(existsSync(path.join(folder, 'open', 'b'))).toBe(true);
  expect(statSync(path.join(folder, 'open')).mode & 0o777).toBe(0o755);
  makeFolder('/');
  makeFolder('.');
});

test('a file or a link to nothing in its place is an error, also among its parents', () => {
  const folder = folderWith({ file: '' });
  symlinkSync('nothing', path.join(folder, 'link'));
  expect(() => makeFolder(path.join(folder, 'file'))).toThrow('EEXIST');
  expect(() => makeFolder(path.join(folder, 'file', 'a', 'b'))).toThrow('ENOTDIR');
  expect(() => makeFolder(path.join(folder, 'link'))).toThrow('EEXIST');
  expect(() => makeFolder(path.join(folder, 'link', 'a'))).toThrow('EEXIST');
  expect(readdirSync(folder).toSorted()).toEqual(['file', 'link']);
});

test.runIf(process.platform === 'linux')(
  'a folder that takes no others is an error and no endless try',
  () => {
    expect(() => makeFolder('/proc/guard/a/b')).toThrow(/ENOENT.*\/proc\/guard/);
  },
);
