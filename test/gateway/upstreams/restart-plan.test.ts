import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { RestartPlan, type Restart } from '../../../src/gateway/upstreams/restart-plan.js';
import { verifies } from '../../requirements.js';

verifies('gateway:upstream:restarts', 'gateway:upstream:circuit-breaker');

/** The restarts after failures at these times, with all of the jitter. */
function restarts(atMs: readonly number[], random = 1): Restart[] {
  const plan = new RestartPlan(() => random);
  return atMs.map((ms) => plan.failed(ms));
}

describe('the wait before a restart', () => {
  test('doubles from failure to failure, up to half a minute', () => {
    const spaced = Array.from({ length: 10 }, (_, index) => index * 61_000);
    expect(restarts(spaced).map(({ delayMs }) => delayMs)).toEqual([
      250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000,
    ]);
  });

  test('is spread over its second half', () => {
    expect(restarts([0], 0)).toEqual([{ kind: 'waiting', delayMs: 125 }]);
    expect(restarts([0], 0.5)).toEqual([{ kind: 'waiting', delayMs: 188 }]);
  });

  test('starts anew after a connection that held', () => {
    const plan = new RestartPlan(() => 1);
    for (const at of [0, 1, 2]) plan.failed(at);
    plan.held();
    expect(plan.failed(3)).toEqual({ kind: 'waiting', delayMs: 250 });
  });
});

describe('the circuit', () => {
  test('opens with the fifth failure in a minute', () => {
    const kinds = restarts([0, 100, 200, 300, 59_999]).map(({ kind }) => kind);
    expect(kinds).toEqual(['waiting', 'waiting', 'waiting', 'waiting', 'broken']);
  });

  test('stays closed where they are spread', () => {
    const kinds = restarts([0, 100, 200, 300, 60_000]).map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['waiting']));
  });

  test('allows one trial after each break, and breaks twice as long if it fails', () => {
    const breaks = restarts([0, 1, 2, 3, 4, 30_004, 90_004, 210_004, 450_004, 750_004]).slice(4);
    expect(breaks.map(({ kind, delayMs }) => [kind, delayMs])).toEqual([
      ['broken', 30_000],
      ['broken', 60_000],
      ['broken', 120_000],
      ['broken', 240_000],
      ['broken', 300_000],
      ['broken', 300_000],
    ]);
  });
});

test('every delay is above zero and within its bound, whatever happens', () => {
  const event = fc.oneof(fc.nat(100_000), fc.constant('held' as const));
  fc.assert(
    fc.property(
      fc.array(event),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (events, r) => {
        const plan = new RestartPlan(() => r);
        let nowMs = 0;
        for (const step of events) {
          if (step === 'held') plan.held();
          else {
            nowMs += step;
            const { kind, delayMs } = plan.failed(nowMs);
            expect(delayMs).toBeGreaterThanOrEqual(kind === 'broken' ? 15_000 : 125);
            expect(delayMs).toBeLessThanOrEqual(kind === 'broken' ? 300_000 : 30_000);
          }
        }
      },
    ),
  );
});
