import { describe, expect, test } from 'vitest';
import { type Clock, systemClock } from '../../src/platform/clock.js';
import { Rig } from './rig.js';
import { complaints, playOn, playSession, sessionPolicy } from './scenario.js';

const real = systemClock();
let step = 0;

/** Clocks that real machines have shown: after a suspend, a wrong battery, a virtual machine that moved. */
const CLOCKS: readonly (readonly [string, Clock])[] = [
  [
    'stands still',
    { ...real, monotonicMs: () => 0, wallMs: () => 0, timestamp: () => '1970-01-01T00:00:00.000Z' },
  ],
  ['jumps a year at each look', { ...real, monotonicMs: () => (step += 365 * 24 * 3600 * 1000) }],
  ['the wall clock goes back', { ...real, timestamp: () => new Date(4e12 - (step += 1e9)).toISOString() }],
  ['is no number', { ...real, monotonicMs: () => Number.NaN }],
];

describe('a clock that cannot be relied on changes no decision and loses no answer', () => {
  test.each(CLOCKS)('%s', async (_title, clock) => {
    const rig = new Rig({ policy: sessionPolicy(), clock });
    await playSession(rig);
    expect(await playOn(rig)).toBe('passed');
    expect(complaints(rig)).toEqual([]);
    await rig.close();
  });
});
