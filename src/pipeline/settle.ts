import type { RecordResult } from '../audit/record.js';
import type { Ledger, Settlement } from '../limits/ledger.js';
import type { Charge } from './ruling.js';

/** Settles what a call drew, now that it is known what became of it. */
export function settleCharge(
  ledger: Pick<Ledger, 'settle'>,
  charge: Charge,
  result: RecordResult,
  nowMs: number,
): void {
  const kept = settlementOf(result);
  const refundable = result === 'error' || result === 'tool-error' ? 'refunded' : kept;
  for (const id of charge.kept) ledger.settle(id, kept, nowMs);
  for (const id of charge.refundable) ledger.settle(id, refundable, nowMs);
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
