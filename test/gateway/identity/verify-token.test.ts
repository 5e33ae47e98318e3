import { createHmac, createPublicKey } from 'node:crypto';
import { SignJWT, UnsecuredJWT, base64url } from 'jose';
import { describe, expect, test } from 'vitest';
import { verifies } from '../../requirements.js';
import {
  type FakeIssuer,
  type HeldClock,
  type SigningKey,
  type TestIdentity,
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

verifies('identity:token:verified', 'identity:token:unseen');

const key = await signingKey('one');
const rsa = await signingKey('two', 'RS256');

interface Door extends TestIdentity {
  readonly issuer: FakeIssuer;
  readonly clock: HeldClock;
  readonly token: (claims?: object, header?: object, by?: SigningKey) => Promise<string>;
}

async function door(changes: Parameters<typeof oidc>[1] = {}): Promise<Door> {
  const issuer = await fakeIssuer(key, rsa);
  const clock = heldClock();
  const opened = await openIdentity(oidc(issuer.url, changes), clock);
  return {
    ...opened,
    issuer,
    clock,
    token: (claims = {}, header = {}, by = key) =>
      signed(by, { ...goodClaims(issuer.url, clock), ...claims }, header),
  };
}

test('a good token names its agent, scopes and claims', async () => {
  const { identity, issuer, token } = await door();
  const principal = await ask(identity, await token({ team: 'billing' }));
  expect(principal).toEqual({
    agent: 'agent-1',
    key: JSON.stringify([issuer.url, 'agent-1', 'agent-1']),
    scopes: ['files:read', 'mcp'],
    claims: expect.objectContaining({ team: 'billing', sub: 'agent-1' }),
  });
  expect(brief(await ask(identity, await token({}, {}, rsa)))).toBe('agent agent-1');
});

describe('what is as good', () => {
  test.each<[string, object, object]>([
    ['no typ', {}, { typ: undefined }],
    ['typ JWT', {}, { typ: 'JWT' }],
    ['typ in full', {}, { typ: 'application/at+jwt' }],
    ['our audience among others', { aud: ['other', 'guard'] }, {}],
    ['scopes as a list', { scope: undefined, scp: ['a', 'b'] }, {}],
    ['no scopes', { scope: undefined }, {}],
    ['a clock that is a little ahead', { nbf: 1_800_000_020 }, {}],
    ['a clock that is a little behind', { exp: 1_799_999_980 }, {}],
    [
      'addresses of other keys in the header, which are not looked at',
      {},
      { jku: 'https://evil.example', x5u: 'https://evil.example' },
    ],
  ])('%s', async (_what, claims, header) => {
    const { identity, token } = await door();
    expect(brief(await ask(identity, await token(claims, header)))).toBe('agent agent-1');
  });
});

describe('claims that are refused', () => {
  test.each<[string, object, RegExp]>([
    ['no expiry', { exp: undefined }, /does not say when it expires/],
    ['an expiry that is text', { exp: '1900000000' }, /does not say when|malformed/],
    ['an expiry that is true', { exp: true }, /does not say when|malformed/],
    ['an expiry beyond all time', { exp: 1e300 }, /not a time/],
    ['expired', { exp: 1_799_999_000 }, /expired/],
    ['not valid yet', { nbf: 1_800_000_100 }, /not valid yet/],
    ['no audience', { aud: undefined }, /another audience/],
    ['another audience', { aud: 'other' }, /another audience/],
    ['an audience that begins alike', { aud: 'guard2' }, /another audience/],
    ['an audience that contains ours', { aud: 'xguardx' }, /another audience/],
    ['an audience that is an object', { aud: { guard: true } }, /another audience/],
    ['no issuer', { iss: undefined }, /another issuer/],
    ['another issuer', { iss: 'https://evil.example' }, /another issuer/],
    ['no subject', { sub: undefined }, /no claim sub/],
    ['an empty subject', { sub: '' }, /not a plain name/],
    ['a subject that is a number', { sub: 7 }, /not a plain name/],
    ['a subject with a line feed', { sub: 'a\n{"forged":1}' }, /not a plain name/],
    ['a subject with escapes', { sub: '\u001b[31mroot' }, /not a plain name/],
    ['a subject that is written backwards', { sub: '\u202eadmin' }, /not a plain name/],
    ['a subject with spaces around', { sub: ' admin' }, /not a plain name/],
    ['a long subject', { sub: 'a'.repeat(300) }, /not a plain name/],
    ['scopes that are a number', { scope: 7 }, /scopes of the token are malformed/],
    ['scopes that are objects', { scope: [{}] }, /scopes of the token are malformed/],
    ['a scope with a quote', { scope: 'a"b' }, /scopes of the token are malformed/],
    ['a thousand scopes', { scope: Array.from({ length: 1000 }, (_, n) => `s${n}`).join(' ') }, /malformed/],
    ['an ID token', { at_hash: 'x' }, /no access token/],
    ['a refresh token of Keycloak', { typ: 'Refresh' }, /no access token/],
    ['a token that is bound to a key', { cnf: { jkt: 'x' } }, /bound to a key/],
  ])('%s', async (_what, claims, reason) => {
    const { identity, token } = await door();
    const answer = brief(await ask(identity, await token(claims)));
    expect(answer).toMatch(/^401 /);
    expect(answer).toMatch(reason);
  });

  test('issuers that are written almost alike', async () => {
    const { identity, issuer, token } = await door();
    for (const iss of [
      `${issuer.url}/`,
      issuer.url.toUpperCase(),
      `${issuer.url}.evil.example`,
      [issuer.url],
    ]) {
      expect(brief(await ask(identity, await token({ iss })))).toMatch(
        /^401 the token comes from another issuer/,
      );
    }
  });

  test('claims that nest without end', async () => {
    const { identity, token } = await door();
    let deep: unknown = 1;
    for (let level = 0; level < 1000; level += 1) deep = [deep];
    expect(brief(await ask(identity, await token({ deep })))).toMatch(/^401 .*nest too deep/);
  });

  test('an expiry that JSON reads as infinity', async () => {
    const { identity, issuer } = await door();
    const payload = `{"iss":"${issuer.url}","aud":"guard","sub":"a","exp":1e400}`;
    const head = base64url.encode(JSON.stringify({ alg: 'ES256', kid: 'one' }));
    const input = `${head}.${base64url.encode(payload)}`;
    const bytes = await crypto.subtle.sign(
      { name: 'ECDSA', hash: 'SHA-256' },
      key.private,
      new TextEncoder().encode(input),
    );
    const token = `${input}.${base64url.encode(new Uint8Array(bytes))}`;
    expect(brief(await ask(identity, token))).toMatch(/^401 a time in the token is not a time/);
  });
});

describe('headers that are refused', () => {
  test.each<[string, object]>([
    ['the type of an ID token of another use', { typ: 'logout+jwt' }],
    ['the type of a proof', { typ: 'dpop+jwt' }],
    ['an unknown key', { kid: 'three' }],
    ['the key of another algorithm', { kid: 'two' }],
    ['a key that is a path', { kid: '../../dev/null' }],
    ['a key that is SQL', { kid: "x' UNION SELECT 'secret" }],
    ['a key with a NUL', { kid: 'one\0' }],
    ['a key of 8 kB', { kid: 'k'.repeat(8000) }],
    ['a key that is a number', { kid: 1 }],
  ])('%s', async (_what, header) => {
    const { identity, token } = await door();
    expect(brief(await ask(identity, await token({}, header)))).toMatch(/^401 /);
  });

  test('extensions that must be understood', async () => {
    const { identity, issuer, clock } = await door();
    const token = await new SignJWT(goodClaims(issuer.url, clock))
      .setProtectedHeader({ alg: 'ES256', kid: 'one', crit: ['b64'], b64: true })
      .sign(key.private);
    expect(brief(await ask(identity, token))).toMatch(/^401 .*extensions/);
  });

  test('a key in the header itself', async () => {
    const { identity, token } = await door();
    const own = await signingKey('one');
    expect(brief(await ask(identity, await token({}, { jwk: own.jwk }, own)))).toMatch(/^401 .*signature/);
  });

  test('no issuer but ours is ever asked', async () => {
    const { identity, issuer, token } = await door();
    const other = await fakeIssuer(await signingKey('evil'));
    await ask(
      identity,
      await token({ iss: other.url }, { jku: `${other.url}/keys`, x5u: `${other.url}/keys` }),
    );
    expect(other.asked).toEqual([]);
    expect(new Set(issuer.asked)).toEqual(new Set(['/.well-known/openid-configuration', '/keys']));
  });
});

describe('signatures that are refused', () => {
  test.each(['none', 'None', 'NONE', 'nOnE', ''])('alg %j', async (alg) => {
    const { identity, issuer, clock } = await door();
    const [, payload = ''] = new UnsecuredJWT(goodClaims(issuer.url, clock)).encode().split('.');
    for (const signature of ['', 'AAAA']) {
      const token = `${base64url.encode(JSON.stringify({ alg }))}.${payload}.${signature}`;
      expect(brief(await ask(identity, token))).toMatch(/^401 /);
    }
  });

  test('a public key taken for a shared secret', async () => {
    const { identity, issuer, clock } = await door();
    const pem = createPublicKey({ key: rsa.jwk as never, format: 'jwk' }).export({
      type: 'spki',
      format: 'pem',
    });
    for (const secret of [String(pem), JSON.stringify(rsa.jwk), '']) {
      const head = base64url.encode(JSON.stringify({ alg: 'HS256', kid: 'two' }));
      const input = `${head}.${base64url.encode(JSON.stringify(goodClaims(issuer.url, clock)))}`;
      const token = `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
      expect(brief(await ask(identity, token))).toMatch(/^401 .*algorithm that is not accepted/);
    }
  });

  test('algorithms that are good elsewhere', async () => {
    const { identity, issuer, token } = await door();
    for (const alg of ['RS512', 'EdDSA'] as const) {
      const other = await signingKey(alg, alg);
      issuer.keys.push(other.jwk);
      expect(brief(await ask(identity, await token({}, {}, other)))).toMatch(/^401 .*algorithm/);
    }
  });

  test('a signature of zeros, of another key, of other claims', async () => {
    const { identity, token } = await door();
    const good = await token();
    const [head, payload, signature] = good.split('.');
    const zeros = base64url.encode(new Uint8Array(64));
    const changed = base64url.encode(
      base64url
        .decode(payload ?? '')
        .toString()
        .replace('agent-1', 'admin'),
    );
    const foreign = await token({}, {}, { ...key, private: (await signingKey('x')).private });
    for (const bad of [
      `${head}.${payload}.${zeros}`,
      `${head}.${payload}.`,
      `${head}.${changed}.${signature}`,
      foreign,
    ]) {
      expect(brief(await ask(identity, bad))).toMatch(/^401 /);
    }
  });

  test.each(['a', 'a.b', 'a.b.c', '..', 'a.b.c.d.e', 'e30.e30.', 'e30.e30.e30'])(
    'no token at all: %s',
    async (text) => {
      const { identity } = await door();
      expect(brief(await ask(identity, text))).toMatch(/^401 /);
    },
  );
});

test('an answer never shows the token or a part of it', async () => {
  const { identity, token } = await door();
  for (const bad of [
    await token({ exp: 1 }),
    await token({ aud: 'x' }),
    await token({}, { kid: 'zzz' }),
    'secret-text',
  ]) {
    const text = JSON.stringify(await ask(identity, bad));
    for (const part of bad.split('.')) expect(text).not.toContain(part);
  }
});

test('the agent comes from the claim that the config names', async () => {
  const { identity, token, issuer } = await door({ agentClaim: 'client_id' });
  expect(brief(await ask(identity, await token()))).toMatch(/^401 the token has no claim client_id/);
  const principal = await ask(identity, await token({ client_id: 'bot' }));
  expect(principal).toMatchObject({ agent: 'bot', key: JSON.stringify([issuer.url, 'agent-1', 'bot']) });
});

test('members of the prototype are no claims', async () => {
  const { identity, token } = await door({ agentClaim: 'constructor' });
  expect(brief(await ask(identity, await token()))).toMatch(/^401 the token has no claim/);
});

test('one of several audiences is enough', async () => {
  const { identity, token } = await door({ audiences: ['https://a.example/mcp', 'https://b.example/mcp'] });
  expect(brief(await ask(identity, await token({ aud: 'https://b.example/mcp' })))).toBe('agent agent-1');
  expect(brief(await ask(identity, await token({ aud: 'guard' })))).toMatch(/^401 /);
});
