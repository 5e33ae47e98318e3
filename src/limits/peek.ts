import { judge, type Judgement, type LedgerState } from './fold.js';
import type { Draw, Peeked, Reserved } from './ledger.js';
import { mistakeIn } from './ledger-record.js';

/** Whether the draws would be paid now. */
export function peekAt(state: LedgerState, draws: readonly Draw[], atMs: number): Peeked {
  const mistake = mistakeIn({ op: 'reserve', id: '', atMs, draws });
  if (mistake !== undefined) return { kind: 'unavailable', why: mistake };
  const judgement = judge(state, draws, atMs);
  return judgement.kind === 'refused' ? { kind: 'unavailable', why: judgement.why } : judgement;
}

/** What the port answers once a reservation was applied. */
export function reservedOf(judgement: Judgement, id: string): Reserved {
  switch (judgement.kind) {
    case 'free':
      return { kind: 'reserved', id };
    case 'exceeded':
      return judgement;
    case 'refused':
      return { kind: 'unavailable', why: judgement.why };
  }
}
