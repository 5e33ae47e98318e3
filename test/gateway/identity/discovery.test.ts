import type http from 'node:http';
import { describe, expect, test } from 'vitest';
import { loadIssuerKeys } from '../../../src/gateway/identity/issuer-documents.js';
import { ISSUER_DOCUMENT_BYTES_MAX, ISSUER_KEYS_MAX } from '../../../src/platform/bounds.js';
import { verifies } from '../../requirements.js';
import {
  type FakeIssuer,
  ask,
  brief,
  fakeIssuer,
  goodClaims,
  heldClock,
  oidc,
  openIdentity,
  signed,
  signingKey,
} from './issuer.js';

verifies('identity:discovery');

const key = await signingKey('one');
const CONFIGURATION = '/.well-known/openid-configuration';
const never = new AbortController().signal;

async function failure(issuer: FakeIssuer, jwksUri?: string): Promise<string> {
  return loadIssuerKeys({ issuer: issuer.url, jwksUri }, never).then(
    () => 'keys',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

function answers(issuer: FakeIssuer, path: string, body: unknown, status = 200, headers = {}): void {
  issuer.answers.set(path, (response) => {
    response.writeHead(status, headers);
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
}

test('the keys are where the document says', async () => {
  const issuer = await fakeIssuer(key);
  expect(await failure(issuer)).toBe('keys');
  expect(issuer.asked).toEqual([CONFIGURATION, '/keys']);
});

test('where the config names the keys, the document is not asked', async () => {
  const issuer = await fakeIssuer(key);
  expect(await failure(issuer, `${issuer.url}/keys`)).toBe('keys');
  expect(issuer.asked).toEqual(['/keys']);
});

test('an issuer with a path', async () => {
  const issuer = await fakeIssuer(key);
  const tenant = `${issuer.url}/tenant/`;
  answers(issuer, `/tenant${CONFIGURATION}`, { issuer: tenant, jwks_uri: `${issuer.url}/keys` });
  expect((await loadIssuerKeys({ issuer: tenant, jwksUri: undefined }, never)).keys).toHaveLength(1);
});

describe('documents that are refused', () => {
  test.each<[string, unknown, RegExp]>([
    [
      'about another issuer',
      { issuer: 'https://evil.example', jwks_uri: 'http://127.0.0.1/' },
      /another issuer/,
    ],
    ['about nobody', { jwks_uri: 'http://127.0.0.1/' }, /another issuer/],
    ['no JSON', '<html>', /did not answer with a JSON object/],
    ['a list', [], /did not answer with a JSON object/],
  ])('%s', async (_what, body, expected) => {
    const issuer = await fakeIssuer(key);
    answers(issuer, CONFIGURATION, body);
    expect(await failure(issuer)).toMatch(expected);
  });

  test.each([
    'http://169.254.169.254/latest/meta-data',
    'https://169.254.169.254/keys',
    'https://10.0.0.1/keys',
    'https://[::1]/keys',
    'https://localhost/keys',
    'http://127.0.0.1:1/keys',
    'http://keys.example.com/',
    'file:///etc/passwd',
  ])('one that leads to %s', async (jwks_uri) => {
    const issuer = await fakeIssuer(key);
    answers(issuer, CONFIGURATION, { issuer: issuer.url, jwks_uri });
    expect(await failure(issuer)).toMatch(/jwks_uri that guard does not go to/);
  });

  test.each<[unknown, RegExp]>([
    [undefined, /names no jwks_uri/],
    [7, /names no jwks_uri/],
    ['keys', /names no jwks_uri/],
  ])('one whose jwks_uri is %s', async (jwks_uri, expected) => {
    const issuer = await fakeIssuer(key);
    answers(issuer, CONFIGURATION, { issuer: issuer.url, jwks_uri });
    expect(await failure(issuer)).toMatch(expected);
  });

  test.each<[string, unknown, RegExp]>([
    ['keys that are no list', { keys: {} }, /no key set/],
    ['no keys', {}, /no key set/],
    ['too many keys', { keys: Array.from({ length: ISSUER_KEYS_MAX + 1 }, () => ({})) }, /more than/],
    ['a huge document', `{"keys":["${'x'.repeat(ISSUER_DOCUMENT_BYTES_MAX)}"]}`, /more than \d+ bytes/],
  ])('%s', async (_what, body, expected) => {
    const issuer = await fakeIssuer(key);
    answers(issuer, '/keys', body);
    expect(await failure(issuer)).toMatch(expected);
  });

  test('a redirect is not followed', async () => {
    const issuer = await fakeIssuer(key);
    answers(issuer, CONFIGURATION, '', 302, { location: `${issuer.url}/elsewhere` });
    expect(await failure(issuer)).toMatch(/answered with status 302/);
    expect(issuer.asked).toEqual([CONFIGURATION]);
  });

  test('an answer that breaks off', async () => {
    const issuer = await fakeIssuer(key);
    issuer.answers.set('/keys', (response: http.ServerResponse) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('{"keys":');
      setImmediate(() => response.destroy());
    });
    expect(await failure(issuer)).toMatch(/aborted|hang up/);
  });

  test('nobody there', async () => {
    const gone = await failure({ url: 'http://127.0.0.1:1' } as FakeIssuer);
    expect(gone).toMatch(
      /^http:\/\/127\.0\.0\.1:1\/\.well-known\/openid-configuration: connect ECONNREFUSED/,
    );
  });
});

test('an issuer that is not there at start: 503 with a time, and the service lives', async () => {
  const { identity, notes } = await openIdentity(oidc('http://127.0.0.1:1'));
  const token = await signed(key, goodClaims('http://127.0.0.1:1', heldClock()));
  const answer = await ask(identity, token);
  expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': expect.stringMatching(/^\d+$/) } });
  expect(identity.trouble).toMatch(/ECONNREFUSED/);
  expect(notes).toHaveLength(1);
  // A token that no key could make good is refused all the same.
  expect(brief(await ask(identity, 'a.b.c'))).toMatch(/^401 /);
});

test('new keys make guard forget what it verified with the old ones', async () => {
  const issuer = await fakeIssuer(key);
  const clock = heldClock();
  const { identity } = await openIdentity(oidc(issuer.url), clock);
  const old = await signed(key, goodClaims(issuer.url, clock));
  expect(brief(await ask(identity, old))).toBe('agent agent-1');
  const next = await signingKey('next', 'RS256');
  issuer.keys = [next.jwk];
  expect(brief(await ask(identity, old))).toBe('agent agent-1');
  expect(brief(await ask(identity, await signed(next, goodClaims(issuer.url, clock))))).toBe('agent agent-1');
  expect(brief(await ask(identity, old))).toMatch(/^401 .*key that its issuer does not have/);
});
