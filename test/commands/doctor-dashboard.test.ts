import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { doctorCommand } from '../../src/commands/doctor-options.js';
import { writeRunning } from '../../src/control/running-folder.js';
import { currentOwner } from '../../src/platform/process-owner.js';
import { folderWith } from '../config/check-yaml.js';
import { SECRET, serving } from '../dashboard/serving.js';
import { verifies } from '../requirements.js';
import { freePort } from '../support/gateway-process.js';
import { runCommand } from './check-run.js';

verifies('doctor:command');

const servers: http.Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

interface Finding {
  readonly check: string;
  readonly status: string;
  readonly message: string;
  readonly hint?: string;
}

/** What one check says of a config of this text, in a file of this mode. */
async function findingsOf(check: string, config: string, mode = 0o600, env = {}, folder = folderWith()) {
  const file = path.join(folder, 'xdg/guard/guard.yaml');
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  fs.writeFileSync(file, `version: '1'\n${config}\n`);
  fs.chmodSync(file, mode);
  const input = { options: { json: true, start: false } };
  const { stdout } = await runCommand(doctorCommand, folder, input, env);
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  return findings.filter((finding) => finding.check === check);
}

/** A port that something else has. */
async function takenPort(): Promise<number> {
  const server = http.createServer((_request, response) => void response.end('{"status":"ok"}'));
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const withSecret = (port: number, secret = '${THE_SECRET}'): string =>
  `dashboard: { port: ${port}, api_secret: '${secret}' }`;
const env = { THE_SECRET: SECRET };
const callback = (port: number): string => `approval: { callback: { port: ${port} } }`;

test('a config that says nothing of a dashboard or of callbacks is not asked about them', async () => {
  expect(await findingsOf('dashboard', '')).toEqual([]);
  expect(await findingsOf('callback', '')).toEqual([]);
});

test('a port of the dashboard that is free, has a dashboard already, or something else', async () => {
  const free = await freePort();
  expect(await findingsOf('dashboard', withSecret(free), 0o600, env)).toMatchObject([
    { status: 'ok', message: `http://127.0.0.1:${free} is free` },
  ]);
  const { base } = await serving();
  const { port } = new URL(base);
  expect(await findingsOf('dashboard', withSecret(Number(port)), 0o600, env)).toMatchObject([
    { status: 'ok', message: `a dashboard of guard answers on 127.0.0.1:${port}` },
  ]);
  expect(await findingsOf('dashboard', withSecret(await takenPort()), 0o600, env)).toMatchObject([
    { status: 'problem', hint: expect.stringContaining('dashboard.port') },
  ]);
});

test.each<[string, string, number, string, RegExp]>([
  ['in a private file', SECRET, 0o600, 'warning', /stands in .* as it is$/],
  ['in a file that others can read', SECRET, 0o644, 'problem', /others can read \(mode 0644\)$/],
  ['as its digest', `sha256:${'0a'.repeat(32)}`, 0o644, 'ok', /digest/],
])('a secret that stands %s', async (_what, secret, mode, status, message) => {
  const [, finding] = await findingsOf('dashboard', withSecret(await freePort(), secret), mode);
  expect(finding).toMatchObject({ status, message: expect.stringMatching(message) });
  expect(JSON.stringify(finding)).not.toContain(SECRET);
});

test('a secret that is short is a mistake in the config; one that is missing is told of', async () => {
  const [short] = await findingsOf('config', withSecret(7475, 'too-short'));
  expect(short).toMatchObject({ status: 'problem', message: expect.stringContaining('at least 32') });
  const port = await freePort();
  expect(await findingsOf('dashboard', `dashboard: { port: ${port} }`)).toMatchObject([
    { status: 'ok' },
    { status: 'warning', message: expect.stringContaining('runs without its dashboard') },
  ]);
  expect(await findingsOf('dashboard', `dashboard: { host: 0.0.0.0, port: ${port} }`)).toMatchObject([
    { status: 'ok' },
    { status: 'problem', message: expect.stringContaining('others can connect') },
  ]);
});

test('a port for callbacks that is free, taken, or taken while a guard runs', async () => {
  const free = await freePort();
  expect(await findingsOf('callback', callback(free))).toMatchObject([
    { status: 'ok', message: `http://127.0.0.1:${free} is free` },
  ]);
  const taken = await takenPort();
  expect(await findingsOf('callback', callback(taken))).toMatchObject([{ status: 'problem' }]);
  const folder = folderWith();
  writeRunning(path.join(folder, 'state/guard/running'), {
    writer: 'abc',
    ...currentOwner(),
    since: '2026-11-22T08:00:00.000Z',
    updated: '2026-11-22T08:00:00.000Z',
    server: 'files',
    client: null,
    agent: null,
    session: null,
    mode: 'enforce',
    layers: [],
    calls: { allowed: 0, denied: 0, held: 0, dry_run: 0 },
    pending: 0,
  });
  expect(await findingsOf('callback', callback(taken), 0o600, {}, folder)).toMatchObject([
    { status: 'warning', message: expect.stringContaining(`process ${process.pid}`) },
  ]);
});
