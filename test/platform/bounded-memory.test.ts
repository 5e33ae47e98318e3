import { expect, test } from 'vitest';
import { BoundedMemory } from '../../src/platform/bounded-memory.js';

test('what was set is found again', () => {
  const memory = new BoundedMemory<number>(2, 3);
  expect(memory.get('a')).toBeUndefined();
  expect(memory.set('a', 1)).toBe(1);
  expect(memory.get('a')).toBe(1);
});

test('a full memory forgets everything before it takes more', () => {
  const memory = new BoundedMemory<number>(2, 3);
  for (const [index, text] of ['a', 'b', 'c'].entries()) memory.set(text, index);
  expect(['a', 'b', 'c'].map((text) => memory.get(text))).toEqual([undefined, undefined, 2]);
});

test('a long text is not kept', () => {
  const memory = new BoundedMemory<number>(2, 3);
  expect(memory.set('long', 1)).toBe(1);
  expect(memory.get('long')).toBeUndefined();
});
