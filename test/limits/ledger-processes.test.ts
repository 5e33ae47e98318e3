import { describe, expect, test } from 'vitest';
import { hammer, killHammerers } from './hammering.js';

describe('real processes on one ledger', () => {
  test('8 of them take exactly 10,000 calls from a pot of 10,000', async () => {
    expect(await hammer('calls', '10000', 6, 8, 1)).toEqual({ allowed: 10_000, used: '10000' });
  });

  test('a budget of 1,000.00 in random amounts is never exceeded, and the ledger adds up', async () => {
    const { allowed, used } = await hammer('budget', '1000.00', 5, 8, 2);
    expect(allowed).toBeGreaterThan(300);
    expect(Number(used)).toBeGreaterThan(990);
  });

  test('20 kills at random moments: nothing that was told is missing, no window is exceeded', async () => {
    const { allowed } = await killHammerers(20, 3);
    expect(allowed).toBeGreaterThan(20);
  });
});
