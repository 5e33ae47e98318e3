import type { Draw } from '../../src/limits/ledger.js';
import { type Decimal, decimalText, parseDecimal } from '../../src/platform/decimal.js';

/** The decimal of a text that is one. */
export function decimal(text: string): Decimal {
  const parsed = parseDecimal(text);
  if (parsed === undefined) throw new Error(`no decimal: ${text}`);
  return parsed;
}

/** A draw of one call on a pot of 3 in a minute, unless told otherwise. */
export function draw(
  over: Partial<Omit<Draw, 'amount' | 'limit'>> & { amount?: string; limit?: string } = {},
): Draw {
  const { amount = '1', limit = '3', ...rest } = over;
  return {
    pot: 'pot-a',
    name: 'user/calls',
    windowMs: 60_000,
    currency: null,
    overage: false,
    ...rest,
    amount: decimal(amount),
    limit: decimal(limit),
  };
}

export function text(value: Decimal): string {
  return decimalText(value);
}
