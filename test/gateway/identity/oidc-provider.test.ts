import { decodeProtectedHeader } from 'jose';
import { expect, test, vi } from 'vitest';
import { systemClock } from '../../../src/platform/clock.js';
import { verifies } from '../../requirements.js';
import { eventually, pause, PATIENCE_MS } from '../../support/eventually.js';
import { provider, RESOURCE } from '../../support/oidc-provider.js';
import { type TestIdentity, ask, brief, oidc, openIdentity } from './issuer.js';

/** What each of these waits for may take its whole patience on a busy machine. */
vi.setConfig({ testTimeout: 8 * PATIENCE_MS });

verifies('identity:provider', 'identity:rotation', 'identity:outage');

async function opened(issuer: string): Promise<TestIdentity> {
  return openIdentity(oidc(issuer, { audiences: [RESOURCE], requiredScopes: ['mcp'] }), systemClock());
}

/** What becomes of a token once the identity has heard from the provider, which a busy machine holds up. */
async function heard(identity: TestIdentity['identity'], token: string, wanted: string): Promise<string> {
  const deadline = performance.now() + 3 * PATIENCE_MS;
  for (;;) {
    const answer = brief(await ask(identity, token));
    if (answer === wanted || performance.now() > deadline) return answer;
    await pause(50);
  }
}

const BOT = 'agent billing-bot';

test.each(['ES256', 'RS256'])('a token of a real provider, %s', async (alg) => {
  const real = await provider('0', 'one', alg);
  const { identity } = await opened(real.issuer);
  const token = await real.token();
  expect(decodeProtectedHeader(token)).toMatchObject({ alg, kid: 'one', typ: 'at+jwt' });
  expect(await heard(identity, token, BOT)).toBe(BOT);
  expect(await ask(identity, token)).toMatchObject({
    agent: 'billing-bot',
    key: JSON.stringify([real.issuer, 'billing-bot', 'billing-bot']),
    scopes: ['mcp', 'files:read'],
    claims: { aud: RESOURCE, client_id: 'billing-bot', iss: real.issuer },
  });
  expect(brief(await ask(identity, await real.token('https://other.example/mcp')))).toBe(
    '401 the token is made for another audience',
  );
  expect(brief(await ask(identity, await real.token(RESOURCE, 'files:read')))).toMatch(/^403 .*lacks scopes/);
});

test('the provider goes away, and comes back with other keys', async () => {
  const before = await provider('0', 'one');
  const { identity } = await opened(before.issuer);
  const [seen, unseen] = [await before.token(), await before.token()];
  expect(await heard(identity, seen, BOT)).toBe(BOT);

  await before.stop();
  expect(brief(await ask(identity, seen))).toBe(BOT);
  expect(brief(await ask(identity, unseen))).toBe(BOT);

  const after = await provider(new URL(before.issuer).port, 'two');
  expect(after.issuer).toBe(before.issuer);
  expect(await heard(identity, await after.token(), BOT)).toBe(BOT);
  // The old keys are gone, and so is what was verified with them.
  expect(brief(await ask(identity, seen))).toBe(
    '401 the token is signed with a key that its issuer does not have',
  );
});

test('guard starts before the provider', async () => {
  const first = await provider('0', 'one');
  const token = await first.token();
  await first.stop();
  const { identity, notes } = await opened(first.issuer);
  expect(brief(await ask(identity, token))).toMatch(/^503 the keys of the issuer cannot be had/);
  expect(notes[0]).toMatch(/ECONNREFUSED.*answered with 503 until they can/);
  const later = await provider(new URL(first.issuer).port, 'two', 'RS256');
  // guard asks ever less often, up to once a minute.
  await eventually('the keys of the issuer', () => identity.trouble === undefined, 4 * PATIENCE_MS);
  expect(await heard(identity, await later.token(), BOT)).toBe(BOT);
  expect(notes.at(-1)).toBe('the issuer can be reached again');
});
