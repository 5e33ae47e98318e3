import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { killCommand } from '../../src/commands/kill-options.js';
import { resumeCommand } from '../../src/commands/resume-options.js';
import { readSwitches } from '../../src/control/switch-folder.js';
import { folderWith } from '../config/check-yaml.js';
import { verifies } from '../requirements.js';
import { runCommand } from './check-run.js';

verifies('kill:command');

function switchesIn(folder: string): unknown[] {
  return readSwitches(path.join(folder, 'state/guard/switch')).map((found) =>
    found.kind === 'switch' ? found.state : found.name,
  );
}

test('kill needs a reason, and takes no words', async () => {
  const folder = folderWith();
  const without = await runCommand(killCommand, folder);
  expect([without.error, without.message]).toEqual(['usage', expect.stringMatching(/expected --reason/)]);
  expect(await runCommand(killCommand, folder, { options: { reason: '  ' } })).toMatchObject({ code: 2 });
  const word = await runCommand(killCommand, folder, { args: ['files'], options: { reason: 'x' } });
  expect(word.message).toBe('expected no words, got "files"');
  const long = await runCommand(killCommand, folder, { options: { reason: 'x'.repeat(1001) } });
  expect(long.message).toContain('more than 1000 characters');
  expect(switchesIn(folder)).toEqual([]);
});

test('kill turns a switch on, resume lifts it and says what is still on', async () => {
  const folder = folderWith();
  const options = { reason: 'wrong\u001bfiles', as: 'ana' };
  const all = await runCommand(killCommand, folder, { options });
  expect(all).toMatchObject({ code: 0, stdout: expect.stringContaining('every server is on') });
  await runCommand(killCommand, folder, { options: { ...options, server: 'mail\u202e' } });
  expect(switchesIn(folder)).toMatchObject([
    { server: null, on: true, by: 'ana', reason: 'wrong\u001bfiles' },
    { server: 'mail\u202e', on: true },
  ]);
  const resumed = await runCommand(resumeCommand, folder, { options: { as: 'bob' } });
  expect(resumed.code).toBe(0);
  expect(resumed.stdout.split('\n')).toEqual([
    'lifted the kill switch for every server',
    String.raw`still on: the switch for the server mail\u{202e} (guard resume --server mail\u{202e})`,
    '',
  ]);
  expect(await runCommand(resumeCommand, folder, { options: { server: 'mail\u202e' } })).toMatchObject({
    code: 0,
    stdout: 'lifted the kill switch for the server mail\\u{202e}\n',
  });
  expect(await runCommand(resumeCommand, folder)).toMatchObject({
    code: 0,
    stdout: 'no kill switch is on\n',
  });
  expect(switchesIn(folder)).toMatchObject([{ on: false, by: 'bob' }, { on: false }]);
});

test('a server does not go on while the switch for all is on', async () => {
  const folder = folderWith();
  await runCommand(killCommand, folder, { options: { reason: 'x' } });
  const { code, stdout } = await runCommand(resumeCommand, folder, { options: { server: 'mail' } });
  expect([code, stdout]).toEqual([1, 'still on: the switch for every server (guard resume)\n']);
});

test('resume takes away what counts as a switch because nobody can read it', async () => {
  const folder = folderWith();
  const switches = path.join(folder, 'state/guard/switch');
  fs.mkdirSync(switches, { recursive: true, mode: 0o700 });
  fs.writeFileSync(path.join(switches, 'all.json'), 'x');
  fs.symlinkSync('/etc/passwd', path.join(switches, 'stop'));
  const { code, stdout } = await runCommand(resumeCommand, folder);
  expect([code, stdout.match(/took away/g)?.length, switchesIn(folder)]).toEqual([0, 2, []]);
  fs.chmodSync(switches, 0o777);
  const open = await runCommand(resumeCommand, folder);
  expect([open.code, open.stdout]).toEqual([
    1,
    expect.stringMatching(/still on: everything, since .* may be written by others/),
  ]);
});

test('a switch that cannot be written is said', async () => {
  const folder = folderWith();
  fs.writeFileSync(path.join(folder, 'state'), '');
  const { error, code } = await runCommand(killCommand, folder, { options: { reason: 'x' } });
  expect([error, code]).toEqual(['switch-unwritable', 2]);
});
