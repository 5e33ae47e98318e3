import fs from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Servers } from '../../src/dashboard/contract/servers.js';
import { verifies } from '../requirements.js';
import { builtGuard, serverFile } from '../support/built-guard.js';
import { eventually, within } from '../support/eventually.js';
import { freePort, startGateway } from '../support/gateway-process.js';
import { McpClient } from '../support/mcp-client.js';
import { type Pty, startPty } from '../support/pty.js';
import type { Sandbox } from '../support/sandbox.js';
import { useSandbox } from '../support/use-sandbox.js';

verifies('dashboard:command');

const SECRET = 'correct-horse-battery-staple-0123456789';
const sandbox = useSandbox();
const open: Pty[] = [];
afterEach(() => {
  for (const pty of open.splice(0)) pty.close();
});

async function guard(home: Sandbox, env: Record<string, string>, ...words: string[]) {
  const spawned = home.spawn([process.execPath, builtGuard(), ...words], env);
  spawned.child.stdin.end();
  const { code } = await within(`guard ${words.join(' ')}`, spawned.ended);
  const stdout = spawned.lines.map((line) => `${line.toString('utf8')}\n`).join('');
  return { code, stdout, stderr: spawned.stderr };
}

/** A gateway with a dashboard, whose tools wait for a person. */
async function asking(home: Sandbox) {
  const port = await freePort();
  const args = [serverFile('echo')];
  const gateway = await startGateway(home, [{ name: 'echo', command: process.execPath, args }], {
    dashboard: { enabled: true, port, api_secret: SECRET },
    policies: {
      default: 'allow',
      unlisted_tools: 'allow',
      rules: [{ name: 'ask', match: {}, action: 'require_approval' }],
    },
  });
  return { gateway, url: `http://127.0.0.1:${port}` };
}

/** The answer of a tool call, as text. */
async function call(base: string): Promise<string> {
  const client = new McpClient(`${base}/mcp/echo`, 'legacy');
  await client.open();
  const { answer } = await client.call(1, 'echo', { text: 'hi' });
  await client.end();
  return JSON.stringify(answer);
}

describe('guard serve', () => {
  test('has its dashboard on a port of its own; guard approve --url answers a held call there', async () => {
    const home = sandbox();
    const { gateway, url } = await asking(home);
    const answer = call(gateway.base);
    const env = { GUARD_DASHBOARD_SECRET: SECRET };
    const list = await eventuallyListed(home, env, url);
    const id = /apr_[a-z0-9]{20}/.exec(list)?.[0] ?? '';
    const denied = await guard(home, env, 'deny', id, '--url', url, '--reason', 'not today', '--as', 'ana');
    expect(denied).toMatchObject({ code: 0, stdout: expect.stringContaining(`denied: ${id}`) });
    expect(await within('the answer', answer)).toContain('not today');
    const late = await guard(home, env, 'approve', id, '--url', url);
    expect(late).toMatchObject({ code: 1, stdout: expect.stringContaining('too late') });
    const records = fs.readFileSync(home.audit, 'utf8');
    expect(records).toContain('"event":"dashboard-answer"');
    expect(records).toMatch(/"approver":"ana","channel":"dashboard","presence":"script"/);
    const onAgents = await fetch(`${gateway.base}/api/v1/health`);
    expect(onAgents.status).toBe(404);
    await gateway.close();
  });

  test('does not start where others could come in without a secret', async () => {
    const home = sandbox();
    const config = path.join(home.folder, 'open.json');
    const more = {
      version: '1',
      upstreams: [{ name: 'a', command: 'true' }],
      listen: { port: await freePort() },
    };
    fs.writeFileSync(config, JSON.stringify({ ...more, dashboard: { host: '0.0.0.0' } }));
    const { code, stderr } = await guard(home, {}, 'serve', '--config', config);
    expect(code).toBe(2);
    expect(stderr).toContain('dashboard.api_secret is not set');
    fs.writeFileSync(config, JSON.stringify({ ...more, dashboard: { api_secret: 'a-short-one' } }));
    const short = await guard(home, {}, 'serve', '--config', config);
    expect(short.code).toBe(2);
    expect(short.stderr).toContain('expected at least 32 characters');
    expect(short.stderr).not.toContain('a-short-one');
  });
});

