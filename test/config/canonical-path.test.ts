import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { canonicalPath } from '../../src/config/canonical-path.js';
import { folderWith } from './check-yaml.js';

function prepared(): string {
  const folder = folderWith({ 'real/file': '', 'base/x': '' });
  symlinkSync(path.join(folder, 'real'), path.join(folder, 'base', 'link'));
  symlinkSync(path.join(folder, 'nowhere', 'deep'), path.join(folder, 'base', 'dangling'));
  symlinkSync('circle', path.join(folder, 'base', 'circle'));
  mkdirSync(path.join(folder, 'home'));
  return folder;
}

describe.skipIf(process.platform === 'win32')('canonical path', () => {
  /** [text, expected below the folder, or null for none] */
  const rows: readonly (readonly [string, string | null])[] = [
    ['x', 'base/x'],
    ['./x', 'base/x'],
    ['.', 'base'],
    ['new/er/file', 'base/new/er/file'],
    ['../real/file', 'real/file'],
    ['link/file', 'real/file'],
    ['link/new', 'real/new'],
    ['dangling', 'nowhere/deep'],
    ['dangling/new', 'nowhere/deep/new'],
    ['~', 'home'],
    ['~/a', 'home/a'],
    ['x/../y', 'base/y'],
    ['new/../y', 'base/y'],
    ['link/../x', null],
    ['~root/x', null],
    ['circle', null],
    ['circle/a', null],
    ['a\nb', null],
    ['a\u0000b', null],
    ['', null],
    ['a'.repeat(5000), null],
  ];
  for (const [text, expected] of rows) {
    test(JSON.stringify(text.slice(0, 20)), () => {
      const folder = prepared();
      const found = canonicalPath(text, path.join(folder, 'base'), path.join(folder, 'home'));
      expect(found).toBe(expected === null ? undefined : path.join(folder, expected));
    });
  }

  test('a name that is too long for the system has no certain form', () => {
    expect(canonicalPath('a'.repeat(300), '/tmp')).toBeUndefined();
  });
});
