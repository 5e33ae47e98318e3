// What counting costs: npx tsx test/bench/ledger.ts [records]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createFileLedger } from '../../src/limits/file-ledger.js';
import type { Draw, Ledger } from '../../src/limits/ledger.js';
import { parseDecimal } from '../../src/platform/decimal.js';
import { randomId } from '../../src/platform/random-id.js';
import { median } from './measures.js';

const RECORDS = Number(process.argv[2] ?? 100_000);
const CALLS = 5000;
const OPENINGS = 11;
const WINDOW_MS = 86_400_000;

const folder = mkdtempSync(path.join(tmpdir(), 'guard-bench-ledger-'));
try {
  const empty = callCosts(open('empty'));
  const filled = open('filled');
  fill(filled);
  const behind = callCosts(filled);
  console.log(`peek + reserve + settle, empty ledger: median ${empty.median} µs, p99 ${empty.p99} µs`);
  console.log(
    `the same with ${RECORDS} calls in the window: median ${behind.median} µs, p99 ${behind.p99} µs`,
  );
  console.log(`opening with ${RECORDS} calls in the window: median ${openingMs()} ms`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function open(name: string): Ledger {
  return createFileLedger({ folder: path.join(folder, name), newId: () => randomId('', 16) });
}

/** A call count and an amount of money, as a rule and a budget draw. */
function draws(count: number): Draw[] {
  const common = { windowMs: WINDOW_MS, overage: false } as const;
  const amount = decimal(`${count % 50}.${String(count % 97).padStart(2, '0')}`);
  return [
    {
      ...common,
      pot: 'calls',
      name: 'user/calls',
      amount: decimal('1'),
      limit: decimal('10000000'),
      currency: null,
    },
    { ...common, pot: 'money', name: 'payments', amount, limit: decimal('1000000000'), currency: 'EUR' },
  ];
}

function fill(ledger: Ledger): void {
  for (let count = 0; count < RECORDS; count += 1) call(ledger, count);
}

function call(ledger: Ledger, count: number): void {
  const wanted = draws(count);
  const nowMs = Date.now();
  if (ledger.peek(wanted, nowMs).kind !== 'free') throw new Error('the pot is empty');
  const reserved = ledger.reserve(wanted, nowMs);
  if (reserved.kind !== 'reserved') throw new Error(JSON.stringify(reserved));
  ledger.settle(reserved.id, 'spent', nowMs);
}

function callCosts(ledger: Ledger): { readonly median: string; readonly p99: string } {
  const times: number[] = [];
  for (let count = 0; count < CALLS; count += 1) {
    const begin = performance.now();
    call(ledger, count);
    times.push((performance.now() - begin) * 1000);
  }
  const p99 = times.toSorted((a, b) => a - b)[Math.floor(CALLS * 0.99)] ?? 0;
  return { median: median(times).toFixed(1), p99: p99.toFixed(1) };
}

function openingMs(): string {
  const times = Array.from({ length: OPENINGS }, () => {
    const begin = performance.now();
    const ledger = open('filled');
    ledger.peek(draws(1), Date.now());
    const took = performance.now() - begin;
    ledger.close();
    return took;
  });
  return `${median(times).toFixed(1)} ms, first ${(times[0] ?? 0).toFixed(1)}`;
}

function decimal(text: string): Draw['amount'] {
  const parsed = parseDecimal(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
}
