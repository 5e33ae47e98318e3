import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { verifies } from '../requirements.js';
import { builtGuard } from '../support/built-guard.js';
import { ClientMachine } from './client-machine.js';

verifies('install:command', 'install:program-word', 'install:refuses');

const CURSOR = 'home/.cursor/mcp.json';
const CODEX = 'home/.codex/config.toml';
const DESKTOP = 'home/.config/Claude/claude_desktop_config.json';
const ONE = '{\n  "mcpServers": {\n    "git": { "command": "uvx", "args": ["mcp-server-git"] }\n  }\n}\n';
const TOML = '[mcp_servers.git]\ncommand = "uvx"\nargs = ["mcp-server-git"]\n';

function noSpace(): never {
  throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
}

function desktopRuns(): Promise<string[]> {
  return Promise.resolve(['/bin/sh', '/usr/bin/claude-desktop']);
}

function wordsIn(text: string): string[] {
  const { mcpServers } = JSON.parse(text) as {
    mcpServers: Record<string, { command: string; args: string[] }>;
  };
  const [entry] = Object.values(mcpServers);
  return entry === undefined ? [] : [entry.command, ...entry.args];
}

describe('guard install', () => {
  test('shows what changes, writes it, and says so; the second time nothing changes', async () => {
    const machine = new ClientMachine({ [CURSOR]: ONE, [CODEX]: TOML });
    const first = await machine.install();
    expect(first.code).toBe(0);
    expect(first.stdout).toContain('-    "git": { "command": "uvx", "args": ["mcp-server-git"] }');
    expect(first.stdout).toMatch(
      /\+ +"git": \{ "command": "\/opt\/node\/bin\/node", "args": \[".*guard\.js", "--server", "git", "--", "uvx", "mcp-server-git"\] \}/,
    );
    expect(first.stdout.match(/guarded {2}git/g)).toHaveLength(2);
    expect(first.stdout).toContain('OpenAI Codex: start a new session');
    expect(wordsIn(machine.read(CURSOR)).slice(2)).toEqual([
      '--server',
      'git',
      '--',
      'uvx',
      'mcp-server-git',
    ]);
    const written = [machine.read(CURSOR), machine.read(CODEX)];
    const second = await machine.install();
    expect([second.code, second.stdout.match(/guarded already {2}git/g)?.length]).toEqual([0, 2]);
    expect([machine.read(CURSOR), machine.read(CODEX)]).toEqual(written);
  });

  test('keeps a private copy of each file first', async () => {
    const machine = new ClientMachine({ [CURSOR]: ONE });
    await machine.install();
    const folder = path.join(machine.folder, 'state/guard/backups');
    const [name = ''] = fs.readdirSync(folder);
    const [backup = ''] = fs.readdirSync(path.join(folder, name));
    const file = path.join(folder, name, backup);
    expect(fs.readFileSync(file, 'utf8')).toBe(ONE);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  });

  test('masks what could be a secret, in what changes and beside it', async () => {
    const secrets = ['hunter2', 'tok-1', 'sk-live-2', 'pw3', 'head4', 'ghp_aaaaaaaaaaaaaaaaaaaaaaaa'];
    const text = JSON.stringify(
      {
        oauthToken: 'tok-1',
        mcpServers: {
          a: {
            command: 'run',
            args: [
              '--api-key',
              'sk-live-2',
              'PASSWORD=pw3',
              'postgres://me:hunter2@db/x',
              'ghp_aaaaaaaaaaaaaaaaaaaaaaaa',
            ],
            env: { PLAIN: 'hunter2' },
          },
          b: { url: 'https://x.test', headers: { A: 'head4' } },
        },
      },
      null,
      1,
    );
    const machine = new ClientMachine({ [CURSOR]: text });
    const { stdout } = await machine.install({ dryRun: true });
    expect(stdout).toContain('"--server", "a"'.split(', ')[1]);
    for (const secret of secrets) expect(stdout).not.toContain(secret);
  });

  test('what a file holds reaches the terminal in no way that it acts on', async () => {
    const machine = new ClientMachine({
      [CURSOR]: JSON.stringify({ mcpServers: { '\u001b[2Jx\u202e': { command: 'a\u009b' } } }).replaceAll(
        String.raw`\u001b`,
        '\u001b',
      ),
    });
    const { stdout } = await machine.install({ dryRun: true });
    // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
    expect(stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
  });

  test('--dry-run changes nothing', async () => {
    const machine = new ClientMachine({ [CURSOR]: ONE });
    const { code, stdout } = await machine.install({ dryRun: true });
    expect([code, machine.read(CURSOR)]).toEqual([0, ONE]);
    expect(stdout).toMatch(/would be guarded {2}git[\s\S]*this was a dry run/);
    expect(fs.existsSync(path.join(machine.folder, 'state/guard'))).toBe(false);
  });

  test.each([
    ['y\n', 0, true],
    ['yes\n', 0, true],
    ['n\n', 1, false],
    ['\n', 1, false],
    ['', 1, false],
    ['yikes\n', 1, false],
  ])('at a terminal, the answer %j ends with %d', async (typed, code, changes) => {
    const machine = new ClientMachine({ [CURSOR]: ONE });
    const ran = await machine.install({}, {}, typed);
    expect([ran.code, machine.read(CURSOR) !== ONE]).toEqual([code, changes]);
  });

  test('without a terminal it needs --yes', async () => {
    const machine = new ClientMachine({ [CURSOR]: ONE });
    const { code, error } = await machine.install({});
    expect([code, machine.read(CURSOR)]).toEqual([2, ONE]);
    expect(error).toMatch(/no terminal to ask on/);
  });

  test('--client chooses, a client that nobody knows is an error, one without a file is said', async () => {
    const machine = new ClientMachine({ [CURSOR]: ONE, [CODEX]: TOML });
    await machine.install({ yes: true, client: 'codex' });
    expect([machine.read(CURSOR) === ONE, machine.read(CODEX) === TOML]).toEqual([true, false]);
    expect(await machine.install({ yes: true, client: ['codex', 'vi'] })).toMatchObject({
      code: 2,
      error: 'guard knows no client "vi"',
    });
    expect(await machine.install({ yes: true, client: 'zed,warp' })).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/no config file/),
    });
    expect(await machine.install({ all: true, project: true })).toMatchObject({ code: 2 });
  });

  test('no client at all is no failure', async () => {
    expect(await new ClientMachine({}).install()).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/no config file of a client/),
    });
  });

  test('the project’s files are changed when asked for, and the user’s are not', async () => {
    const machine = new ClientMachine({ [CURSOR]: ONE, 'project/.mcp.json': ONE });
    await machine.install({ yes: true, project: true });
    expect(machine.read(CURSOR)).toBe(ONE);
    expect(machine.read('project/.mcp.json')).not.toBe(ONE);
  });

  test('runs as the program does, on the real machine of a home of its own', () => {
    const machine = new ClientMachine({ [CURSOR]: ONE });
    const words = [builtGuard(), 'install', '--dry-run', '--client', 'cursor'];
    const { status, stdout } = spawnSync(process.execPath, words, {
      encoding: 'utf8',
      cwd: machine.project,
      env: machine.env,
    });
    expect([status, stdout]).toEqual([0, expect.stringMatching(/would be guarded {2}git/)]);
  });
});

