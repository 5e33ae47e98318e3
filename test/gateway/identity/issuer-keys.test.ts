import { type JWTVerifyGetKey, errors } from 'jose';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { IssuerKeys } from '../../../src/gateway/identity/issuer-keys.js';
import { KeysUnavailable } from '../../../src/gateway/identity/verify-jwt.js';
import {
  ISSUER_KEYS_FRESH_MS,
  ISSUER_KEYS_KEPT_MS,
  ISSUER_RETRY_MS,
  ISSUER_RETRY_MS_MAX,
  ISSUER_UNKNOWN_KEY_MS,
} from '../../../src/platform/bounds.js';
import { verifies } from '../../requirements.js';
import { type SigningKey, signingKey } from './issuer.js';

verifies('identity:rotation', 'identity:outage');

const [one, two] = [await signingKey('one'), await signingKey('two')];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Issuer {
  readonly keys: IssuerKeys;
  readonly notes: string[];
  /** How often the keys changed. */
  changes: number;
  fetches: number;
  /** What it publishes; undefined while it is out of reach. */
  published: readonly SigningKey[] | undefined;
  /** When set, a fetch waits for it. */
  gate: Promise<void> | undefined;
}

function issuerWith(...published: readonly SigningKey[]): Issuer {
  const notes: string[] = [];
  const clock = { wallMs: () => Date.now(), monotonicMs: () => Date.now(), timestamp: () => '' };
  const issuer: Issuer = {
    notes,
    changes: 0,
    fetches: 0,
    published,
    gate: undefined,
    keys: new IssuerKeys({
      clock,
      note: (text) => notes.push(text),
      changed: () => {
        issuer.changes += 1;
      },
      load: async () => {
        issuer.fetches += 1;
        await issuer.gate;
        if (issuer.published === undefined) throw new Error('out of reach');
        return { keys: issuer.published.map(({ jwk }) => jwk) };
      },
    }),
  };
  return issuer;
}

/** What a token that names this key meets. */
async function look({ keys }: Issuer, kid: string): Promise<'found' | 'none' | 'unavailable'> {
  try {
    await keys.find({ alg: 'ES256', kid }, {} as Parameters<JWTVerifyGetKey>[1]);
    return 'found';
  } catch (error) {
    if (error instanceof KeysUnavailable) return 'unavailable';
    if (error instanceof errors.JWKSNoMatchingKey) return 'none';
    throw error;
  }
}

test('requests that come before the first keys wait for them, and one fetch serves all', async () => {
  const issuer = issuerWith(one);
  issuer.keys.start();
  expect(await Promise.all([look(issuer, 'one'), look(issuer, 'one'), look(issuer, 'two')])).toEqual([
    'found',
    'found',
    'none',
  ]);
  // The second one was for the unknown key.
  expect(issuer.fetches).toBe(2);
  issuer.keys.close();
});

test('an unknown key is looked for once at a bounded rate, whoever names it', async () => {
  const issuer = issuerWith(one);
  issuer.keys.start();
  for (let index = 0; index < 50; index += 1) expect(await look(issuer, `made-up-${index}`)).toBe('none');
  await Promise.all(Array.from({ length: 50 }, (_, index) => look(issuer, `again-${index}`)));
  expect(issuer.fetches).toBe(2);
  issuer.published = [one, two];
  expect(await look(issuer, 'two')).toBe('none');
  vi.setSystemTime(Date.now() + ISSUER_UNKNOWN_KEY_MS);
  expect(await look(issuer, 'two')).toBe('found');
  expect(issuer.fetches).toBe(3);
  expect(issuer.changes).toBe(1);
  issuer.keys.close();
});

test('a new key is found at once, an old one stops counting with it', async () => {
  const issuer = issuerWith(one);
  issuer.keys.start();
  expect(await look(issuer, 'one')).toBe('found');
  issuer.published = [two];
  expect(await look(issuer, 'two')).toBe('found');
  expect(await look(issuer, 'one')).toBe('none');
  issuer.keys.close();
});

