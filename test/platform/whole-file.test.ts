import fs, { existsSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { createWhole, isDraftName, type LinkFile, replaceWhole } from '../../src/platform/whole-file.js';
import { folderWith } from '../config/check-yaml.js';

afterEach(() => {
  vi.restoreAllMocks();
});

/** A file system whose links fail like this. */
function failing(code: string): LinkFile {
  return () => {
    throw Object.assign(new Error(code), { code });
  };
}

const PRIVATE = { mode: 0o600, durable: true, withoutLinks: 'fail' } as const;

test('a new file is written with its mode and leaves nothing beside it', () => {
  const folder = folderWith();
  createWhole(path.join(folder, 'a'), 'é'.repeat(100_000), PRIVATE);
  expect(readFileSync(path.join(folder, 'a'), 'utf8')).toBe('é'.repeat(100_000));
  expect(statSync(path.join(folder, 'a')).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['a']);
});

test('a new file never takes the place of another one, or of a link', () => {
  const folder = folderWith({ a: 'old' });
  symlinkSync('elsewhere', path.join(folder, 'link'));
  for (const name of ['a', 'link']) {
    expect(() => createWhole(path.join(folder, name), 'new', PRIVATE)).toThrow('EEXIST');
  }
  expect(readFileSync(path.join(folder, 'a'), 'utf8')).toBe('old');
  expect(existsSync(path.join(folder, 'elsewhere'))).toBe(false);
  expect(readdirSync(folder).toSorted()).toEqual(['a', 'link']);
});

test('a file is replaced at once, a link itself and not what it names', () => {
  const folder = folderWith({ a: 'old', target: 'kept' });
  symlinkSync('target', path.join(folder, 'link'));
  replaceWhole(path.join(folder, 'a'), 'new', PRIVATE);
  replaceWhole(path.join(folder, 'link'), 'new', PRIVATE);
  expect(['a', 'link', 'target'].map((name) => readFileSync(path.join(folder, name), 'utf8'))).toEqual([
    'new',
    'new',
    'kept',
  ]);
});

test('where there are no hard links a new file is created in place, or not at all', () => {
  const folder = folderWith({ taken: 'old' });
  const create = (name: string, code: string, withoutLinks: 'in-place' | 'fail') =>
    createWhole(path.join(folder, name), 'new', { ...PRIVATE, withoutLinks, link: failing(code) });
  for (const code of ['EPERM', 'ENOTSUP', 'EXDEV']) {
    create(code, code, 'in-place');
    expect(readFileSync(path.join(folder, code), 'utf8')).toBe('new');
    expect(statSync(path.join(folder, code)).mode & 0o777).toBe(0o600);
    expect(() => create('taken', code, 'in-place')).toThrow('EEXIST');
    expect(() => create('other', code, 'fail')).toThrow(code);
  }
  expect(() => create('other', 'ENOSPC', 'in-place')).toThrow('ENOSPC');
  expect(readFileSync(path.join(folder, 'taken'), 'utf8')).toBe('old');
  expect(readdirSync(folder).toSorted()).toEqual(['ENOTSUP', 'EPERM', 'EXDEV', 'taken']);
});

test('what is being written lies beside the file, whole, closed to others, and under a name of its own', () => {
  const folder = folderWith();
  const drafts: string[] = [];
  const link = (from: string): void => {
    drafts.push(path.basename(from));
    expect(path.dirname(from)).toBe(folder);
    expect(readFileSync(from, 'utf8')).toBe('text');
    expect(statSync(from).mode & 0o777).toBe(0o600);
    throw new Error('killed');
  };
  for (let times = 0; times < 20; times += 1) {
    expect(() => createWhole(path.join(folder, 'a'), 'text', { ...PRIVATE, link })).toThrow('killed');
  }
  // So no draft that a killed process left is ever met again.
  expect(new Set(drafts).size).toBe(20);
  expect(drafts.filter((name) => !isDraftName(name))).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});

test('only what has to outlive a power cut waits for the disk', () => {
  const folder = folderWith();
  const sync = vi.spyOn(fs, 'fsyncSync');
  const syncsOf = (durable: boolean): number => {
    sync.mockClear();
    createWhole(path.join(folder, `new-${durable}`), '', { ...PRIVATE, durable });
    replaceWhole(path.join(folder, `new-${durable}`), '', { ...PRIVATE, durable });
    return sync.mock.calls.length;
  };
  expect([syncsOf(true), syncsOf(false)]).toEqual([2, 0]);
});

test('a failure leaves nothing behind', () => {
  const folder = folderWith({ 'folder/inside': '' });
  expect(() => replaceWhole(path.join(folder, 'folder'), 'text', PRIVATE)).toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
  vi.spyOn(fs, 'fsyncSync').mockImplementation(() => {
    throw new Error('EIO');
  });
  expect(() => createWhole(path.join(folder, 'a'), 'text', PRIVATE)).toThrow('EIO');
  expect(() => replaceWhole(path.join(folder, 'a'), 'text', PRIVATE)).toThrow('EIO');
  expect(readdirSync(folder)).toEqual(['folder']);
});
