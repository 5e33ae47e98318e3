import { durationMs, sizeBytes } from '../platform/units.js';
import type { NumberTest } from '../audit/filter.js';
import { usageError } from './text-option.js';

const COMPARISON = /^(>=|<=|>|<|=)?\s*(.+)$/;
const PLAIN = /^\d+(?:\.\d+)?$/;

const TESTS: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '=': (value, limit) => value === limit,
};

/** What a range counts, how its ends are read and how one looks. */
const KINDS = {
  latency: { unit: durationMs, example: "'>100', '>=2s', '<5ms' or 100..200" },
  size: { unit: sizeBytes, example: "'>1000', '>=64KiB', '<1MB' or 100..200" },
} as const;

/**
 * The test of a number by `>100`, `>=2s`, `<1MB`, `=5` or `100..200` (both ends included), all of which
 * must hold. A latency without a unit is in milliseconds, a size in bytes. Throws GuardError `usage`.
 */
export function parseRange(
  kind: keyof typeof KINDS,
  texts: readonly string[] | undefined,
): NumberTest | undefined {
  const tests = texts?.map((text) => testOf(kind, text));
  return tests && ((value) => tests.every((test) => test(value)));
}

function testOf(kind: keyof typeof KINDS, text: string): NumberTest {
  const [from, to, ...more] = text.split('..').map((end) => amountOf(kind, end.trim()));
  if (from !== undefined && to !== undefined && more.length === 0 && from <= to) {
    return (value) => value >= from && value <= to;
  }
  const parts = COMPARISON.exec(text.trim());
  const limit = amountOf(kind, parts?.[2] ?? '');
  const test = TESTS[parts?.[1] ?? '='];
  if (test === undefined || limit === undefined) {
    throw usageError(`--${kind}: expected a range, got "${text}"`, `use ${KINDS[kind].example}`);
  }
  return (value) => test(value, limit);
}

function amountOf(kind: keyof typeof KINDS, text: string): number | undefined {
  return PLAIN.test(text) ? Number(text) : KINDS[kind].unit(text);
}
