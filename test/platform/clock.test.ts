import { expect, test } from 'vitest';
import { systemClock } from '../../src/platform/clock.js';

test('timestamps are RFC 3339 in UTC with milliseconds, and follow the wall clock', () => {
  const clock = systemClock();
  const beforeMs = clock.wallMs();
  const text = clock.timestamp();
  expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(Date.parse(text)).toBeGreaterThanOrEqual(beforeMs);
  expect(Date.parse(text)).toBeLessThanOrEqual(clock.wallMs());
});

test('a new millisecond gives a new text', async () => {
  const clock = systemClock();
  const first = clock.timestamp();
  while (clock.wallMs() <= Date.parse(first)) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(Date.parse(clock.timestamp())).toBeGreaterThan(Date.parse(first));
});

test('the monotonic clock never goes back', () => {
  const clock = systemClock();
  let lastMs = clock.monotonicMs();
  for (let index = 0; index < 10_000; index++) {
    const nowMs = clock.monotonicMs();
    expect(nowMs >= lastMs).toBe(true);
    lastMs = nowMs;
  }
});
