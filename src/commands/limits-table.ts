import type { PotState } from '../limits/ledger.js';
import { compareDecimals, decimalText, subtractDecimals, type Decimal } from '../platform/decimal.js';
import { printable } from '../platform/printable.js';
import { roundTime } from '../platform/time-text.js';
import { columns } from './text-table.js';

const HEAD = ['pot', 'used', 'left', 'limit', 'window', 'frees up'] as const;
const ZERO: Decimal = { coefficient: 0n, scale: 0 };

/** The table for a person: a line for each pot, what tells pots of one name apart below it. */
export function potTable(pots: readonly PotState[], nowMs: number): string {
  if (pots.length === 0) return 'nothing was counted yet\n';
  const [head = '', ...rows] = columns([HEAD, ...pots.map((pot) => cellsOf(pot, nowMs))]);
  const lines = pots.flatMap((pot, index) => [rows[index] ?? '', ...belowOf(pot)]);
  return `${[head, ...lines].join('\n')}\n`;
}

function cellsOf({ name, used, limit, currency, windowMs, nextExpiryMs }: PotState, nowMs: number): string[] {
  const left = compareDecimals(limit, used) > 0 ? subtractDecimals(limit, used) : ZERO;
  const unit = currency === null ? ' calls' : ` ${currency}`;
  return [
    printable(name),
    decimalText(used) + unit,
    decimalText(left),
    decimalText(limit),
    windowMs === null ? 'session' : roundTime(windowMs),
    nextExpiryMs === null ? '-' : `in ${roundTime(Math.max(0, nextExpiryMs - nowMs))}`,
  ];
}

/** The values of the key, as they stand behind the digest in the pot's own name, and what is ambiguous. */
function belowOf({ pot, ambiguous }: PotState): string[] {
  const key = pot.split(' ').slice(1).join(' ');
  const lines = key === '' ? [] : [`  ${printable(key)}`];
  return ambiguous.coefficient === 0n
    ? lines
    : [...lines, `  ${decimalText(ambiguous)} of it without a known end`];
}
