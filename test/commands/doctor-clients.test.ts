import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { doctorCommand } from '../../src/commands/doctor-options.js';
import { clientEnvironment, hasVariable } from '../../src/commands/doctor/client-of.js';
import { clientFilesCheck } from '../../src/commands/doctor/client-files-check.js';
import type { DoctorContext } from '../../src/commands/doctor/doctor-check.js';
import { surveyClients } from '../../src/commands/clients/survey-clients.js';
import { isOverwriting } from '../../src/commands/clients/running-processes.js';
import { CLIENTS } from '../../src/clients/table/clients.js';
import type { Client } from '../../src/clients/table/client.js';
import { verifies } from '../requirements.js';
import { builtGuard, serverFile } from '../support/built-guard.js';
import { runCommand } from './check-run.js';
import { ClientMachine } from './client-machine.js';

verifies('doctor:clients');

const CURSOR = 'home/.cursor/mcp.json';
const GEMINI = 'home/.gemini/settings.json';

interface Finding {
  readonly check: string;
  readonly status: string;
  readonly message: string;
}

async function findings(machine: ClientMachine, options: Record<string, unknown> = {}): Promise<Finding[]> {
  const all = { json: true, start: false, ...options };
  const { stdout } = await runCommand(doctorCommand, machine.project, { options: all }, machine.env);
  return (JSON.parse(stdout) as { findings: Finding[] }).findings.filter(({ check }) =>
    check.startsWith('client'),
  );
}

function servers(...commands: readonly (readonly string[])[]): string {
  const entries = commands.map(([command, ...args], index) => [`s${index}`, { command, args }]);
  return JSON.stringify({ mcpServers: Object.fromEntries(entries) as object });
}

function client(id: string): Client {
  const found = CLIENTS.find((one) => one.id === id);
  if (found === undefined) throw new Error(id);
  return found;
}

