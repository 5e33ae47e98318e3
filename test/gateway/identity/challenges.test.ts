import { expect, test } from 'vitest';
import { isChallenge } from '../../../src/gateway/identity/principal.js';
import { verifies } from '../../requirements.js';
import { ask, fakeIssuer, goodClaims, heldClock, oidc, openIdentity, signed, signingKey } from './issuer.js';

verifies('identity:challenge', 'identity:metadata');

const key = await signingKey('one');
const METADATA = 'http://127.0.0.1:7474/.well-known/oauth-protected-resource/mcp';

test('without a token: where to get one, and no error', async () => {
  const { identity } = await openIdentity(oidc((await fakeIssuer(key)).url));
  expect(await identity.authenticate({})).toEqual({
    status: 401,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'www-authenticate': `Bearer resource_metadata="${METADATA}"`,
    },
    body: '{"error":"unauthorized","error_description":"no token was sent"}',
    reason: 'no token was sent',
  });
});

test('the scopes that every token needs are named', async () => {
  const { identity } = await openIdentity(
    oidc((await fakeIssuer(key)).url, { requiredScopes: ['mcp', 'x'] }),
  );
  expect(await identity.authenticate({})).toMatchObject({
    headers: { 'www-authenticate': `Bearer scope="mcp x", resource_metadata="${METADATA}"` },
  });
});

test('a bad token, and a header that is none', async () => {
  const { identity } = await openIdentity(oidc((await fakeIssuer(key)).url));
  expect(await ask(identity, 'a.b.c')).toMatchObject({
    status: 401,
    headers: {
      'www-authenticate': `Bearer error="invalid_token", error_description="the token is malformed", resource_metadata="${METADATA}"`,
    },
  });
  const twice = await identity.authenticate({ authorization: ['Bearer a', 'Bearer b'] });
  expect(twice).toMatchObject({
    status: 400,
    headers: { 'www-authenticate': expect.stringContaining('Bearer error="invalid_request"') },
  });
});

test('a token without the scopes that all need is 403 with all of them', async () => {
  const issuer = await fakeIssuer(key);
  const clock = heldClock();
  const { identity } = await openIdentity(oidc(issuer.url, { requiredScopes: ['mcp', 'extra'] }), clock);
  const answer = await ask(identity, await signed(key, goodClaims(issuer.url, clock)));
  expect(answer).toMatchObject({
    status: 403,
    headers: {
      'www-authenticate': `Bearer error="insufficient_scope", error_description="the token lacks scopes that this needs", scope="mcp extra", resource_metadata="${METADATA}"`,
    },
  });
});

test('the challenge for an operation names all scopes at once, each once', async () => {
  const { identity } = await openIdentity(oidc((await fakeIssuer(key)).url, { requiredScopes: ['mcp'] }));
  const { status, headers } = identity.insufficientScope(['files:write', 'mcp', 'files:read'], 'files');
  expect(status).toBe(403);
  expect(headers['www-authenticate']).toContain('scope="mcp files:write files:read"');
  expect(headers['www-authenticate']).toContain(`resource_metadata="${METADATA}/files"`);
});

test('the documents at both well-known paths, and for single servers', async () => {
  const issuer = await fakeIssuer(key);
  const { identity } = await openIdentity(oidc(issuer.url, { scopesSupported: ['mcp'] }));
  const document = {
    resource: 'http://127.0.0.1:7474/mcp',
    authorization_servers: [issuer.url],
    scopes_supported: ['mcp'],
    bearer_methods_supported: ['header'],
    resource_name: 'guard',
  };
  const base = '/.well-known/oauth-protected-resource';
  expect(identity.metadata(base)).toEqual(document);
  expect(identity.metadata(`${base}/mcp`)).toEqual(document);
  expect(identity.metadata(`${base}/mcp/files`)).toEqual({
    ...document,
    resource: `${document.resource}/files`,
  });
  for (const other of [
    '/',
    '/mcp',
    `${base}/`,
    `${base}/other`,
    `${base}/mcp/`,
    `${base}/mcp/a/b`,
    `${base}/mcp/..`,
    `${base}x`,
  ]) {
    expect(identity.metadata(other), other).toBeUndefined();
  }
});

test.each([
  [
    'https://tools.example.com',
    'https://tools.example.com/mcp',
    'https://tools.example.com/.well-known/oauth-protected-resource/mcp',
  ],
  [
    'https://tools.example.com/',
    'https://tools.example.com/mcp',
    'https://tools.example.com/.well-known/oauth-protected-resource/mcp',
  ],
  [
    'https://example.com/guard',
    'https://example.com/guard/mcp',
    'https://example.com/.well-known/oauth-protected-resource/guard/mcp',
  ],
])('behind the public address %s', async (publicUrl, resource, metadata) => {
  const { identity } = await openIdentity(oidc((await fakeIssuer(key)).url), heldClock(), publicUrl);
  const answer = await identity.authenticate({ host: 'evil.example', 'x-forwarded-host': 'evil.example' });
  if (!isChallenge(answer)) throw new Error('expected a challenge');
  expect(answer.headers['www-authenticate']).toBe(`Bearer resource_metadata="${metadata}"`);
  expect(identity.metadata(new URL(metadata).pathname)).toMatchObject({ resource });
});
