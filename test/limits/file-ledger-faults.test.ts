import { describe, expect, test } from 'vitest';
import { type LedgerFiles, systemLedgerFiles } from '../../src/limits/ledger-files.js';
import { addDecimals, compareDecimals } from '../../src/platform/decimal.js';
import { decimal, draw } from './draws.js';
import { NOW, useLedgerFolder } from './ledger-folder.js';

const folderOf = useLedgerFolder();

/** More calls to the file system than a run makes, so that the last runs meet no fault. */
const FAULTS = 60;
const ROUNDS = 8;

interface Faulty {
  readonly files: LedgerFiles;
  /** Calls to the file system so far. */
  calls: number;
  /** From here on nothing fails. */
  mended: boolean;
}

/** A file system whose n-th call fails, and with `lasting` every one after it; writes are cut short with `cut`. */
function faulty(nth: number, kind: 'once' | 'lasting' | 'cut'): Faulty {
  const state: Faulty = { files: systemLedgerFiles, calls: 0, mended: false };
  const due = (): boolean => {
    state.calls += 1;
    return !state.mended && (kind === 'once' ? state.calls === nth : state.calls >= nth);
  };
  const failing = <Args extends unknown[], Result>(call: (...args: Args) => Result) => {
    return (...args: Args): Result => {
      if (due() && kind !== 'cut')
        throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
      return call(...args);
    };
  };
  const files: LedgerFiles = {
    makeFolder: failing(systemLedgerFiles.makeFolder),
    list: failing(systemLedgerFiles.list),
    statusAt: failing(systemLedgerFiles.statusAt),
    open: failing(systemLedgerFiles.open),
    status: failing(systemLedgerFiles.status),
    read: failing(systemLedgerFiles.read),
    create: failing(systemLedgerFiles.create),
    remove: failing(systemLedgerFiles.remove),
    close: systemLedgerFiles.close,
    write(descriptor, bytes) {
      if (!due()) return systemLedgerFiles.write(descriptor, bytes);
      if (kind !== 'cut') throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
      return systemLedgerFiles.write(descriptor, bytes.subarray(0, nth % bytes.length));
    },
  };
  return Object.assign(state, { files });
}

describe('a file system that fails at its n-th call', () => {
  test.each(['once', 'lasting', 'cut'] as const)(
    '%s: never above the limit, nothing that was told is missing',
    (kind) => {
      for (let nth = 1; nth <= FAULTS; nth += 1) {
        const place = folderOf();
        const fault = faulty(nth, kind);
        const ledger = place.open(fault.files);
        let told = decimal('0');
        let unknown = decimal('0');
        for (let round = 0; round < ROUNDS; round += 1) {
          const reserved = ledger.reserve([draw({ amount: '0.5' })], NOW + round);
          if (reserved.kind === 'exceeded') throw new Error('refused for another reason than the fault');
          if (reserved.kind === 'unavailable') {
            expect(reserved.why).toMatch(/limits ledger .*(ENOSPC|took only)/);
            // The record may have been written before the fault: it stays charged.
            unknown = addDecimals(unknown, decimal('0.5'));
            continue;
          }
          const notes = place.notes.length;
          ledger.settle(reserved.id, round % 2 === 0 ? 'refunded' : 'spent', NOW + round);
          if (round % 2 === 1) told = addDecimals(told, decimal('0.5'));
          else if (place.notes.length > notes) unknown = addDecimals(unknown, decimal('0.5'));
        }
        fault.mended = true;
        for (const one of [ledger, place.open()]) {
          const used = one.pots(NOW + ROUNDS)[0]?.used ?? decimal('0');
          expect(compareDecimals(used, told)).toBeGreaterThanOrEqual(0);
          expect(compareDecimals(used, addDecimals(told, unknown))).toBeLessThanOrEqual(0);
        }
        // It mends itself.
        expect(ledger.reserve([draw({ amount: '0.5', limit: '100' })], NOW + ROUNDS).kind).toBe('reserved');
      }
    },
  );

  test('a short write leaves a torn line that never counts', () => {
    const place = folderOf();
    const ledger = place.open({
      ...systemLedgerFiles,
      write: (descriptor, bytes) => systemLedgerFiles.write(descriptor, bytes.subarray(0, 60)),
    });
    expect(ledger.reserve([draw()], NOW)).toMatchObject({
      kind: 'unavailable',
      why: expect.stringContaining('took only 60'),
    });
    const other = place.open();
    expect(other.reserve([draw({ amount: '3' })], NOW).kind).toBe('reserved');
    expect(place.open().peek([draw()], NOW).kind).toBe('exceeded');
  });

  test('a settlement that cannot be written is noted, and the amount stays charged', () => {
    const place = folderOf();
    let isFull = false;
    const ledger = place.open({
      ...systemLedgerFiles,
      write(descriptor, bytes) {
        if (isFull) throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
        return systemLedgerFiles.write(descriptor, bytes);
      },
    });
    const reserved = ledger.reserve([draw({ amount: '3' })], NOW);
    isFull = true;
    if (reserved.kind === 'reserved') ledger.settle(reserved.id, 'refunded', NOW);
    expect(place.notes).toEqual([
      expect.stringMatching(/ENOSPC.*free some space.*was refunded stays charged/),
    ]);
    expect(ledger.peek([draw()], NOW).kind).toBe('exceeded');
    isFull = false;
    if (reserved.kind === 'reserved') ledger.settle(reserved.id, 'refunded', NOW);
    expect(ledger.peek([draw()], NOW).kind).toBe('free');
  });
});
