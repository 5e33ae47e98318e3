import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { afterEach, describe, expect, test } from 'vitest';
import { readApproverKey } from '../../src/approvals/signing/approver-key-file.js';
import { createApproverKey, unlockApproverKey } from '../../src/approvals/signing/approver-key.js';
import { createApproverSet } from '../../src/approvals/signing/approver-set.js';
import { approverCommand } from '../../src/commands/approver-options.js';
import { folderWith } from '../config/check-yaml.js';
import { verifies } from '../requirements.js';
import { builtGuard } from '../support/built-guard.js';
import { eventually, within } from '../support/eventually.js';
import { type Pty, startPty } from '../support/pty.js';
import type { Sandbox } from '../support/sandbox.js';
import { useSandbox } from '../support/use-sandbox.js';
import { runCommand } from './check-run.js';

const open: Pty[] = [];
afterEach(() => {
  for (const pty of open.splice(0)) pty.close();
});
const sandbox = useSandbox();

function enroll(home: Sandbox, name = 'alice'): Pty {
  const words = [process.execPath, builtGuard(), 'approver', 'enroll', name];
  const pty = startPty(words, { env: home.env, cwd: home.project });
  open.push(pty);
  return pty;
}

async function asked(pty: Pty, prompt: string, keys: string): Promise<void> {
  await eventually(`the prompt "${prompt}" in ${JSON.stringify(pty.output())}`, () =>
    pty.output().includes(prompt),
  );
  pty.write(keys);
}

const keyFile = (home: Sandbox, name = 'alice') =>
  path.join(path.dirname(home.config), 'approvers', `${name}.json`);

describe('guard approver enroll', () => {
  verifies('approval:enroll:terminal');

  test('asks twice on the terminal without showing what is typed, and prints what to put into the config', async () => {
    const home = sandbox();
    const pty = enroll(home);
    await asked(pty, 'passphrase for the key of alice: ', 'correct horsx\u007fe\r');
    await asked(pty, 'the same again: ', 'correct horse\r');
    expect(await within('the end', pty.ended)).toEqual({ code: 0, signal: null });
    const output = pty.output().replaceAll('\r', '');
    expect(output).not.toMatch(/correct|hors/);
    const key = readApproverKey(keyFile(home));
    expect(statSync(keyFile(home)).mode & 0o777).toBe(0o600);
    const lines = output.slice(output.indexOf('\napproval:'), output.indexOf('\n\nThe session'));
    expect(parse(lines)).toEqual({
      approval: { approvers: [{ name: 'alice', public_key: key.public_key }] },
    });
    const approvers = createApproverSet([key]);
    expect(output).toContain(`approvers ${approvers.fingerprint}`);
    const sign = await unlockApproverKey(key, 'correct horse');
    expect(approvers.verify('alice', 'text', sign('text'))).toBe(true);
    home.writeConfig(`version: '1'${lines}\n`);
    const listed = home.spawn([process.execPath, builtGuard(), 'approver', 'list']);
    await within('the list', listed.ended);
    expect(String(listed.lines[0])).toBe(`alice  enrolled  ${key.public_key}`);
    expect(String(listed.lines[1])).toBe(`answers must be signed; approvers ${approvers.fingerprint}`);
  });

  test('takes both lines from one paste', async () => {
    const home = sandbox();
    const pty = enroll(home);
    await asked(pty, 'passphrase for the key of alice: ', 'correct horse\rcorrect horse\r');
    expect(await within('the end', pty.ended)).toEqual({ code: 0, signal: null });
    await unlockApproverKey(readApproverKey(keyFile(home)), 'correct horse');
  });

  test.each<readonly [what: string, first: string, second: string | undefined, says: string]>([
    ['two passphrases that differ', 'correct horse\r', 'correct house\r', 'the two passphrases differ'],
    ['a short passphrase', 'horse\r', undefined, 'expected a passphrase of 8 to 1024 characters, got 5'],
    ['Ctrl-C', 'correct ho\u0003', undefined, 'no passphrase was given'],
    ['Ctrl-D', '\u0004', undefined, 'no passphrase was given'],
  ])('makes no key after %s, and gives the terminal back', async (_what, first, second, says) => {
    const home = sandbox();
    const script = `"$0" "$1" approver enroll alice; echo "code $?"; stty -a | tr ' ;' '\\n\\n' | grep -x -e echo -e icanon | tr '\\n' ' '`;
    const pty = startPty(['/bin/sh', '-c', script, process.execPath, builtGuard()], {
      env: home.env,
      cwd: home.project,
    });
    open.push(pty);
    await asked(pty, 'passphrase for the key of alice: ', first);
    if (second !== undefined) await asked(pty, 'the same again: ', second);
    expect((await within('the end', pty.ended)).code).toBe(0);
    expect(pty.output()).toContain(says);
    expect(pty.output()).toContain('code 2');
    expect(pty.output()).toMatch(/icanon echo|echo icanon/);
    expect(() => readApproverKey(keyFile(home))).toThrow('there is no approver');
  });

  test('refuses to ask a pipe', async () => {
    const home = sandbox();
    const piped = home.spawn([process.execPath, builtGuard(), 'approver', 'enroll', 'alice']);
    piped.send('correct horse\ncorrect horse\n');
    expect((await within('the end', piped.ended)).code).toBe(2);
    expect(piped.stderr).toContain('a passphrase is asked for on a terminal only');
    expect(() => readApproverKey(keyFile(home))).toThrow('there is no approver');
  });
});