describe('the word for guard', () => {
  test('is guard where a client of the command line finds this program by that name', async () => {
    const machine = new ClientMachine({ [CODEX]: TOML, [CURSOR]: ONE });
    machine.linkGuard();
    await machine.install();
    expect(machine.read(CODEX)).toContain('command = "guard"');
    // A client of the desktop has no such PATH.
    expect(wordsIn(machine.read(CURSOR))[0]).toBe('/opt/node/bin/node');
  });

  test('is never another program of that name, nor one that the project brings', async () => {
    const machine = new ClientMachine({
      [CODEX]: TOML,
      'opt/bin/guard': '#!/bin/sh\n',
      'project/bin/guard': '',
    });
    fs.chmodSync(path.join(machine.folder, 'opt/bin/guard'), 0o755);
    await machine.install();
    expect(machine.read(CODEX)).toContain('command = "/opt/node/bin/node"');
  });

  test.each([
    ['linux', ['npx', '-y', 'mcp-guard@0']],
    ['win32', ['cmd', '/c', 'npx', '-y', 'mcp-guard@0']],
  ] as const)('is the published package in shared files on %s', async (platform, words) => {
    const machine = new ClientMachine({ 'project/.mcp.json': ONE });
    machine.linkGuard();
    await machine.install({ yes: true, project: true }, { files: { ...machine.world.files, platform } });
    expect(wordsIn(machine.read('project/.mcp.json')).slice(0, words.length)).toEqual(words);
    expect(machine.read('project/.mcp.json')).not.toContain(machine.folder);
  });
});

