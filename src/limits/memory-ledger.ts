import { GuardError } from '../platform/errors.js';
import { apply, createLedgerState, type Judgement, potStates } from './fold.js';
import type { Ledger } from './ledger.js';
import { marksAt } from './marks.js';
import { encodeRecord, type LedgerRecord } from './ledger-record.js';
import { peekAt, reservedOf } from './peek.js';

/** Counts in memory: for one process, as long as it lives. */
export function createMemoryLedger(options: { readonly newId: () => string }): Ledger {
  const state = createLedgerState();
  const add = (record: LedgerRecord): Judgement => {
    const encoded = encodeRecord(record);
    return encoded.kind === 'refused' ? encoded : apply(state, record);
  };
  return {
    peek: (draws, nowMs) => peekAt(state, draws, Math.floor(nowMs)),
    reserve(draws, nowMs) {
      const id = options.newId();
      return reservedOf(add({ op: 'reserve', id, atMs: Math.floor(nowMs), draws }), id);
    },
    settle: (id, as, nowMs) => void add({ op: 'settle', id, atMs: Math.floor(nowMs), as }),
    reset(pot, reason, by, nowMs) {
      if (!state.pots.has(pot)) return false;
      const judgement = add({ op: 'reset', pot, atMs: Math.floor(nowMs), by, reason });
      if (judgement.kind === 'refused') throw new GuardError('ledger-unavailable', judgement.why);
      return true;
    },
    pots: (nowMs) => potStates(state, Math.floor(nowMs)),
    mark({ session, key, untilMs }, nowMs) {
      const judgement = add({ op: 'mark', session, key, atMs: Math.floor(nowMs), untilMs });
      return judgement.kind === 'refused' ? { kind: 'unavailable', why: judgement.why } : { kind: 'marked' };
    },
    unmark(session, key, nowMs) {
      const has = state.marks.sessions.get(session)?.byKey.has(key) === true;
      if (has) add({ op: 'unmark', session, key, atMs: Math.floor(nowMs) });
      return has;
    },
    marks: (session, nowMs) => ({ kind: 'known', marks: marksAt(state.marks, session, Math.floor(nowMs)) }),
    close: () => undefined,
  };
}
