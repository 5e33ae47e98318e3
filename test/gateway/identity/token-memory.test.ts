import { expect, test } from 'vitest';
import { TokenMemory } from '../../../src/gateway/identity/token-memory.js';
import type { Principal } from '../../../src/gateway/identity/principal.js';
import { TOKENS_REMEMBERED_MAX, TOKEN_REMEMBERED_MS } from '../../../src/platform/bounds.js';
import { verifies } from '../../requirements.js';
import { heldClock } from './issuer.js';

verifies('identity:token:remembered');

const principal: Principal = { agent: 'a', key: 'k', scopes: [], claims: {} };

test('a token is remembered for a bounded time', () => {
  const clock = heldClock();
  const memory = new TokenMemory(clock);
  memory.set('one', principal, clock.wallMs() + 10 * TOKEN_REMEMBERED_MS);
  clock.pass(TOKEN_REMEMBERED_MS - 1);
  expect(memory.get('one')).toBe(principal);
  clock.pass(1);
  expect(memory.get('one')).toBeUndefined();
});

test('a token is not remembered beyond its own end', () => {
  const clock = heldClock();
  const memory = new TokenMemory(clock);
  memory.set('one', principal, clock.wallMs() + 500);
  clock.pass(500);
  expect(memory.get('one')).toBeUndefined();
});

test('a bounded number is remembered: the oldest goes', () => {
  const clock = heldClock();
  const memory = new TokenMemory(clock);
  for (let index = 0; index <= TOKENS_REMEMBERED_MAX; index += 1) {
    memory.set(String(index), principal, clock.wallMs() + 500);
  }
  expect(memory.get('0')).toBeUndefined();
  expect(memory.get('1')).toBe(principal);
  expect(memory.get(String(TOKENS_REMEMBERED_MAX))).toBe(principal);
  memory.clear();
  expect(memory.get('1')).toBeUndefined();
});

test('the token itself is not kept', () => {
  expect(new TokenMemory(heldClock()).keyOf('secret')).toBe('K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=');
});
