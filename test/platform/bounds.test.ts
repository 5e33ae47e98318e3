import { expect, test } from 'vitest';
import * as bounds from '../../src/platform/bounds.js';

test('every bound is a positive finite number whose name says its unit', () => {
  const entries = Object.entries(bounds);
  expect(entries.length).toBeGreaterThan(50);
  for (const [name, value] of entries) {
    expect([name, typeof value === 'number' && Number.isFinite(value) && value > 0]).toEqual([name, true]);
    expect(name).toMatch(/^[A-Z][A-Z0-9_]*$/);
  }
});
