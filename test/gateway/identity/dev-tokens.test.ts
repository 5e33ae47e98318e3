import { SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { mintDevToken } from '../../../src/gateway/identity/dev-tokens.js';
import { verifies } from '../../requirements.js';
import {
  TOKEN_TERMS,
  ask,
  brief,
  goodClaims,
  heldClock,
  openIdentity,
  signed,
  signingKey,
} from './issuer.js';

verifies('identity:dev');

const SECRET = 'a secret of more than thirty-two characters';
const settings = { mode: 'dev', secret: SECRET, ...TOKEN_TERMS } as const;
const bot = { name: 'billing-bot', ttlMs: 3_600_000, scopes: [], claims: {} };

test('what was minted is taken', async () => {
  const clock = heldClock();
  const { identity } = await openIdentity(settings, clock);
  const token = await mintDevToken(
    { ...bot, scopes: ['a', 'b'], claims: { team: 'ops', sub: 'root', iss: 'x', exp: 1 } },
    settings,
    clock.wallMs(),
  );
  expect(await ask(identity, token)).toMatchObject({
    agent: 'billing-bot',
    key: 'dev:billing-bot',
    scopes: ['a', 'b'],
    claims: { team: 'ops', sub: 'billing-bot', iss: 'guard-dev', aud: 'guard', exp: 1_800_003_600 },
  });
  expect(identity.warning).toMatch(/dev_mode/);
  clock.pass(3_600_000 + 30_000);
  expect(brief(await ask(identity, token))).toMatch(/^401 the token expired/);
});

test('the agent may stand in another claim', async () => {
  const clock = heldClock();
  const named = { ...settings, agentClaim: 'agent' };
  const { identity } = await openIdentity(named, clock);
  expect(brief(await ask(identity, await mintDevToken(bot, named, clock.wallMs())))).toBe(
    'agent billing-bot',
  );
});

test('another secret, another audience and another issuer are refused', async () => {
  const clock = heldClock();
  const { identity } = await openIdentity(settings, clock);
  const other = { ...settings, secret: 'another secret of thirty-two characters' };
  expect(brief(await ask(identity, await mintDevToken(bot, other, clock.wallMs())))).toMatch(/signature/);
  const elsewhere = { ...settings, audiences: ['elsewhere'] };
  expect(brief(await ask(identity, await mintDevToken(bot, elsewhere, clock.wallMs())))).toMatch(/audience/);
  const foreign = await new SignJWT(goodClaims('https://a.example', clock))
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(SECRET));
  expect(brief(await ask(identity, foreign))).toMatch(/another issuer/);
});

test('no other algorithm than HS256 is taken', async () => {
  const clock = heldClock();
  const { identity } = await openIdentity(settings, clock);
  for (const alg of ['HS384', 'HS512']) {
    const token = await new SignJWT(goodClaims('guard-dev', clock))
      .setProtectedHeader({ alg })
      .sign(new TextEncoder().encode(SECRET.repeat(2)));
    expect(brief(await ask(identity, token))).toMatch(/^401 .*algorithm/);
  }
  const es = await signed(await signingKey('one'), goodClaims('guard-dev', clock));
  expect(brief(await ask(identity, es))).toMatch(/^401 .*algorithm/);
});

test('the metadata names no authorization server', async () => {
  const { identity } = await openIdentity(settings);
  expect(identity.metadata('/.well-known/oauth-protected-resource')).toEqual({
    resource: 'http://127.0.0.1:7474/mcp',
    bearer_methods_supported: ['header'],
    resource_name: 'guard',
  });
});
