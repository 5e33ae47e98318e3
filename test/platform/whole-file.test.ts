import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createWhole, replaceWhole } from '../../src/platform/whole-file.js';
import { folderWith } from '../config/check-yaml.js';

test('a new file is written with its mode and leaves nothing beside it', () => {
  const folder = folderWith();
  createWhole(path.join(folder, 'a'), 'é'.repeat(100_000), 0o600);
  expect(readFileSync(path.join(folder, 'a'), 'utf8')).toBe('é'.repeat(100_000));
  expect(statSync(path.join(folder, 'a')).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['a']);
});

test('a new file never takes the place of another one, or of a link', () => {
  const folder = folderWith({ a: 'old' });
  symlinkSync('elsewhere', path.join(folder, 'link'));
  for (const name of ['a', 'link']) {
    expect(() => createWhole(path.join(folder, name), 'new', 0o600)).toThrow('EEXIST');
  }
  expect(readFileSync(path.join(folder, 'a'), 'utf8')).toBe('old');
  expect(existsSync(path.join(folder, 'elsewhere'))).toBe(false);
  expect(readdirSync(folder).toSorted()).toEqual(['a', 'link']);
});

test('a file is replaced at once, a link itself and not what it names', () => {
  const folder = folderWith({ a: 'old', target: 'kept' });
  symlinkSync('target', path.join(folder, 'link'));
  replaceWhole(path.join(folder, 'a'), 'new', 0o600);
  replaceWhole(path.join(folder, 'link'), 'new', 0o600);
  expect(['a', 'link', 'target'].map((name) => readFileSync(path.join(folder, name), 'utf8'))).toEqual([
    'new',
    'new',
    'kept',
  ]);
});

test('what a killed process with this number left behind is no obstacle, and a failure leaves nothing', () => {
  const folder = folderWith();
  for (let number = 1; number < 50; number += 1) {
    writeFileSync(path.join(folder, `a.${process.pid}-${number}.tmp`), 'left');
  }
  createWhole(path.join(folder, 'a'), 'text', 0o600);
  expect(readFileSync(path.join(folder, 'a'), 'utf8')).toBe('text');
  const other = folderWith({ 'folder/inside': '' });
  expect(() => replaceWhole(path.join(other, 'folder'), 'text', 0o600)).toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
  expect(readdirSync(other)).toEqual(['folder']);
});
