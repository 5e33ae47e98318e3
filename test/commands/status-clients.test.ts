import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { statusCommand } from '../../src/commands/status-options.js';
import { findHoles, type Hole } from '../../src/clients/survey/holes.js';
import { surveyFile, type SurveyedServer } from '../../src/clients/survey/survey-file.js';
import { findFiles } from '../../src/clients/files/find-files.js';
import { CLIENTS } from '../../src/clients/table/clients.js';
import { verifies } from '../requirements.js';
import { runCommand, type Ran } from './check-run.js';
import { ClientMachine } from './client-machine.js';

verifies('status:clients');

const CLAUDE = 'home/.claude.json';
const CODEX = 'home/.codex/config.toml';
const GIT = JSON.stringify({ mcpServers: { git: { command: 'uvx', args: ['mcp-server-git'] } } });
const CONFIG = "version: '1'\n";

/** `guard status` on the machine, through the program's own way of looking at it. */
function status(machine: ClientMachine, options: Record<string, unknown> = {}): Promise<Ran> {
  return runCommand(statusCommand, machine.project, { options }, machine.env);
}

interface StatusJson {
  readonly clients: { readonly servers: readonly Record<string, unknown>[]; readonly holes: readonly Hole[] };
}

async function clientsOf(machine: ClientMachine): Promise<StatusJson['clients'] & { readonly code: number }> {
  const { code, stdout } = await status(machine, { json: true, clients: true });
  return { code, ...(JSON.parse(stdout) as StatusJson).clients };
}

/** A line of the audit log by which a server was seen. */
function record(upstream: string, ts: string): string {
  return `${JSON.stringify({
    v: 1,
    type: 'session',
    ts,
    writer: 'w',
    seq: 0,
    prev: null,
    upstream,
    session: null,
    agent: null,
    guard_version: '0',
    pid: 1,
    command: 'x',
    mode: 'observe',
    approvers: null,
    config: [],
  })}\n`;
}

function withKey(value: string): string {
  return JSON.stringify({ mcpServers: { r: { command: 'x', env: { API_KEY: value } } } });
}

