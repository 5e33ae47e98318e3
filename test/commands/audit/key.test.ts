import { spawnSync } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { fingerprintOf, openSigningKey } from '../../../src/audit/signing-key.js';
import { auditKeyCommand } from '../../../src/commands/audit/key-options.js';
import { folderWith } from '../../config/check-yaml.js';
import { verifies } from '../../requirements.js';
import { runCommand } from '../check-run.js';

verifies('audit:key');

const fileIn = (folder: string): string => path.join(folder, 'state/guard/keys/audit.pem');

test('the first use makes the key, for its owner only; later ones show the same', async () => {
  const folder = folderWith({});
  const first = await runCommand(auditKeyCommand, folder);
  expect(first).toMatchObject({ code: 0 });
  expect(first.stdout).toMatch(/^-----BEGIN PUBLIC KEY-----\n[^-]+-----END PUBLIC KEY-----\n$/);
  if (process.platform !== 'win32') expect(statSync(fileIn(folder)).mode & 0o777).toBe(0o600);
  expect(readFileSync(fileIn(folder), 'utf8')).toContain('BEGIN PRIVATE KEY');
  expect((await runCommand(auditKeyCommand, folder)).stdout).toBe(first.stdout);
});

test('as JSON with the fingerprint that others can compute', async () => {
  const folder = folderWith({});
  const { stdout } = await runCommand(auditKeyCommand, folder, { options: { json: true } });
  const shown = JSON.parse(stdout) as { fingerprint: string; public_key: string; file: string };
  expect(shown).toMatchObject({ file: fileIn(folder) });
  expect(shown.fingerprint).toBe(fingerprintOf(createPublicKey(shown.public_key)));
  expect(stdout).not.toContain('PRIVATE');
});

test('the fingerprint is that of openssl', async () => {
  const folder = folderWith({});
  const key = openSigningKey(fileIn(folder));
  const der = spawnSync('openssl', ['pkey', '-pubin', '-outform', 'DER'], { input: key.publicPem });
  const sum = spawnSync('openssl', ['dgst', '-sha256', '-r'], { input: der.stdout, encoding: 'utf8' });
  expect(key.fingerprint).toBe(`sha256:${sum.stdout.slice(0, 64)}`);
});

describe('a key that cannot be used is said to be, and nothing is made in its place', () => {
  test.each([
    ['text that is no key', 'hello\n', /holds no private key as PEM/],
    [
      'a key of another kind',
      spawnSync('openssl', ['genpkey', '-algorithm', 'x25519'], { encoding: 'utf8' }).stdout,
      /of type x25519, expected ed25519/,
    ],
    ['too large a file', 'x'.repeat(5000), /has 5000 bytes/],
  ])('%s', async (_what, text, message) => {
    const folder = folderWith({});
    const file = fileIn(folder);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: 0o600 });
    const ran = await runCommand(auditKeyCommand, folder);
    expect(ran).toMatchObject({ code: 2, error: 'audit-key-unusable', stdout: '' });
    expect(ran.message).toMatch(message);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test.skipIf(process.platform === 'win32')('a file that others may read', async () => {
    const folder = folderWith({});
    openSigningKey(fileIn(folder));
    chmodSync(fileIn(folder), 0o644);
    expect(await runCommand(auditKeyCommand, folder)).toMatchObject({ error: 'audit-key-unusable' });
  });
});
