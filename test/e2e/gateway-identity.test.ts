import { describe, expect, test } from 'vitest';
import type { DecisionRecord } from '../../src/audit/record.js';
import { builtGuard, serverFile } from '../support/built-guard.js';
import { eventually } from '../support/eventually.js';
import { provider, RESOURCE } from '../support/oidc-provider.js';
import type { Sandbox } from '../support/sandbox.js';
import { useGateway } from './gateway-peers.js';
import { verifies } from '../requirements.js';

verifies('gateway:agents:policy', 'gateway:agents:session', 'gateway:agents:challenge');

const { serve, connect } = useGateway();
const ECHO = { name: 'echo', command: process.execPath, args: [serverFile('echo')] };
const DEV = { dev_mode: { enabled: true, secret: 'a secret of this test alone, long enough' } };
const POLICIES = {
  rules: [
    { name: 'no-interns', match: { tool: 'delete', agent: 'intern-*' }, action: 'deny' },
    {
      name: 'billing-only',
      match: { tool: 'write', not: { claims: { '$.team': { eq: 'billing' } } } },
      action: 'deny',
    },
    { name: 'readers', match: { tool: 'echo', scopes: { missing: 'read' } }, action: 'deny' },
    {
      name: 'each-once',
      match: { tool: 'echo' },
      action: 'rate_limit',
      limits: { max_calls: 1, window: '1h', key: 'agent' },
    },
  ],
};

/** A token of `guard token mint` for the config of this gateway. */
async function mint(sandbox: Sandbox, config: string, name: string, ...words: string[]): Promise<string> {
  const run = sandbox.spawn([
    process.execPath,
    builtGuard(),
    'token',
    'mint',
    name,
    '--config',
    config,
    ...words,
  ]);
  const { code } = await run.ended;
  expect(`${code} ${run.stderr}`).toBe('0 ');
  return run.lines.join('');
}

function decisions(sandbox: Sandbox): string[] {
  return sandbox
    .records()
    .filter((record): record is DecisionRecord => record.type === 'decision' && record.tool !== null)
    .map(({ agent, tool, decision, rule }) => `${agent} ${tool} ${decision} ${rule}`);
}

describe.each(['v1', 'v2 auto'] as const)('client %s', (kind) => {
  test('each agent sees, may call and has counted what is its own', async () => {
    const { sandbox, gateway } = await serve([ECHO], { identity: DEV, policies: POLICIES });
    const url = `${gateway.base}/mcp`;
    const [anna, bert] = await Promise.all([
      mint(sandbox, gateway.config, 'anna', '--scope', 'read', '--claim', 'team=billing'),
      mint(sandbox, gateway.config, 'intern-bert', '--scope', 'read'),
    ]);
    const asAnna = await connect({ kind, url, token: anna });
    const asBert = await connect({ kind, url, token: bert });
    expect(await asAnna.listTools()).toEqual(['echo__echo', 'echo__write', 'echo__delete']);
    expect(await asBert.listTools()).toEqual(['echo__echo']);
    for (const tool of ['delete', 'write']) {
      expect(await asAnna.call(`echo__${tool}`)).toMatchObject({ isError: false });
      expect((await asBert.call(`echo__${tool}`)).text).toContain('is not available');
    }
    for (const client of [asAnna, asBert]) {
      expect(await client.call('echo__echo')).toMatchObject({ isError: false });
      expect((await client.call('echo__echo')).text).toContain('allows 1 call');
    }
    const carla = await mint(sandbox, gateway.config, 'carla');
    const asCarla = await connect({ kind, url, token: carla });
    expect(await asCarla.listTools()).toEqual(['echo__delete']);
    expect(decisions(sandbox)).toEqual([
      'anna delete allow default',
      'intern-bert delete deny no-interns',
      'anna write allow default',
      'intern-bert write deny billing-only',
      'anna echo allow each-once',
      'anna echo deny each-once',
      'intern-bert echo allow each-once',
      'intern-bert echo deny each-once',
    ]);
  });
});

test('who only lacks scopes is told all of them, in the header and in the denial', async () => {
  const { sandbox, gateway } = await serve([ECHO], {
    identity: DEV,
    policies: {
      hide_denied: false,
      rules: [
        { name: 'no-deleting', match: { tool: 'delete' }, action: 'deny' },
        { name: 'readers', match: { tool: 'echo', scopes: { missing: ['read', 'list'] } }, action: 'deny' },
      ],
    },
  });
  const url = `${gateway.base}/mcp`;
  const token = await mint(sandbox, gateway.config, 'anna', '--scope', 'list');
  const begin = await post(url, token, { id: 0, method: 'initialize', params: HELLO });
  const session = { 'mcp-session-id': begin.headers.get('mcp-session-id') ?? '' };
  const call = (name: string): Promise<Response> =>
    post(url, token, { id: 1, method: 'tools/call', params: { name, arguments: {} } }, session);
  const lacking = await call('echo__echo');
  expect(lacking.status).toBe(403);
  expect(lacking.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
  expect(lacking.headers.get('www-authenticate')).toMatch(/scope="[^"]*\bread\b/);
  expect(await lacking.json()).toMatchObject({
    result: { _meta: { 'guard/denial': { reason: 'policy_denied', missing_scopes: ['read'] } } },
  });
  // What no scope opens names none.
  const closed = await call('echo__delete');
  expect(closed.status).toBe(200);
  expect(await closed.text()).not.toContain('missing_scopes');
});

