import { createHmac, createPublicKey, generateKeyPairSync, type JsonWebKey, sign } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { serverFile } from '../support/built-guard.js';
import { eventually } from '../support/eventually.js';
import { provider, RESOURCE } from '../support/oidc-provider.js';
import type { MoreConfig } from '../support/gateway-process.js';
import { useGateway } from './gateway-peers.js';
import { verifies } from '../requirements.js';

verifies('gateway:tokens:bad', 'gateway:refusals:bounded');

const { serve } = useGateway();
const ECHO = { name: 'echo', command: process.execPath, args: [serverFile('echo')] };
const LIST = {
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/list',
  params: {
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'peer', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  },
};

function base64(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Asks with this Authorization header; what came back and how it is known in log and records. */
async function ask(
  base: string,
  id: string,
  authorization?: string,
): Promise<{ status: number; why: string }> {
  const answer = await fetch(`${base}/mcp`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/list',
      'x-request-id': id,
      ...(authorization === undefined ? {} : { authorization }),
    },
    body: JSON.stringify(LIST),
  });
  await answer.text();
  const challenge = answer.headers.get('www-authenticate') ?? '';
  return { status: answer.status, why: /error_description="([^"]*)"/.exec(challenge)?.[1] ?? '' };
}

/** A server that says it has keys, and whom nobody is to ask. */
async function elsewhere(keys: readonly JsonWebKey[]): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = http.createServer((request, response) => {
    asked.push(request.url ?? '');
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`, asked };
}

const WRONG_ALGORITHM = 'the token is signed with an algorithm that is not accepted';
const WRONG_SIGNATURE = 'the signature of the token is wrong';
const NO_SUCH_KEY = 'the token is signed with a key that its issuer does not have';

describe('tokens that prove nothing', () => {
  test('401 with the reason, a log line and a record without the token, and good ones still count', async () => {
    const issuer = await provider('0', 'one', 'RS256');
    const good = await issuer.token();
    const [head = '', claims = '', signature = ''] = good.split('.');
    const discovered = (await (await fetch(`${issuer.issuer}/.well-known/openid-configuration`)).json()) as {
      jwks_uri: string;
    };
    const { keys } = (await (await fetch(discovered.jwks_uri)).json()) as { keys: JsonWebKey[] };
    const [jwk = {}] = keys;
    const pem = createPublicKey({ key: jwk, format: 'jwk' })
      .export({ type: 'spki', format: 'pem' })
      .toString();
    const own = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const ownJwk = { ...own.publicKey.export({ format: 'jwk' }), kid: 'own', alg: 'RS256', use: 'sig' };
    const attacker = await elsewhere([ownJwk]);

    const hs = (secret: string): string => {
      const text = `${base64({ alg: 'HS256', typ: 'at+jwt', kid: 'one' })}.${claims}`;
      return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
    };
    const rs = (header: object, body = claims): string => {
      const text = `${base64({ alg: 'RS256', typ: 'at+jwt', ...header })}.${body}`;
      return `${text}.${sign('sha256', Buffer.from(text), own.privateKey).toString('base64url')}`;
    };
    const raised = base64({
      ...(JSON.parse(Buffer.from(claims, 'base64url').toString()) as object),
      sub: 'root',
    });
    const bad: readonly (readonly [string, string | undefined, string])[] = [
      ['none', undefined, ''],
      ['gibberish', 'gibberish', 'the token is malformed'],
      ['alg-none', `${base64({ alg: 'none', typ: 'at+jwt' })}.${claims}.`, WRONG_ALGORITHM],
      ['alg-none-signed', `${base64({ alg: 'none' })}.${claims}.${signature}`, WRONG_ALGORITHM],
      ['hs-pem', hs(pem), WRONG_ALGORITHM],
      ['hs-pem-trimmed', hs(pem.trim()), WRONG_ALGORITHM],
      ['hs-jwk', hs(JSON.stringify(jwk)), WRONG_ALGORITHM],
      ['hs-modulus', hs(jwk.n ?? ''), WRONG_ALGORITHM],
      ['other-claims', `${head}.${raised}.${signature}`, WRONG_SIGNATURE],
      ['own-key-by-its-name', rs({ kid: 'own' }), NO_SUCH_KEY],
      ['own-key-by-the-issuers-name', rs({ kid: 'one' }), WRONG_SIGNATURE],
      ['kid-address', rs({ kid: attacker.url }), NO_SUCH_KEY],
      ['kid-file', rs({ kid: '../../../../dev/null' }), NO_SUCH_KEY],
      ['kid-no-text', rs({ kid: { url: attacker.url } }), 'the token is malformed'],
      ['jku', rs({ kid: 'own', jku: attacker.url }), NO_SUCH_KEY],
      ['jku-issuers-name', rs({ kid: 'one', jku: attacker.url }), WRONG_SIGNATURE],
      ['x5u', rs({ kid: 'own', x5u: attacker.url }), NO_SUCH_KEY],
      ['jwk', rs({ kid: 'one', jwk: ownJwk }), WRONG_SIGNATURE],
      ['jwk-alone', rs({ jwk: ownJwk }), WRONG_SIGNATURE],
    ];

    const { sandbox, gateway } = await serve([ECHO], {
      identity: { issuer: issuer.issuer, audience: RESOURCE, required_scopes: ['mcp'] },
    });
    const seen: unknown[] = [];
    for (const [id, token] of bad) {
      const { status, why } = await ask(
        gateway.base,
        id,
        token === undefined ? undefined : `Bearer ${token}`,
      );
      seen.push([id, status, why]);
      expect((await ask(gateway.base, `after-${id}`, `Bearer ${good}`)).status).toBe(200);
    }
    expect(seen).toEqual(bad.map(([id, , why]) => [id, 401, why]));
    expect(attacker.asked).toEqual([]);

    const refusals = () => sandbox.records().filter((record) => record.type === 'refusal');
    await eventually('a record of each', () => refusals().length >= bad.length);
    expect(refusals().map(({ reason, http_request_id: id }) => [reason, id])).toEqual(
      bad.map(([id]) => ['identity', id]),
    );
    const said = `${gateway.process.stderr}${JSON.stringify(sandbox.records())}`;
    for (const [id, token] of bad) {
      expect(gateway.process.stderr).toMatch(new RegExp(`warn refused .*request_id=${id} .*status=401`));
      if (token === undefined || id === 'gibberish') continue;
      // Neither the token nor its signature alone.
      for (const part of [token, token.split('.')[2] ?? ''])
        if (part !== '') expect(said.includes(part)).toBe(false);
    }
    expect(said.includes(good)).toBe(false);
  });
});

/** Has one request refused after the other, and counts what log and records tell of them. */
async function flooded(
  more: MoreConfig,
  refused: (base: string, id: string) => Promise<number>,
): Promise<{ statuses: Set<number>; records: number; counted: number; logged: number }> {
  const { sandbox, gateway } = await serve([ECHO], more);
  const statuses = new Set<number>();
  for (let at = 0; at < FLOOD; at++) statuses.add(await refused(gateway.base, `flood-${at}`));
  await gateway.close();
  const records = sandbox.records().filter((record) => record.type === 'refusal');
  const counted = records.reduce((sum, { detail }) => {
    const [, before = '0'] = /; (\d+) more refused before it$/.exec(detail) ?? [];
    return sum + 1 + Number(before);
  }, 0);
  const logged = gateway.process.stderr.match(/warn refused /g)?.length ?? 0;
  return { statuses, records: records.length, counted, logged };
}

const FLOOD = 300;

test.each([
  [
    'strangers',
    401,
    { identity: { dev_mode: { enabled: true, secret: 'a secret of this test alone, long enough' } } },
    async (base: string, id: string): Promise<number> => (await ask(base, id)).status,
  ],
  [
    'messages that are none',
    400,
    {},
    async (base: string, id: string): Promise<number> => {
      const headers = { 'content-type': 'application/json', 'x-request-id': id, accept: '*/*' };
      const answer = await fetch(`${base}/mcp`, { method: 'POST', headers, body: '{' });
      await answer.text();
      return answer.status;
    },
  ],
] as const)(
  '%s without end: each is answered and none is lost in the count',
  async (_who, status, more, refused) => {
    const { statuses, records, counted, logged } = await flooded(more, refused);
    expect([...statuses]).toEqual([status]);
    expect(counted).toBe(FLOOD);
    expect(logged).toBe(records);
  },
);
