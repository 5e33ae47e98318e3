import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { RememberedEntry, RememberedFile } from '../../src/approvals/remember/entry.js';
import { createApproverKey, unlockApproverKey } from '../../src/approvals/signing/approver-key.js';
import { rememberedText } from '../../src/approvals/signing/signed-text.js';
import { rememberedCommand } from '../../src/commands/remembered-options.js';
import { entry } from '../approvals/remember/requests.js';
import { folderWith } from '../config/check-yaml.js';
import { verifies } from '../requirements.js';
import { runCommand } from './check-run.js';

verifies('approval:remember:listed');

const FILE = 'state/guard/remembered.json';
const named = (id: string, changes: Partial<RememberedEntry> = {}) =>
  entry({ ...changes, id: `rem_${id.padEnd(12, '0')}` });
const fileOf = (...entries: readonly RememberedEntry[]) => ({
  [FILE]: JSON.stringify({ version: 1, entries }),
});
const idsIn = (folder: string) =>
  (JSON.parse(readFileSync(path.join(folder, FILE), 'utf8')) as RememberedFile).entries.map(({ id }) =>
    id.slice(4, 5),
  );

test('the table says what passes, where, until when and instead of which rule', async () => {
  const project = named('b', {
    scope: 'project',
    project: '/srv/\u202esite',
    expires_at: null,
    input: { '$.path': { path_within: '/srv' }, '$.n': { exists: true }, '$.m': { gt: 1 } },
  });
  const old = named('c', { expires_at: '1969-01-01T00:00:00.000Z', input: {} });
  const { code, stdout } = await runCommand(rememberedCommand, folderWith(fileOf(named('a'), project, old)));
  expect(code).toBe(0);
  expect(stdout).toBe(
    [
      'id                scope    tool              who    until',
      'rem_a00000000000  user     files/write_file  alice  2026-01-31T00:00:00.000Z',
      '    instead of user/writes',
      '    $.path = "/srv/site/a.txt"',
      '    $.content = "hello"',
      'rem_b00000000000  project  files/write_file  alice  revoked',
      String.raw`    in /srv/\u{202e}site`,
      '    instead of user/writes',
      '    $.path in folder /srv',
      '    $.n is any value',
      '    $.m meets {"gt":1}',
      'rem_c00000000000  user     files/write_file  alice  1969-01-01T00:00:00.000Z',
      '    does not count: expired',
      '    instead of user/writes',
      '    without arguments',
      '',
    ].join('\n'),
  );
});

test('with approvers, what is not signed is said not to count', async () => {
  const key = await createApproverKey('alice', 'correct horse');
  const sign = await unlockApproverKey(key, 'correct horse');
  const good = named('a');
  const signed = { ...good, signature: sign(rememberedText(good)) };
  const config = { version: '1', approval: { approvers: [{ name: 'alice', public_key: key.public_key }] } };
  const folder = folderWith({
    ...fileOf(signed, named('b')),
    'xdg/guard/guard.json': JSON.stringify(config),
  });
  const { stdout } = await runCommand(rememberedCommand, folder, { options: { json: true } });
  expect(JSON.parse(stdout)).toMatchObject([
    { id: 'rem_a00000000000', counts: true, why: null },
    { id: 'rem_b00000000000', counts: false, why: 'not signed by an enrolled approver' },
  ]);
});

test('nothing, a broken file, a broken config', async () => {
  expect((await runCommand(rememberedCommand, folderWith())).stdout).toBe('no answer is remembered\n');
  const broken = await runCommand(rememberedCommand, folderWith({ [FILE]: '{' }));
  expect(broken).toMatchObject({ code: 2, error: 'remembered-unreadable' });
  expect(broken.message).toMatch(/is not JSON: no remembered answer counts$/);
  const folder = folderWith({ ...fileOf(named('a')), 'xdg/guard/guard.yaml': 'mod: x' });
  expect((await runCommand(rememberedCommand, folder)).stdout).toContain('rem_a00000000000');
});

test('entries are revoked by id, all, or those that expired', async () => {
  const folder = folderWith(
    fileOf(named('a'), named('b', { expires_at: '1969-01-01T00:00:00.000Z' }), named('c'), named('d')),
  );
  const revoke = (args: readonly string[], options: object = {}) =>
    runCommand(rememberedCommand, folder, { args: ['revoke', ...args], options: { ...options } });
  expect(await revoke([], { expired: true })).toMatchObject({
    code: 0,
    stdout: 'revoked rem_b00000000000\n',
  });
  expect(await revoke([], { expired: true })).toMatchObject({ code: 0, stdout: 'nothing to revoke\n' });
  const ids = ['rem_c00000000000', 'rem_zzzzzzzzzzzz\u001b'];
  expect(await revoke(ids)).toMatchObject({
    error: 'usage',
    stdout: 'revoked rem_c00000000000\n',
    message: String.raw`there is no remembered answer rem_zzzzzzzzzzzz\u{001b}`,
  });
  expect(idsIn(folder)).toEqual(['a', 'd']);
  expect(JSON.parse((await revoke([], { all: true, json: true })).stdout)).toMatchObject([
    { id: 'rem_a00000000000' },
    { id: 'rem_d00000000000' },
  ]);
  expect(idsIn(folder)).toEqual([]);
});

test.each([
  [['revoke'], {}, /expected ids, --all or --expired/],
  [['revoke', 'rem_a00000000000'], { all: true }, /only one of them/],
  [['revoke'], { all: true, expired: true }, /only one of them/],
  [['forget'], {}, /expected revoke or nothing, got forget/],
  [[], { all: true }, /belong to revoke/],
])('%j with %j is a usage error', async (args, options, message) => {
  const folder = folderWith(fileOf(named('a')));
  const ran = await runCommand(rememberedCommand, folder, { args, options });
  expect(ran).toMatchObject({ code: 2, error: 'usage' });
  expect(ran.message).toMatch(message);
  expect(idsIn(folder)).toEqual(['a']);
});
