import { expect, test } from 'vitest';
import { PendingRequests } from '../../src/jsonrpc/pending.js';
import { PENDING_MAX } from '../../src/platform/bounds.js';

function pendingWith(...ids: (string | number)[]): PendingRequests<string> {
  const pending = new PendingRequests<string>();
  for (const id of ids) pending.add(id, `entry of ${JSON.stringify(id)}`);
  return pending;
}

test('ids differ by type and by value', () => {
  const pending = pendingWith(1, '1', '', 0, '__proto__');
  expect(pending.take('1')).toBe('entry of "1"');
  expect(pending.take('1')).toBeUndefined();
  expect(pending.take(1)).toBe('entry of 1');
  expect(pending.take('0')).toBeUndefined();
  expect(pending.take('constructor')).toBeUndefined();
  expect(pending.take('__proto__')).toBe('entry of "__proto__"');
  expect(pending.size).toBe(2);
});

test('an answer is taken once', () => {
  const pending = pendingWith(1);
  expect([pending.has(1), pending.peek(1)]).toEqual([true, 'entry of 1']);
  expect(pending.take(1)).toBe('entry of 1');
  expect([pending.has(1), pending.peek(1), pending.take(1)]).toEqual([false, undefined, undefined]);
});

test('the late answer of a cancelled request is taken once, and its id is not free before', () => {
  const pending = pendingWith(1);
  expect(pending.cancel(1)).toBe('entry of 1');
  expect(pending.cancel(1)).toBeUndefined();
  expect([pending.has(1), pending.peek(1), pending.size]).toEqual([true, undefined, 0]);
  expect(pending.take(1)).toBe('entry of 1');
  expect([pending.has(1), pending.take(1)]).toEqual([false, undefined]);
});

test('cancelled requests are remembered up to a bound, the oldest forgotten first', () => {
  const pending = new PendingRequests<number>();
  for (let id = 0; id <= 1000; id++) {
    pending.add(id, id);
    pending.cancel(id);
  }
  expect([pending.has(0), pending.has(1), pending.has(1000)]).toEqual([false, true, true]);
});

test('it says when it is full', () => {
  const pending = new PendingRequests<number>();
  for (let id = 0; id < PENDING_MAX - 1; id++) pending.add(id, id);
  expect(pending.full).toBe(false);
  pending.add('last', 0);
  expect(pending.full).toBe(true);
  pending.take(0);
  expect(pending.full).toBe(false);
});

test('what is left is drained in order, and then nothing waits', () => {
  const pending = pendingWith('b', 'a', 3);
  pending.cancel('a');
  expect([...pending.entries()].map(([id]) => id)).toEqual(['b', 3]);
  expect(pending.drain()).toEqual([
    ['b', 'entry of "b"'],
    [3, 'entry of 3'],
  ]);
  expect([pending.size, pending.has('a'), pending.drain()]).toEqual([0, false, []]);
});
