import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { apply, createLedgerState } from '../../src/limits/fold.js';
import type { Ledger } from '../../src/limits/ledger.js';
import { decodeSnapshot, encodeSnapshot } from '../../src/limits/snapshot.js';
import { systemLedgerFiles } from '../../src/limits/ledger-files.js';
import { LEDGER_RECORD_BYTES_MAX } from '../../src/platform/bounds.js';
import { decimal, draw, text } from './draws.js';
import { NOW, useLedgerFolder } from './ledger-folder.js';

const folderOf = useLedgerFolder();
const DAY_MS = 86_400_000;
/** More than fills one file. */
const MANY = 2500;

const many = (pot = 'many'): ReturnType<typeof draw> => draw({ pot, limit: '1000000', windowMs: DAY_MS });
const sums = (ledger: Ledger): [string, string][] =>
  ledger.pots(NOW).map(({ pot, used }) => [pot, text(used)]);

function drawn(ledger: Ledger, count: number): void {
  for (let index = 0; index < count; index += 1) expect(ledger.reserve([many()], NOW).kind).toBe('reserved');
}

function fail(): never {
  throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
}

describe('compaction', () => {
  test('a full file is closed, the next begins with what it came to, and nothing is lost', () => {
    const place = folderOf();
    const ledger = place.open();
    const open = ledger.reserve([draw({ amount: '2' })], NOW);
    drawn(ledger, 3 * MANY);
    const numbers = place.names().map((name) => Number(/\d+/.exec(name)?.[0]));
    expect(numbers.length).toBe(2);
    expect(numbers[1]).toBeGreaterThan(2);
    expect(place.text(numbers[0]).trimEnd().endsWith('{"v":1,"op":"close"}')).toBe(true);
    if (open.kind === 'reserved') ledger.settle(open.id, 'refunded', NOW);
    expect(sums(ledger)).toEqual([
      ['pot-a', '0'],
      ['many', String(3 * MANY)],
    ]);
    expect(sums(place.open())).toEqual(sums(ledger));
  });

  test('a ledger that slept through several files goes on in the newest', () => {
    const place = folderOf();
    const [sleeper, busy] = [place.open(), place.open()];
    const first = sleeper.reserve([draw({ amount: '3' })], NOW);
    drawn(busy, 3 * MANY);
    expect(sleeper.peek([draw()], NOW).kind).toBe('exceeded');
    if (first.kind === 'reserved') sleeper.settle(first.id, 'refunded', NOW);
    expect(busy.reserve([draw({ amount: '3' })], NOW).kind).toBe('reserved');
    expect(sleeper.reserve([draw()], NOW).kind).toBe('exceeded');
  });

  test('a record behind the closing mark is void, and its writer repeats it in the next file', () => {
    const place = folderOf();
    const [one, other] = [place.open(), place.open()];
    one.reserve([draw()], NOW);
    const open = other.reserve([draw()], NOW);
    place.append(
      '\n{"v":1,"op":"close"}\n{"v":1,"op":"reset","pot":"pot-a","atMs":1,"by":"x","reason":"late"}\n',
    );
    if (open.kind === 'reserved') other.settle(open.id, 'refunded', NOW);
    expect(one.reserve([draw()], NOW).kind).toBe('reserved');
    expect(sums(one)).toEqual([['pot-a', '2']]);
    expect(sums(other)).toEqual([['pot-a', '2']]);
    expect(place.names()).toEqual(['ledger-1.jsonl', 'ledger-2.jsonl']);
  });

  test.each(['create', 'list', 'open', 'read'] as const)(
    'a process that fails between two files (%s) leaves nothing half done',
    (call) => {
      const place = folderOf();
      let isClosed = false;
      const files = { ...systemLedgerFiles };
      const ledger = place.open({
        ...files,
        write(descriptor, bytes) {
          isClosed ||= Buffer.from(bytes).includes('"op":"close"');
          return files.write(descriptor, bytes);
        },
        [call]: (...args: never[]) =>
          isClosed ? fail() : (files[call] as (...all: never[]) => unknown)(...args),
      });
      let count = 0;
      while (ledger.reserve([many()], NOW).kind === 'reserved') count += 1;
      expect(count).toBeGreaterThan(1000);
      expect(ledger.peek([many()], NOW)).toMatchObject({ kind: 'unavailable' });
      const other = place.open();
      expect(sums(other)).toEqual([['many', String(count)]]);
      isClosed = false;
      expect(ledger.reserve([many()], NOW).kind).toBe('reserved');
      expect(sums(other)).toEqual([['many', String(count + 1)]]);
    },
  );

  test('an old file that cannot be removed is left alone', () => {
    const place = folderOf();
    const ledger = place.open({ ...systemLedgerFiles, remove: fail });
    drawn(ledger, 3 * MANY);
    expect(place.names()).toContain('ledger-1.jsonl');
    expect(sums(place.open())).toEqual([['many', String(3 * MANY)]]);
  });

  test('an old file that a sleeper made again is never written to', () => {
    const place = folderOf();
    const ledger = place.open();
    drawn(ledger, 3 * MANY);
    const stale = encodeSnapshot(createLedgerState(), 1);
    writeFileSync(place.file(1), `${stale}\n`, { mode: 0o600 });
    writeFileSync(path.join(place.folder, 'ledger-1.jsonl.77-1.tmp'), 'a draft of one that was killed');
    const other = place.open();
    other.reserve([many()], NOW);
    expect(sums(ledger)).toEqual([['many', String(3 * MANY + 1)]]);
    drawn(other, 2 * MANY);
    expect(place.text(1 + Number(/\d+/.exec(place.names()[0] ?? '')?.[0]))).toContain('snapshot');
    expect(place.names().some((name) => name.endsWith('.tmp') || name === 'ledger-1.jsonl')).toBe(false);
  });

  test('a snapshot of 100,000 amounts is one line and comes back equal', () => {
    const state = createLedgerState();
    for (let index = 0; index < 100_000; index += 1) {
      const id = `id-${index}`;
      const amount = `${index % 7}.${index % 10}1`;
      const money = draw({ pot: 'money', amount, limit: '1e9', windowMs: DAY_MS, currency: 'EUR' });
      apply(state, { op: 'reserve', id, atMs: NOW + index, draws: [money] });
      const as = index % 11 === 0 ? 'ambiguous' : 'spent';
      if (index % 5 > 0) apply(state, { op: 'settle', id, atMs: NOW + index, as });
    }
    const line = encodeSnapshot(state, 5);
    expect(line.length).toBeGreaterThan(10 * LEDGER_RECORD_BYTES_MAX);
    const decoded = decodeSnapshot(line);
    if (decoded.kind === 'refused') throw new Error(decoded.why);
    expect(decoded.state.entries).toBe(100_000);
    expect(encodeSnapshot(decoded.state, 5) === line).toBe(true);
    expect(decoded.state.pots.get('money')?.limit).toEqual(decimal('1e9'));
  });

  test('the reasons of resets outlive the file that they were written to', () => {
    const place = folderOf();
    const ledger = place.open();
    ledger.reserve([draw()], NOW);
    ledger.reset('pot-a', 'month end', 'ana', NOW);
    drawn(ledger, MANY);
    const newest = place.names().at(-1) ?? '';
    expect(place.text(Number(/\d+/.exec(newest)?.[0]))).toContain('"by":"ana","reason":"month end"');
  });
});