describe('what is refused', () => {
  test('a file that cannot be edited, with exit code 1, while the others are guarded', async () => {
    const machine = new ClientMachine({ [CURSOR]: '{ broken', [CODEX]: TOML });
    const { code, stdout } = await machine.install();
    expect([code, machine.read(CURSOR)]).toEqual([1, '{ broken']);
    expect(stdout).toMatch(/mcp\.json \(Cursor\)\n {2}stays as it is: it is broken: .* at line 1/);
    expect(machine.read(CODEX)).not.toBe(TOML);
  });

  test('a server without a command, with exit code 1', async () => {
    const machine = new ClientMachine({ [CURSOR]: '{"mcpServers": {"a": {}}}' });
    expect(await machine.install()).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/refused {2}a: it has no command/),
    });
    expect(machine.read(CURSOR)).toBe('{"mcpServers": {"a": {}}}');
  });

  test('a disk that is full, with the file untouched', async () => {
    const machine = new ClientMachine({ [CURSOR]: ONE });
    const { code, stdout } = await machine.install({ yes: true }, { writes: { write: noSpace } });
    expect([code, machine.read(CURSOR)]).toEqual([1, ONE]);
    expect(stdout).toMatch(/stays as it is: it cannot be written: ENOSPC/);
  });

  test('a file that was changed meanwhile, with what is in it kept', async () => {
    const machine = new ClientMachine({ [CURSOR]: ONE });
    const beforeCheck = (): void => machine.write(CURSOR, '{"theirs": 1}');
    const { code, stdout } = await machine.install({ yes: true }, { writes: { beforeCheck } });
    expect([code, machine.read(CURSOR)]).toEqual([1, '{"theirs": 1}']);
    expect(stdout).toMatch(/changed by another program meanwhile/);
  });

  test('a state folder that takes no backup, with the file untouched', async () => {
    const machine = new ClientMachine({
      [CURSOR]: ONE,
      'state/guard/backups': 'a file in the place of the folder',
    });
    const { code, stdout } = await machine.install();
    expect([code, machine.read(CURSOR)]).toEqual([1, ONE]);
    expect(stdout).toMatch(/cannot be backed up first/);
  });

  test('a client that runs and would write over it, unless --force', async () => {
    const machine = new ClientMachine({ [DESKTOP]: ONE, [CODEX]: TOML });
    const { code, stdout } = await machine.install({ yes: true }, { processes: desktopRuns });
    expect([code, machine.read(DESKTOP)]).toEqual([1, ONE]);
    expect(stdout).toMatch(/written over by Claude Desktop, which runs/);
    expect(machine.read(CODEX)).not.toBe(TOML);
    expect(await machine.install({ yes: true, force: true }, { processes: desktopRuns })).toMatchObject({
      code: 0,
    });
    expect(machine.read(DESKTOP)).not.toBe(ONE);
  });

  test('a managed file is never written', async () => {
    const machine = new ClientMachine({ 'home/.cursor/plugins/p/mcp.json': ONE });
    const { code, stdout } = await machine.install();
    expect([code, machine.read('home/.cursor/plugins/p/mcp.json')]).toEqual([0, ONE]);
    expect(stdout).toMatch(/left {2}git: the file is kept by others/);
  });
});