test('a session belongs to the agent that began it', async () => {
  const { sandbox, gateway } = await serve([ECHO], { identity: DEV });
  const url = `${gateway.base}/mcp`;
  const [anna, bert] = await Promise.all(['anna', 'bert'].map((name) => mint(sandbox, gateway.config, name)));
  const begin = await post(url, anna, { id: 0, method: 'initialize', params: HELLO });
  const session = begin.headers.get('mcp-session-id') ?? '';
  const list = { id: 1, method: 'tools/list' };
  const asks = async (token: string | undefined, id: string): Promise<number> =>
    (await post(url, token, list, { 'mcp-session-id': id })).status;
  expect(await asks(anna, session)).toBe(200);
  expect(await asks(bert, session)).toBe(404);
  expect(await asks(undefined, session)).toBe(401);
  expect(await asks(anna, 'a-guess')).toBe(404);
  // A new token of the same agent goes on with it.
  expect(await asks(await mint(sandbox, gateway.config, 'anna'), session)).toBe(200);
  const headers = { authorization: `Bearer ${bert}`, 'mcp-session-id': session };
  expect((await fetch(url, { method: 'DELETE', headers })).status).toBe(404);
  expect(await asks(anna, session)).toBe(200);
});

test('tokens of a real provider, and what those get who have none', async () => {
  const issuer = await provider('0', 'one');
  const identity = { issuer: issuer.issuer, audience: RESOURCE, required_scopes: ['mcp'] };
  const { sandbox, gateway } = await serve([ECHO], {
    identity,
    policies: { rules: [{ name: 'bots', match: { tool: 'write', agent: 'billing-bot' }, action: 'deny' }] },
    listen: { public_url: 'https://tools.example.com' },
  });
  const url = `${gateway.base}/mcp`;
  const client = await connect({ kind: 'v2 auto', url, token: await issuer.token() });
  expect(await client.listTools()).toEqual(['echo__echo', 'echo__delete']);
  expect(await client.call('echo__echo')).toMatchObject({ isError: false });
  expect(decisions(sandbox)).toEqual(['billing-bot echo allow default']);

  const none = Buffer.from('{"alg":"none"}').toString('base64url');
  const [, claims = ''] = (await issuer.token()).split('.');
  const tokens = {
    missing: undefined,
    'no token at all': 'gibberish',
    'alg none': `${none}.${claims}.`,
    'another audience': await issuer.token('https://other.example/mcp'),
    'scopes lacking': await issuer.token(RESOURCE, 'files:read'),
  };
  const seen: Record<string, string> = {};
  for (const [name, token] of Object.entries(tokens)) {
    const answer = await post(url, token, { id: 1, method: 'tools/list' });
    const challenge = answer.headers.get('www-authenticate') ?? '';
    seen[name] = `${answer.status} ${/error_description="([^"]*)"/.exec(challenge)?.[1] ?? ''}`;
    expect(challenge).toMatch(/^Bearer /);
    expect(challenge).toContain(`scope="mcp", resource_metadata="${METADATA}/mcp"`);
    if (token !== undefined) expect(gateway.process.stderr).not.toContain(token);
  }
  expect(seen).toEqual({
    missing: '401 ',
    'no token at all': '401 the token is malformed',
    'alg none': '401 the token is signed with an algorithm that is not accepted',
    'another audience': '401 the token is made for another audience',
    'scopes lacking': '403 the token lacks scopes that this needs',
  });
  for (const where of ['', '/mcp', '/mcp/echo']) {
    const answer = await fetch(`${gateway.base}/.well-known/oauth-protected-resource${where}`);
    expect(await answer.json()).toMatchObject({
      resource: `https://tools.example.com${where === '' ? '/mcp' : where}`,
      authorization_servers: [issuer.issuer],
    });
  }
  // Refusals of strangers are written together, a little later.
  await eventually(
    'a record of each',
    () => sandbox.records().filter(({ type }) => type === 'refusal').length === 5,
  );
});

const METADATA = 'https://tools.example.com/.well-known/oauth-protected-resource';
const HELLO = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'peer', version: '1' } };

function post(
  url: string,
  token: string | undefined,
  message: object,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
  });
}
