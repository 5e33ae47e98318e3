import { expect, test } from 'vitest';
import { SessionSlots } from '../../../src/gateway/upstreams/session-slots.js';
import { UPSTREAM_SESSIONS_MAX, UPSTREAM_SESSIONS_TOTAL_MAX } from '../../../src/platform/bounds.js';
import { verifies } from '../../requirements.js';

verifies('gateway:upstream:isolation');

/** Takes places until there is none left. */
function takeAll(slots: SessionSlots, name: string): (() => void)[] {
  const taken: (() => void)[] = [];
  for (let give = slots.take(name); give !== null; give = slots.take(name)) taken.push(give);
  return taken;
}

test('one upstream has its places, and all together have theirs', () => {
  const slots = new SessionSlots();
  const taken = ['a', 'b', 'c', 'd', 'e'].map((name) => takeAll(slots, name).length);
  expect(taken.slice(0, 4)).toEqual(Array.from({ length: 4 }, () => UPSTREAM_SESSIONS_MAX));
  expect(taken.reduce((sum, count) => sum + count)).toBe(UPSTREAM_SESSIONS_TOTAL_MAX);
});

test('a place that is given back twice is free once', () => {
  const slots = new SessionSlots();
  const [first] = takeAll(slots, 'a');
  first?.();
  first?.();
  expect(takeAll(slots, 'a')).toHaveLength(1);
});
