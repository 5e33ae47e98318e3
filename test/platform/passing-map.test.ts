import { expect, test } from 'vitest';
import { PassingMap } from '../../src/platform/passing-map.js';

test('a value is found until it is taken out', () => {
  const map = new PassingMap<number, string>();
  map.set(1, 'a');
  map.set(2, 'b');
  map.set(1, 'c');
  expect([map.size, map.get(1), map.has(2)]).toEqual([2, 'c', true]);
  expect([...map.entries()]).toEqual([
    [1, 'c'],
    [2, 'b'],
  ]);
  expect([map.take(1), map.take(1), map.get(1), map.size]).toEqual(['c', undefined, undefined, 1]);
});

test('what is walked may be taken out on the way', () => {
  const map = new PassingMap<number, string>();
  for (const key of [1, 2, 3]) map.set(key, String(key));
  const seen: string[] = [];
  for (const [key, value] of map.entries()) {
    seen.push(value);
    map.take(key);
    map.take(2);
  }
  expect([seen, map.size]).toEqual([['1', '3'], 0]);
});

test('cleared, it holds nothing', () => {
  const map = new PassingMap<string, number>();
  map.set('a', 1);
  map.clear();
  expect([map.size, map.get('a'), [...map.values()]]).toEqual([0, undefined, []]);
});
