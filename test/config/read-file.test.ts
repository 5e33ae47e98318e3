import { execFileSync } from 'node:child_process';
import { chmodSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readConfigText } from '../../src/config/read-file.js';
import { GuardError } from '../../src/platform/errors.js';
import { folderWith } from './check-yaml.js';

const TEXT = "version: '1'\n";

function errorOf(run: () => unknown): GuardError {
  try {
    run();
  } catch (error) {
    if (error instanceof GuardError) return error;
    throw error;
  }
  throw new Error('expected an error');
}

test('text, digest, byte order mark taken off', () => {
  const folder = folderWith({ 'guard.yaml': `\uFEFF${TEXT}` });
  const { text, digest } = readConfigText(path.join(folder, 'guard.yaml'), 'owner-only');
  expect(text).toBe(TEXT);
  expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
});

test('what cannot be read says why', () => {
  const folder = folderWith({
    'utf16.yaml': Buffer.from('\uFEFFversion', 'utf16le'),
    'large.yaml': Buffer.alloc(20 * 1024 * 1024, 0x20),
    'guard.yaml/inside': '',
  });
  const at = (name: string): GuardError =>
    errorOf(() => readConfigText(path.join(folder, name), 'owner-only'));
  expect(at('utf16.yaml')).toMatchObject({
    code: 'config-invalid',
    message: expect.stringContaining('not valid UTF-8'),
  });
  expect(at('large.yaml')).toMatchObject({
    code: 'config-invalid',
    message: expect.stringContaining('20971520 bytes'),
  });
  expect(at('guard.yaml')).toMatchObject({
    code: 'config-invalid',
    message: expect.stringContaining('it is a folder'),
  });
  expect(at('none.yaml').code).toBe('config-not-found');
});

describe.skipIf(process.platform === 'win32')('on systems with modes', () => {
  test('others can write it: refused for people, taken from projects', () => {
    const folder = folderWith({ 'guard.yaml': TEXT });
    const file = path.join(folder, 'guard.yaml');
    for (const mode of [0o620, 0o602, 0o666]) {
      chmodSync(file, mode);
      expect(errorOf(() => readConfigText(file, 'owner-only'))).toMatchObject({
        code: 'config-insecure',
        hint: `chmod go-w ${file}`,
      });
      expect(readConfigText(file, 'anyone').text).toBe(TEXT);
    }
    for (const mode of [0o600, 0o644, 0o444]) {
      chmodSync(file, mode);
      expect(readConfigText(file, 'owner-only').text).toBe(TEXT);
    }
  });

  test('through a symlink the file itself is judged', () => {
    const folder = folderWith({ 'real.yaml': TEXT });
    const link = path.join(folder, 'link.yaml');
    symlinkSync('real.yaml', link);
    expect(readConfigText(link, 'owner-only').text).toBe(TEXT);
    chmodSync(path.join(folder, 'real.yaml'), 0o666);
    expect(errorOf(() => readConfigText(link, 'owner-only')).code).toBe('config-insecure');
  });

  test.skipIf(process.getuid?.() !== 0)("another user's file is refused", () => {
    const folder = folderWith({ 'guard.yaml': TEXT });
    const file = path.join(folder, 'guard.yaml');
    execFileSync('chown', ['12345', file]);
    // Root reads everything, but obeys only its own files.
    expect(errorOf(() => readConfigText(file, 'owner-only'))).toMatchObject({
      code: 'config-insecure',
      message: expect.stringContaining('12345'),
    });
  });

  test('a named pipe does not hold guard', () => {
    const folder = folderWith();
    const file = path.join(folder, 'guard.yaml');
    execFileSync('mkfifo', [file]);
    expect(errorOf(() => readConfigText(file, 'anyone')).message).toContain('not a regular file');
  });
});