test('a key that was withdrawn stops counting without anybody asking', async () => {
  const issuer = issuerWith(one, two);
  issuer.keys.start();
  expect(await look(issuer, 'two')).toBe('found');
  issuer.published = [one];
  await vi.advanceTimersByTimeAsync(ISSUER_KEYS_FRESH_MS);
  expect(issuer.changes).toBe(1);
  issuer.published = undefined;
  expect(await look(issuer, 'two')).toBe('none');
  issuer.keys.close();
});

test('an outage: known keys count on, unknown ones do not, and its end is noticed', async () => {
  const issuer = issuerWith(one);
  issuer.keys.start();
  expect(await look(issuer, 'one')).toBe('found');
  issuer.published = undefined;
  await vi.advanceTimersByTimeAsync(ISSUER_KEYS_FRESH_MS + 60 * 60_000);
  expect(await look(issuer, 'one')).toBe('found');
  expect(await look(issuer, 'two')).toBe('none');
  expect(issuer.keys.trouble).toBe('out of reach');
  expect(issuer.notes).toEqual([
    'the keys of the issuer cannot be fetched: out of reach; those of the last time count on',
  ]);
  issuer.published = [two];
  await vi.advanceTimersByTimeAsync(ISSUER_RETRY_MS_MAX);
  expect(await look(issuer, 'two')).toBe('found');
  expect(await look(issuer, 'one')).toBe('none');
  expect(issuer.keys.trouble).toBeUndefined();
  expect(issuer.notes.at(-1)).toBe('the issuer can be reached again');
  issuer.keys.close();
});

test('an outage without end: keys do not count for ever', async () => {
  const issuer = issuerWith(one);
  issuer.keys.start();
  expect(await look(issuer, 'one')).toBe('found');
  issuer.published = undefined;
  vi.setSystemTime(Date.now() + ISSUER_KEYS_KEPT_MS);
  expect(await look(issuer, 'one')).toBe('found');
  vi.setSystemTime(Date.now() + 1);
  expect(await look(issuer, 'one')).toBe('unavailable');
  issuer.keys.close();
});

test('an issuer that is out of reach at start is asked again, ever less often', async () => {
  const issuer = issuerWith();
  issuer.published = undefined;
  issuer.keys.start();
  expect(await look(issuer, 'one')).toBe('unavailable');
  await vi.advanceTimersByTimeAsync(ISSUER_RETRY_MS * 7);
  expect(issuer.fetches).toBe(4);
  await vi.advanceTimersByTimeAsync(60 * 60_000);
  expect(issuer.fetches).toBeLessThan(70);
  expect(issuer.notes).toEqual([
    'the keys of the issuer cannot be fetched: out of reach; requests are answered with 503 until they can',
  ]);
  issuer.published = [one];
  await vi.advanceTimersByTimeAsync(ISSUER_RETRY_MS_MAX);
  expect(await look(issuer, 'one')).toBe('found');
  issuer.keys.close();
});

test('keys that are none are an outage, not an empty set', async () => {
  const issuer = issuerWith(one);
  issuer.keys.start();
  expect(await look(issuer, 'one')).toBe('found');
  issuer.published = [{ ...one, jwk: 7 as never }];
  await vi.advanceTimersByTimeAsync(ISSUER_KEYS_FRESH_MS);
  expect(await look(issuer, 'one')).toBe('found');
  expect(issuer.keys.trouble).toBeDefined();
  issuer.keys.close();
});

test('after close nothing is asked any more', async () => {
  const issuer = issuerWith(one);
  issuer.keys.start();
  expect(await look(issuer, 'one')).toBe('found');
  issuer.keys.close();
  await vi.advanceTimersByTimeAsync(10 * ISSUER_KEYS_FRESH_MS);
  expect(issuer.fetches).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
});
