import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { doctorCommand } from '../../src/commands/doctor-options.js';
import { findCommand } from '../../src/commands/doctor/commands-check.js';
import { nodeCheck } from '../../src/commands/doctor/node-check.js';
import { folderWith } from '../config/check-yaml.js';
import { serving } from '../gateway/http/serving.js';
import { verifies } from '../requirements.js';
import { serverFile } from '../support/built-guard.js';
import { runCommand } from './check-run.js';

verifies('doctor:command');

interface Finding {
  readonly check: string;
  readonly status: string;
  readonly message: string;
  readonly hint?: string;
}

const servers: http.Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A folder whose config is this text. */
function folderOf(config: string): string {
  const folder = folderWith();
  fs.mkdirSync(path.join(folder, 'xdg/guard'), { recursive: true, mode: 0o700 });
  fs.writeFileSync(path.join(folder, 'xdg/guard/guard.yaml'), config, { mode: 0o600 });
  return folder;
}

async function examined(
  folder: string,
  env: Readonly<Record<string, string>> = {},
  start = false,
): Promise<{ code: number; ok: boolean; findings: Finding[] }> {
  const { code, stdout } = await runCommand(doctorCommand, folder, { options: { json: true, start } }, env);
  return { code, ...(JSON.parse(stdout) as { ok: boolean; findings: Finding[] }) };
}

async function findingsOf(check: string, folder: string, env = {}): Promise<Finding[]> {
  const { findings } = await examined(folder, env);
  return findings.filter((finding) => finding.check === check);
}

/** A config that listens on this port. */
function listeningOn(port: number): string {
  return `version: '1'\nmcpServers: { a: { command: node } }\nlisten: { port: ${port} }\n`;
}

/** An issuer that answers these paths. */
async function issuerWith(answers: (url: string) => Record<string, string>): Promise<string> {
  let documents: Record<string, string> = {};
  const server = http.createServer((request, response) => {
    const body = documents[request.url ?? ''];
    response.statusCode = body === undefined ? 404 : 200;
    response.sendDate = false;
    response.end(body);
  });
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  documents = answers(url);
  return url;
}

test('without a config nothing is wrong, and a person learns that nothing is blocked', async () => {
  const folder = folderWith();
  const { code, stdout } = await runCommand(doctorCommand, folder);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ok +node +Node\.js \d/m);
  expect(stdout).toMatch(
    /^warning +config +no config file: guard records calls and blocks none\n +→ guard init$/m,
  );
  expect(stdout).toMatch(/^ok +state .* is made when it is needed$/m);
  expect(stdout).toMatch(/all is well\n$/);
  expect(fs.existsSync(path.join(folder, 'state'))).toBe(false);
});

test('a broken config is told of with its place, and the rest is looked at all the same', async () => {
  const { code, ok, findings } = await examined(folderOf("version: '1'\nnonsense: 1\n"));
  expect([code, ok]).toEqual([1, false]);
  expect(findings.find(({ check }) => check === 'config')).toMatchObject({
    status: 'problem',
    message: expect.stringMatching(/guard\.yaml:2:1 .*nonsense/),
    hint: 'guard check',
  });
  expect(findings.some(({ check }) => check === 'clock')).toBe(true);
});

test('a config that others can write is a problem', async () => {
  const folder = folderOf("version: '1'\n");
  fs.chmodSync(path.join(folder, 'xdg/guard/guard.yaml'), 0o666);
  const { code, findings } = await examined(folder);
  expect(code).toBe(1);
  expect(findings[0]).toMatchObject({ check: 'config', status: 'problem' });
});

test.each<[number, string]>([
  [0o700, 'ok'],
  [0o750, 'warning'],
  [0o777, 'problem'],
])('a state folder of mode %o', async (mode, status) => {
  const folder = folderWith();
  fs.mkdirSync(path.join(folder, 'state/guard'), { recursive: true });
  fs.chmodSync(path.join(folder, 'state/guard'), mode);
  expect(await findingsOf('state', folder)).toMatchObject([{ status }]);
});

test.each<[string, (file: string) => void, string, RegExp]>([
  ['of its own mode', (file) => fs.writeFileSync(file, '', { mode: 0o600 }), 'ok', /audit\.jsonl$/],
  [
    'that others can read',
    (file) => fs.writeFileSync(file, '', { mode: 0o644 }),
    'warning',
    /read by others/,
  ],
  ['that is a folder', (file) => fs.mkdirSync(file), 'problem', /no regular file/],
  [
    'that others can write',
    (file) => {
      fs.writeFileSync(file, '');
      fs.chmodSync(file, 0o666);
    },
    'problem',
    /written by others \(mode 0666\)/,
  ],
])('an audit log %s', async (_what, make, status, message) => {
  const folder = folderWith();
  fs.mkdirSync(path.join(folder, 'state/guard'), { recursive: true, mode: 0o700 });
  make(path.join(folder, 'state/guard/audit.jsonl'));
  expect(await findingsOf('audit', folder)).toMatchObject([
    { status, message: expect.stringMatching(message) },
  ]);
});

test('every file sink is looked at, and a place that cannot be is a problem', async () => {
  const folder = folderOf(
    "version: '1'\naudit: { sinks: [{ type: file }, { type: file, path: /proc/no/such.jsonl }] }\n",
  );
  expect(await findingsOf('audit', folder)).toMatchObject([
    { status: 'ok' },
    {
      status: process.getuid?.() === 0 ? 'ok' : 'problem',
      message: expect.stringContaining('/proc/no/such.jsonl'),
    },
  ]);
});

