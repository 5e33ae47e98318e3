import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Patience } from '../../../src/gateway/core/patience.js';

const TIME_MS = 1000;
let told: string[] = [];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  told = [];
});
afterEach(() => void vi.useRealTimers());

function newPatience(): Patience {
  return new Patience({ monotonicMs: () => performance.now() }, TIME_MS);
}

const patient = (name: string): { late(): void } => ({ late: () => void told.push(name) });

test('tells each that is still there when its own time is over, the oldest first', () => {
  const patience = newPatience();
  patience.enter(patient('a'));
  vi.advanceTimersByTime(400);
  const second = patience.enter(patient('b'));
  patience.enter(patient('c'));
  vi.advanceTimersByTime(500);
  patience.enter(patient('d'));
  patience.leave(second);
  vi.advanceTimersByTime(99);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(told).toEqual(['a']);
  vi.advanceTimersByTime(400);
  expect(told).toEqual(['a', 'c']);
  vi.advanceTimersByTime(500);
  expect(told).toEqual(['a', 'c', 'd']);
  expect(vi.getTimerCount()).toBe(0);
});

test('has one timer for all, and waits anew for who comes after it went off', () => {
  const patience = newPatience();
  const turns = ['a', 'b', 'c'].map((name) => patience.enter(patient(name)));
  expect(vi.getTimerCount()).toBe(1);
  for (const turn of [turns[1], turns[0], turns[2]]) if (turn !== undefined) patience.leave(turn);
  vi.advanceTimersByTime(TIME_MS);
  expect(vi.getTimerCount()).toBe(0);
  patience.enter(patient('d'));
  vi.advanceTimersByTime(TIME_MS);
  expect(told).toEqual(['d']);
});

test('tells one that another one brought in while it was told in its own time', () => {
  const patience = newPatience();
  patience.enter({ late: () => void patience.enter(patient('b')) });
  vi.advanceTimersByTime(TIME_MS);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(TIME_MS);
  expect(told).toEqual(['b']);
});

test('tells nobody once it is closed', () => {
  const patience = newPatience();
  patience.enter(patient('a'));
  patience.close();
  vi.advanceTimersByTime(2 * TIME_MS);
  expect(told).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});
