import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { uninstallCommand } from '../../src/commands/uninstall-options.js';
import { verifies } from '../requirements.js';
import { runCommand } from './check-run.js';
import { ClientMachine } from './client-machine.js';

verifies('uninstall:command');

const CLAUDE = 'home/.claude.json';
const CURSOR = 'home/.cursor/mcp.json';
const TEXT = `{
  "mcpServers": {
    "docs": { "type": "http", "url": "https://docs.test/mcp", "headers": { "A": "b" } },
    "run": { "command": "run" },
    "git": {
      "command": "uvx",
      "args": [
        "mcp-server-git"
      ]
    }
  },
  "oauth": 1
}
`;

test('each byte is as before, remote entries and limits too', async () => {
  const machine = new ClientMachine({ [CLAUDE]: TEXT, [CURSOR]: TEXT });
  await machine.install({ yes: true, remote: true, setTimeouts: true });
  expect(machine.read(CLAUDE)).not.toBe(TEXT);
  const { code, stdout } = await machine.uninstall();
  expect([code, machine.read(CLAUDE), machine.read(CURSOR)]).toEqual([0, TEXT, TEXT]);
  expect(stdout.match(/as before {2}git/g)).toHaveLength(2);
  expect(await machine.uninstall()).toMatchObject({
    code: 0,
    stdout: 'no config file of a client starts guard\n',
  });
});

test('edits of neighbors stay, and another install and uninstall change nothing more', async () => {
  const machine = new ClientMachine({ [CLAUDE]: TEXT });
  await machine.install();
  machine.write(CLAUDE, machine.read(CLAUDE).replace('"oauth": 1', '"oauth": 2,\n  "mine": [ 1,2 ]'));
  await machine.uninstall();
  const edited = TEXT.replace('"oauth": 1', '"oauth": 2,\n  "mine": [ 1,2 ]');
  expect(machine.read(CLAUDE)).toBe(edited);
  await machine.install({ yes: true, remote: true });
  await machine.uninstall();
  expect(machine.read(CLAUDE)).toBe(edited);
});

test('--dry-run shows and changes nothing, --client restricts', async () => {
  const machine = new ClientMachine({ [CLAUDE]: TEXT, [CURSOR]: TEXT });
  await machine.install();
  const wrapped = machine.read(CLAUDE);
  expect(await machine.uninstall({ dryRun: true })).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/dry run/),
  });
  expect(machine.read(CLAUDE)).toBe(wrapped);
  await machine.uninstall({ yes: true, client: 'cursor' });
  expect([machine.read(CLAUDE), machine.read(CURSOR)]).toEqual([wrapped, TEXT]);
});

test('--from-backup puts back the file as it was before guard, whatever became of it', async () => {
  const machine = new ClientMachine({ [CLAUDE]: TEXT });
  await machine.install({ yes: true, client: 'claude-code' });
  await machine.install({ yes: true, remote: true });
  machine.write(CLAUDE, '{"mcpServers": {"git": {"command": ');
  expect(await machine.uninstall()).toMatchObject({ code: 1, stdout: expect.stringMatching(/is broken/) });
  expect(await machine.uninstall({ yes: true, fromBackup: true })).toMatchObject({ code: 0 });
  expect(machine.read(CLAUDE)).toBe(TEXT);
  expect(await machine.uninstall({ yes: true, fromBackup: true })).toMatchObject({ code: 0 });
  expect(machine.read(CLAUDE)).toBe(TEXT);
});

test('a bridge that was changed by hand is refused with exit code 1, and the rest is restored', async () => {
  const machine = new ClientMachine({ [CLAUDE]: TEXT });
  await machine.install({ yes: true, remote: true });
  machine.write(CLAUDE, machine.read(CLAUDE).replace('docs.test', 'other.test'));
  const { code, stdout } = await machine.uninstall();
  expect(code).toBe(1);
  expect(stdout).toMatch(/refused {2}docs: the bridge .* changed since/);
  expect(machine.read(CLAUDE)).toContain('"run": { "command": "run" }');
});

test.each<[string, (file: string) => void]>([
  ['others may read', (file) => fs.chmodSync(file, 0o644)],
  ['hold something else', (file) => fs.writeFileSync(file, '{"version":1}')],
  [
    'hold half a note',
    (file) => fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('"written"', '"x"')),
  ],
])('notes that %s are not written over: the file stays as it is, with exit code 1', async (_what, spoil) => {
  const machine = new ClientMachine({ [CLAUDE]: TEXT });
  await machine.install({ yes: true, remote: true });
  const wrapped = machine.read(CLAUDE);
  const folder = path.join(machine.folder, 'state/guard/clients');
  const file = path.join(folder, fs.readdirSync(folder)[0] ?? '');
  spoil(file);
  const spoiled = fs.readFileSync(file, 'utf8');
  expect(await machine.uninstall()).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/notes of guard that cannot be used/),
  });
  expect(await machine.install({ yes: true, remote: true })).toMatchObject({ code: 1 });
  expect([machine.read(CLAUDE), fs.readFileSync(file, 'utf8')]).toEqual([wrapped, spoiled]);
});

test('runs as the program does, on the real machine of an empty home', async () => {
  const machine = new ClientMachine({});
  const ran = await runCommand(uninstallCommand, machine.folder, {}, machine.env);
  expect([ran.code, ran.stdout]).toEqual([0, 'no config file of a client starts guard\n']);
});
