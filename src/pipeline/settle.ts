import type { RecordResult } from '../audit/record.js';
import type { Ledger, Settlement } from '../limits/ledger.js';
import { proofMarks, type ToolEnd } from '../limits/prerequisites.js';
import type { Charge } from './ruling.js';

/** Settles what a call drew, and keeps what it proved, now that it is known what became of it. */
export function settleCharge(
  ledger: Pick<Ledger, 'settle' | 'mark'>,
  charge: Charge,
  result: RecordResult,
  nowMs: number,
  note: (why: string) => void,
): void {
  const kept = settlementOf(result);
  const refundable = result === 'error' || result === 'tool-error' ? 'refunded' : kept;
  for (const id of charge.kept) ledger.settle(id, kept, nowMs);
  for (const id of charge.refundable) ledger.settle(id, refundable, nowMs);
  const end = toolEndOf(result);
  if (charge.proof === undefined || end === undefined) return;
  for (const mark of proofMarks(charge.proof, end, nowMs)) {
    const marked = ledger.mark(mark, nowMs);
    if (marked.kind === 'unavailable') note(`${marked.why}; what requires this call stays denied`);
  }
}

/** What an end proves; undefined where the server did not answer the call itself. */
function toolEndOf(result: RecordResult): ToolEnd | undefined {
  switch (result) {
    case 'ok':
      return 'succeeded';
    case 'tool-error':
    case 'error':
      return 'answered';
    case 'input-required':
    case 'denied':
    case 'dry-run':
    case 'cancelled':
    case 'server-gone':
    case 'garbled':
    case 'timeout':
    case 'client-gone':
      return undefined;
  }
}

/** What an end means for an amount. A call that may have run stays charged, and is marked. */
function settlementOf(result: RecordResult): Settlement {
  switch (result) {
    case 'ok':
    case 'tool-error':
    case 'error':
    // The server has worked on it, and a retry is a call of its own.
    case 'input-required':
      return 'spent';
    case 'denied':
    case 'dry-run':
      return 'refunded';
    case 'cancelled':
    case 'server-gone':
    case 'garbled':
    case 'timeout':
    case 'client-gone':
      return 'ambiguous';
  }
}