describe('guard approver', () => {
  test.each([
    [[''], /expected enroll NAME or list/],
    [['enroll'], /expected enroll NAME or list, got enroll$/],
    [['enroll', 'a', 'b'], /got enroll a b$/],
    [['list', 'a'], /got list a$/],
    [['remove\u001b', 'a'], /got remove\\u\{001b\} a$/],
    [['enroll', '../a'], /expected a name of 1 to 64 letters/],
  ])('%j is a usage error', async (args, message) => {
    const ran = await runCommand(approverCommand, folderWith(), { args });
    expect(ran).toMatchObject({ code: 2, error: 'usage' });
    expect(ran.message).toMatch(message);
  });

  test('never replaces a key', async () => {
    const folder = folderWith({ 'xdg/guard/approvers/alice.json': 'old' });
    const ran = await runCommand(approverCommand, folder, { args: ['enroll', 'alice'] });
    expect(ran.error).toBe('file-exists');
    expect(readFileSync(path.join(folder, 'xdg/guard/approvers/alice.json'), 'utf8')).toBe('old');
  });

  test('list says how keys and approvers of the config fit together', async () => {
    const [alice, bob, carol] = await Promise.all(
      ['alice', 'bob', 'carol'].map((name) => createApproverKey(name, 'correct horse')),
    );
    const folder = folderWith();
    const config = path.join(folder, 'xdg/guard');
    mkdirSync(path.join(config, 'approvers'), { recursive: true });
    for (const key of [alice, bob, carol]) {
      writeFileSync(path.join(config, 'approvers', `${key?.name}.json`), JSON.stringify(key), {
        mode: 0o600,
      });
    }
    writeFileSync(path.join(config, 'approvers', 'broken.json'), '{', { mode: 0o600 });
    const approvers = [
      { name: 'alice', public_key: alice?.public_key ?? '' },
      { name: 'bob', public_key: carol?.public_key ?? '' },
      { name: 'dave \u202e', public_key: bob?.public_key ?? '' },
    ];
    writeFileSync(
      path.join(config, 'guard.yaml'),
      JSON.stringify({ version: '1', approval: { approvers } }),
      { mode: 0o600 },
    );
    const text = await runCommand(approverCommand, folder, { args: ['list'] });
    expect(text.stdout.split('\n').map((line) => line.replace(/ {2}\S{43}=$/, ''))).toEqual([
      'alice          enrolled               ',
      'bob            other key in the config',
      'carol          not in the config      ',
      String.raw`dave \u{202e}  key elsewhere          `,
      `not usable: ${config}/approvers/broken.json is not JSON`,
      `answers must be signed; approvers ${createApproverSet(approvers).fingerprint}`,
      '',
    ]);
    const json = await runCommand(approverCommand, folder, { args: ['list'], options: { json: true } });
    expect(json.stdout).not.toContain('\u202e');
    expect(JSON.parse(json.stdout)).toMatchObject({
      approvers: [
        { name: 'alice', state: 'enrolled', file: `${config}/approvers/alice.json` },
        { name: 'bob', state: 'other key in the config' },
        { name: 'carol', state: 'not in the config' },
        { name: 'dave \u202e', state: 'key elsewhere', file: null },
      ],
    });
  });

  test('list without keys and approvers', async () => {
    const { stdout } = await runCommand(approverCommand, folderWith(), { args: ['list'] });
    expect(stdout).toBe('the config names no approvers: answers need no signature\n');
  });
});