test('a clock that is behind the files is a problem', async () => {
  const folder = folderOf("version: '1'\n");
  const [finding] = await findingsOf('clock', folder);
  // The clock of these tests stands at 1970.
  expect(finding).toMatchObject({ status: 'problem', message: expect.stringContaining('guard.yaml') });
});

test('the commands of all servers are looked for on their own PATH', async () => {
  const folder = folderOf(
    [
      "version: '1'",
      'upstreams:',
      '  - { name: here, command: tool }',
      '  - { name: own, command: tool, env: { PATH: /nonexistent } }',
      '  - { name: moved, command: tool, cwd: /nonexistent }',
      'mcpServers: { pasted: { command: ./bin/tool }, remote: { url: "http://127.0.0.1:1/" } }',
    ].join('\n'),
  );
  fs.mkdirSync(path.join(folder, 'bin'));
  fs.writeFileSync(path.join(folder, 'bin/tool'), '', { mode: 0o755 });
  const found = await findingsOf('commands', folder, { PATH: path.join(folder, 'bin') });
  expect(found.map(({ status, message }) => `${status} ${message.replace(folder, '')}`)).toEqual([
    'ok server here: /bin/tool',
    'problem server own: the command tool is not found',
    'problem server moved: its folder /nonexistent is not there',
    'ok server pasted: /bin/tool',
  ]);
});

test('what is no program is no command', () => {
  const folder = folderWith({ plain: 'x' });
  expect(findCommand('plain', { PATH: folder }, folder)).toBeUndefined();
  expect(findCommand(path.basename(folder), { PATH: path.dirname(folder) }, folder)).toBeUndefined();
});

test('a port that is taken by somebody else is a problem, one of guard serve is not', async () => {
  const { port } = await serving();
  expect(await findingsOf('port', folderOf(listeningOn(port)))).toMatchObject([
    { status: 'ok', message: `guard serve answers on 127.0.0.1:${port}` },
  ]);
  const foreign = Number(new URL(await issuerWith(() => ({}))).port);
  expect(await findingsOf('port', folderOf(listeningOn(foreign)))).toMatchObject([
    {
      status: 'problem',
      message: expect.stringContaining('EADDRINUSE'),
      hint: expect.stringContaining('listen.port'),
    },
  ]);
  expect(await findingsOf('port', folderOf(listeningOn(0)))).toMatchObject([{ status: 'ok' }]);
});

test.each<[string, (url: string) => Record<string, string>, string, RegExp]>([
  [
    'that is well',
    (url) => ({
      '/.well-known/openid-configuration': JSON.stringify({ issuer: url, jwks_uri: `${url}/keys` }),
      '/keys': '{"keys":[{"kty":"RSA"}]}',
    }),
    'ok',
    /: 1 keys$/,
  ],
  ['without a document', () => ({}), 'problem', /answers with status 404/],
  [
    'that says it is another',
    () => ({ '/.well-known/openid-configuration': '{"issuer":"https://evil.example.com"}' }),
    'problem',
    /another issuer/,
  ],
  [
    'without keys',
    (url) => ({
      '/.well-known/openid-configuration': JSON.stringify({ issuer: url, jwks_uri: `${url}/keys` }),
      '/keys': '{"keys":[]}',
    }),
    'problem',
    /lists no keys/,
  ],
  [
    'that answers garbage',
    () => ({ '/.well-known/openid-configuration': '<html>' }),
    'problem',
    /no JSON document/,
  ],
  [
    'that answers without end',
    () => ({ '/.well-known/openid-configuration': 'x'.repeat(2 * 1024 * 1024) }),
    'problem',
    /is larger than/,
  ],
])('an issuer %s', async (_what, answers, status, message) => {
  const url = await issuerWith(answers);
  const folder = folderOf(`version: '1'\nidentity: { issuer: '${url}', audience: guard }\n`);
  expect(await findingsOf('issuer', folder)).toMatchObject([
    { status, message: expect.stringMatching(message) },
  ]);
});

test('an issuer that cannot be reached is a problem', async () => {
  const folder = folderOf("version: '1'\nidentity: { issuer: 'http://127.0.0.1:1', audience: guard }\n");
  expect(await findingsOf('issuer', folder)).toMatchObject([
    { status: 'problem', message: expect.stringMatching(/cannot be reached/) },
  ]);
});

test.each([
  ['20.18.3', 'problem'],
  ['20.19.0', 'ok'],
  ['24.0.0', 'ok'],
  ['18.20.0', 'problem'],
])('Node.js %s', async (version, status) => {
  const findings = await nodeCheck(version).run({} as never);
  expect(findings).toMatchObject([{ status }]);
});

test('nothing from config or files is printed raw', async () => {
  const folder = folderOf('version: \'1\'\nmcpServers: { a: { command: "x\\u001b[2J" } }\n');
  const { stdout } = await runCommand(doctorCommand, folder);
  expect(stdout).toContain(String.raw`x\u{001b}[2J is not found`);
  expect(stdout).not.toContain('\u001b[2J');
});

test('each server is started for a look, and ended again', async () => {
  const folder = folderOf(
    [
      "version: '1'",
      'upstreams:',
      `  - { name: well, command: '${process.execPath}', args: ['${serverFile('echo')}'] }`,
      `  - { name: ends, command: '${process.execPath}', args: ['${serverFile('exit-at-once')}'] }`,
      '',
    ].join('\n'),
  );
  const { code, findings } = await examined(folder, {}, true);
  const found = findings.filter(({ check }) => check === 'handshake');
  expect(found).toMatchObject([
    { status: 'ok', message: expect.stringMatching(/^server well: answers, and speaks 20/) as unknown },
    { status: 'problem', message: expect.stringContaining('server ends: ') as unknown },
  ]);
  expect(code).toBe(1);
});