describe('guard status', () => {
  test('shows a server that is not guarded, and ends with 1; guarded with its policy and last record, with 0', async () => {
    const machine = new ClientMachine({ [CLAUDE]: GIT, 'home/.config/guard/guard.yaml': CONFIG });
    machine.linkGuard();
    const before = await status(machine, { clients: true });
    expect(before.code).toBe(1);
    expect(before.stdout).toMatch(/claude-code +user +git +NOT GUARDED/);
    expect(before.stdout).toMatch(
      /unguarded: git of claude-code .*\n {4}→ guard install --client claude-code/,
    );
    await machine.install();
    fs.mkdirSync(path.join(machine.folder, 'state/guard'), { recursive: true });
    machine.write(
      'state/guard/audit.jsonl',
      record('git', '2026-11-20T00:00:00.000Z') +
        record('git', '2026-11-21T00:00:00.000Z') +
        record('other', '2026-11-22T00:00:00.000Z'),
    );
    const after = await status(machine);
    expect(after.stdout).toMatch(/^no guard is running\n\nclient/);
    expect(after.stdout).toMatch(
      /claude-code +user +git +guarded +\S*home\/\.config\/guard\/guard\.yaml +2026-11-21T00:00:00\.000Z/,
    );
    expect(after.code).toBe(0);
  });

  test('finds the last record where the config says that the log is, in a rotated file too', async () => {
    const config = `${CONFIG}audit: { path: ../../../logs/calls.jsonl }\n`;
    const machine = new ClientMachine({ [CLAUDE]: GIT, 'home/.config/guard/guard.yaml': config });
    machine.linkGuard();
    await machine.install();
    fs.mkdirSync(path.join(machine.folder, 'logs'));
    machine.write('logs/calls.20261101T000000000Z.jsonl', record('git', '2026-11-21T00:00:00.000Z'));
    machine.write('logs/calls.jsonl', record('other', '2026-11-22T00:00:00.000Z'));
    expect((await status(machine)).stdout).toContain('2026-11-21T00:00:00.000Z');
  });

  test('says where no config file counts, and where the log has nothing', async () => {
    const machine = new ClientMachine({ [CLAUDE]: GIT });
    await machine.install();
    const { stdout } = await status(machine, { clients: true });
    expect(stdout).toMatch(/guarded +none: only records +not in the log/);
  });

  test('--json has every server of every client', async () => {
    const machine = new ClientMachine({
      [CODEX]: '[mcp_servers.a]\ncommand = "x"\n[mcp_servers.b]\nurl = "https://b.test/"\n',
      'project/.mcp.json': GIT,
      'home/.config/goose/config.yaml': 'extensions:\n  dev: {type: builtin}\n',
    });
    const { servers, code } = await clientsOf(machine);
    expect(code).toBe(1);
    expect(servers).toMatchObject([
      { clients: expect.arrayContaining(['claude-code', 'vscode']), name: 'git', state: 'open' },
      { clients: ['codex'], scope: 'user', name: 'a', state: 'open', remote: false },
      { clients: ['codex'], name: 'b', state: 'open', remote: true },
      { clients: ['goose'], name: 'dev', state: 'own' },
    ]);
  });

  test('--running leaves clients out, --clients the guards, both are too many', async () => {
    const machine = new ClientMachine({ [CLAUDE]: GIT });
    expect(await status(machine, { running: true })).toMatchObject({
      code: 0,
      stdout: 'no guard is running\n',
    });
    expect((await status(machine, { clients: true })).stdout).not.toContain('no guard is running');
    expect(await status(machine, { running: true, clients: true })).toMatchObject({ error: 'usage' });
    expect(await status(new ClientMachine({}), { clients: true })).toMatchObject({
      code: 0,
      stdout: 'no config file of a client was found\n',
    });
  });

  test('text of a file reaches the terminal in no way that it acts on', async () => {
    const machine = new ClientMachine({
      [CLAUDE]: JSON.stringify({ mcpServers: { '\u001b[2J\u202e': { command: 'x' } } }),
    });
    const { stdout } = await status(machine, { clients: true });
    // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});

describe('a hole', () => {
  test('of a file that nobody can read ends with 1', async () => {
    const machine = new ClientMachine({ [CLAUDE]: '{' });
    const { code, holes } = await clientsOf(machine);
    expect([code, holes.map(({ kind }) => kind)]).toEqual([1, ['unreadable']]);
  });

  test('is an entry that was changed since, and one that lost guard', async () => {
    const machine = new ClientMachine({ [CLAUDE]: GIT, [CODEX]: '[mcp_servers.a]\ncommand = "x"\n' });
    await machine.install();
    const claude = machine.read(CLAUDE);
    machine.write(CLAUDE, claude.replace('mcp-server-git', 'evil'));
    machine.write(CODEX, '[mcp_servers.a]\ncommand = "x"\n');
    const { code, holes } = await clientsOf(machine);
    const kinds = holes.map(({ kind }) => kind);
    expect(code).toBe(1);
    expect(kinds).toEqual(expect.arrayContaining(['changed', 'lost', 'unguarded']));
    // A new layout alone is no change.
    machine.write(CLAUDE, JSON.stringify(JSON.parse(claude), null, 7));
    expect((await clientsOf(machine)).holes.map(({ kind }) => kind)).not.toContain('changed');
  });

  test('is a guard that is not there any more', async () => {
    const machine = new ClientMachine({ [CLAUDE]: GIT });
    await machine.install();
    fs.rmSync(machine.world.program.script);
    const { holes } = await clientsOf(machine);
    expect(holes).toContainEqual(
      expect.objectContaining({ kind: 'stale', message: expect.stringMatching(/is not there/) }),
    );
  });

  test.each<[string, Record<string, string>, string[]]>([
    ['a plugin', { 'home/.cursor/plugins/p/mcp.json': GIT }, ['managed']],
    ['a remote server', { [CLAUDE]: '{"mcpServers":{"r":{"url":"https://r.test/"}}}' }, ['remote']],
    [
      'a client’s own server',
      { 'home/.config/goose/config.yaml': 'extensions:\n  d: {type: builtin}\n' },
      ['own'],
    ],
    [
      'approving alone',
      { [CLAUDE]: '{"mcpServers":{"r":{"command":"x","alwaysAllow":["t"],"trust":true}}}' },
      ['unguarded', 'auto-approve'],
    ],
    [
      'a secret that others may read',
      { [CLAUDE]: '{"mcpServers":{"r":{"command":"x","env":{"API_KEY":"abc"}}}}' },
      ['unguarded', 'readable-secret'],
    ],
  ])('is %s', async (_what, files, kinds) => {
    const { holes } = await clientsOf(new ClientMachine(files));
    expect(holes.map(({ kind }) => kind)).toEqual(kinds);
  });

  test('is a secret in plain text in a private file too, and none that is a variable', async () => {
    const machine = new ClientMachine({ [CLAUDE]: withKey('abc') });
    fs.chmodSync(path.join(machine.folder, CLAUDE), 0o600);
    expect((await clientsOf(machine)).holes.map(({ kind }) => kind)).toContain('plain-secret');
    machine.write(CLAUDE, withKey('${API_KEY}'));
    expect((await clientsOf(machine)).holes.map(({ kind }) => kind)).toEqual(['unguarded']);
  });

  test('is a name that is guarded in one scope and open in another', async () => {
    const machine = new ClientMachine({ [CLAUDE]: GIT });
    await machine.install();
    machine.write('project/.mcp.json', GIT);
    expect((await clientsOf(machine)).holes).toContainEqual(
      expect.objectContaining({ kind: 'twice', message: expect.stringMatching(/git of claude-code/) }),
    );
  });

  test('are two files of Claude Desktop on Windows', () => {
    const machine = new ClientMachine({
      'local/Packages/Claude_a/LocalCache/Roaming/Claude/claude_desktop_config.json': GIT,
      'roaming/Claude/claude_desktop_config.json': GIT,
    });
    const env = {
      APPDATA: path.join(machine.folder, 'roaming'),
      LOCALAPPDATA: path.join(machine.folder, 'local'),
    };
    const found = findFiles(CLIENTS, { ...machine.world.files, platform: 'win32', env }, 'user');
    const servers = found.flatMap((file): readonly SurveyedServer[] => {
      const surveyed = surveyFile(file, []);
      return 'servers' in surveyed ? surveyed.servers : [];
    });
    const holes = findHoles(servers, { exists: () => true, modeOf: () => undefined });
    expect(holes.map(({ kind }) => kind)).toContain('double-file');
  });
});