async function eventuallyListed(home: Sandbox, env: Record<string, string>, url: string): Promise<string> {
  for (;;) {
    const { stdout, stderr } = await guard(home, env, 'approve', '--list', '--url', url);
    expect(stderr).toBe('');
    if (stdout.includes('apr_')) return stdout;
  }
}

describe('guard dashboard', () => {
  test('prints a link for one login in a terminal, and nowhere else', async () => {
    const home = sandbox();
    const { code, stderr } = await guard(home, {}, 'dashboard', '--port', '0');
    expect(code).toBe(2);
    expect(stderr).toContain('there is no terminal');
    const pty = startPty([process.execPath, builtGuard(), 'dashboard', '--port', '0'], {
      env: home.env,
      cwd: home.project,
      columns: 200,
    });
    open.push(pty);
    const link = await eventually(
      'the link',
      () => /(http:\S+)\/#code=([\w-]+)/.exec(pty.output()) ?? undefined,
    );
    const login = await fetch(`${link[1]}/api/v1/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-guard-request': '1' },
      body: JSON.stringify({ secret: link[2], name: 'ana' }),
    });
    expect(login.status).toBe(200);
    const cookie = (login.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const servers = await fetch(`${link[1]}/api/v1/servers`, { headers: { cookie } });
    expect(await servers.json()).toEqual({ servers: [] });
    expect(await (await fetch(`${link[1]}/`)).text()).toContain('<title>');
    expect(fs.readFileSync(home.audit, 'utf8')).toContain('"event":"dashboard-login"');
  });
});

test('guard dashboard shows the tools of servers that ran, with the rule that applies to each', async () => {
  const home = sandbox();
  const config = {
    version: '1',
    policies: { rules: [{ name: 'no-echo', match: { tool: 'echo' }, action: 'deny' }] },
    upstreams: [{ name: 'never-started', command: 'true' }],
    dashboard: { api_secret: SECRET },
  };
  home.writeConfig(JSON.stringify(config));
  const wrapped = home.spawn([
    process.execPath,
    builtGuard(),
    '--server',
    'notes',
    '--',
    process.execPath,
    serverFile('echo'),
  ]);
  wrapped.child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' })}\n`);
  await eventually('the list', () => wrapped.lines.length > 0);
  wrapped.child.stdin.end();
  await within('the end', wrapped.ended);
  const port = await freePort();
  const dashboard = home.spawn([process.execPath, builtGuard(), 'dashboard', '--port', String(port)]);
  await eventually('the address', () => dashboard.lines.length > 0);
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/servers`, {
    headers: { authorization: `Bearer ${SECRET}` },
  });
  const { servers } = (await answer.json()) as Servers;
  expect(servers).toMatchObject([
    { name: 'notes', state: 'not running', seen: expect.any(String), kind: 'unknown' },
    { name: 'never-started', state: 'not running', tools: null, kind: 'stdio' },
  ]);
  const echo = servers[0]?.tools?.find(({ name }) => name === 'echo');
  expect(echo).toMatchObject({ standing: 'listed', policy: { decision: 'deny', rule: 'no-echo' } });
  dashboard.child.kill('SIGTERM');
  await within('the end of the dashboard', dashboard.ended);
});

describe('guard approve --url', () => {
  test.each([
    [['--url', 'http://guard.example.com'], /expected https:/],
    [['--url', 'http://127.0.0.1:1'], /needs the secret/],
  ])('%s is a mistake in the command', async (words, expected) => {
    const { code, stderr } = await guard(sandbox(), {}, 'approve', '--list', ...words);
    expect(code).toBe(2);
    expect(stderr).toMatch(expected);
  });

  test('says where nobody answers, and where the secret is another one', async () => {
    const home = sandbox();
    const file = path.join(home.folder, 'secret.txt');
    fs.writeFileSync(file, 'another secret, which nobody has set up\n');
    const words = ['approve', '--list', '--secret-file', file, '--url'];
    const nobody = await guard(home, {}, ...words, `http://127.0.0.1:${await freePort()}`);
    expect(nobody).toMatchObject({ code: 2, stderr: expect.stringContaining('does not answer') });
    const { gateway, url } = await asking(home);
    const wrong = await guard(home, {}, ...words, url);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('the secret is wrong') });
    expect(wrong.stderr).not.toContain('another secret');
    await gateway.close();
  });
});