describe('guard doctor', () => {
  test('says nothing of clients where there are none', async () => {
    expect(await findings(new ClientMachine({}))).toEqual([]);
  });

  test('counts who is guarded, and has each hole as a finding', async () => {
    const machine = new ClientMachine({ [CURSOR]: servers([process.execPath, 'x']) });
    expect(await findings(machine)).toMatchObject([
      { check: 'clients', status: 'ok', message: '0 of 1 servers of clients are guarded' },
      { check: 'clients', status: 'warning', message: expect.stringMatching(/starts without guard/) },
      { check: 'client-commands', status: 'ok' },
    ]);
  });

  test('finds a wrapped entry that was changed', async () => {
    const machine = new ClientMachine({ [CURSOR]: servers(['uvx', 'good']) });
    await machine.install();
    machine.write(CURSOR, machine.read(CURSOR).replace('good', 'evil'));
    expect(await findings(machine)).toContainEqual(
      expect.objectContaining({
        check: 'clients',
        status: 'problem',
        message: expect.stringMatching(/was changed since guard install/),
      }),
    );
  });

  test('knows that a client of the desktop has a bare PATH, and one of the command line has not', async () => {
    const files = {
      [CURSOR]: servers(['my-server']),
      [GEMINI]: servers(['my-server']),
      'opt/bin/my-server': '#!/bin/sh\n',
    };
    const machine = new ClientMachine(files);
    fs.chmodSync(path.join(machine.folder, 'opt/bin/my-server'), 0o755);
    const found = (await findings(machine)).filter(({ check }) => check === 'client-commands');
    expect(found).toMatchObject([
      { status: 'problem', message: 's0 of cursor: Cursor does not find my-server' },
    ]);
  });

  test('looks for the command behind guard too', async () => {
    const machine = new ClientMachine({ [GEMINI]: servers(['not-there']) });
    machine.linkGuard();
    await machine.install();
    const found = (await findings(machine)).filter(({ check }) => check === 'client-commands');
    expect(found).toMatchObject([
      { status: 'problem', message: expect.stringMatching(/Gemini CLI does not find not-there/) },
    ]);
  });

  test('tells how long a call waits for a person, by client and config, and of a short patience at the start', async () => {
    const machine = new ClientMachine({ [GEMINI]: servers(['npx', '-y', 'x']) });
    await machine.install();
    const told = (await findings(machine)).filter(({ check }) => check === 'client-times');
    expect(told).toMatchObject([
      {
        status: 'ok',
        message: expect.stringMatching(
          /^Gemini CLI: a held call waits 10 min .* own limit is 10 min \(timeout/,
        ),
      },
      {
        status: 'warning',
        message: expect.stringMatching(
          /waits 5 s for a server's first answer, and s0 may have to be downloaded/,
        ),
      },
    ]);
    fs.mkdirSync(path.join(machine.home, '.config/guard'), { recursive: true });
    machine.write(
      'home/.config/guard/guard.yaml',
      "version: '1'\napproval: { waiting: { 'gemini*': 20s } }\n",
    );
    const shorter = (await findings(machine)).filter(({ check }) => check === 'client-times');
    expect(shorter[0]?.message).toMatch(/a held call waits 20 s/);
  });

  test('says that a client runs which would write over an edit', async () => {
    const machine = new ClientMachine({ 'home/.config/Claude/claude_desktop_config.json': servers(['x']) });
    const world = { ...machine.world, processes: () => Promise.resolve(['/opt/claude-desktop']) };
    const context = {
      clients: await surveyClients(machine.tools(), world),
      world,
    } as unknown as DoctorContext;
    expect(await clientFilesCheck.run(context)).toContainEqual(
      expect.objectContaining({ status: 'warning', message: expect.stringMatching(/Claude Desktop runs/) }),
    );
  });

  test('starts guarded servers as their clients would, when it is told to', () => {
    const echo = [process.execPath, serverFile('echo')];
    const machine = new ClientMachine({
      [GEMINI]: servers(echo, [process.execPath, '/not/there.js'], [process.execPath, '${HOME}/x.js']),
    });
    const run = (...words: string[]): { status: number | null; stdout: string } =>
      spawnSync(process.execPath, [builtGuard(), ...words], {
        encoding: 'utf8',
        cwd: machine.project,
        env: machine.env,
      });
    run('install', '--yes');
    const { status, stdout } = run('doctor', '--start-clients', '--json');
    const { findings: all } = JSON.parse(stdout) as { findings: Finding[] };
    expect(status).toBe(1);
    expect(all.filter(({ check }) => check === 'client-start')).toMatchObject([
      { message: expect.stringMatching(/^s0 of gemini-cli: answers after \d+ ms and speaks \d/) },
      { status: 'problem', message: expect.stringMatching(/^s1 of gemini-cli: /) },
      {
        status: 'warning',
        message: expect.stringMatching(/^s2 of gemini-cli is not started: it has variables/),
      },
    ]);
  });
});

test('a server gets what its client passes on', () => {
  const env = { HOME: '/h', PATH: '/opt/own', MY_TOKEN: 't', OTHER: 'o' };
  expect(clientEnvironment(client('claude-code'), env, 'linux')).toEqual(env);
  expect(clientEnvironment(client('codex'), env, 'linux')).toEqual({ HOME: '/h', PATH: '/opt/own' });
  expect(clientEnvironment(client('gemini-cli'), env, 'linux')).toEqual({
    HOME: '/h',
    PATH: '/opt/own',
    OTHER: 'o',
  });
  expect(clientEnvironment(client('claude-desktop'), env, 'darwin')).toEqual({
    HOME: '/h',
    PATH: '/usr/bin:/bin:/usr/sbin:/sbin',
  });
  expect(clientEnvironment(client('vscode'), env, 'darwin')['PATH']).toBe('/opt/own');
});

test.each([
  ['${V}', true],
  ['$V', true],
  ['{env:V}', true],
  ['%V%', true],
  ['${{ secrets.V }}', true],
  ['5$', false],
  ['{x}', false],
  ['100%', false],
  ['/a b/c', false],
])('%s holds a variable: %s', (word, expected) => {
  expect(hasVariable(word)).toBe(expected);
});

test.each([
  ['linux', '/usr/lib/claude-desktop/claude-desktop', true],
  ['linux', '/usr/bin/claude', false],
  ['darwin', '/Applications/Claude.app/Contents/MacOS/Claude', true],
  ['darwin', '/opt/homebrew/bin/claude', false],
  ['win32', 'claude.exe', true],
  ['win32', 'notclaude.exe', false],
] as const)('on %s, %s is the program that overwrites: %s', (platform, program, expected) => {
  expect(isOverwriting(client('claude-desktop'), platform, [program])).toBe(expected);
  expect(isOverwriting(client('codex'), platform, [program])).toBe(false);
});
