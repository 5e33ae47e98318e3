import { AMOUNT_DIGITS_MAX, CONFIG_DURATION_MS_MAX } from '../platform/bounds.js';
import { type Decimal, decimalOfNumber, hasDigitsWithin, parseDecimal } from '../platform/decimal.js';
import { durationMs } from '../platform/units.js';
import { parseArgumentPath } from '../platform/argument-path.js';
import type { CompileContext } from './compile-condition.js';
import type { RuleRef } from './decision.js';
import type { ConfigPath, Mistakes } from './mistakes.js';
import { listOf } from './names.js';
import { type AmountField, KEY_PARTS, type KeyPart, type RulePot, potTerms } from './pot-terms.js';
import type { LimitKey, LimitsSource, OneOrMany, SpendSource } from './source.js';

/** The counters of a rule. Mistakes are noted and leave their counter out. */
export function compileLimits(
  source: LimitsSource,
  rule: RuleRef,
  context: CompileContext,
  at: ConfigPath,
): readonly RulePot[] {
  const pots: RulePot[] = [];
  const calls = compileCalls(source, rule, context, at);
  if (calls !== undefined) pots.push(calls);
  const spend = source.max_spend;
  const money = spend === undefined ? undefined : compileSpend(source, spend, rule, context, at);
  if (money !== undefined) pots.push(money);
  return Object.freeze(pots);
}

function compileCalls(
  source: LimitsSource,
  rule: RuleRef,
  { mistakes, baseDir, observed }: CompileContext,
  at: ConfigPath,
): RulePot | undefined {
  if (source.max_calls === undefined) return undefined;
  const calls = source.max_calls;
  const limit = mistakes.attempt([...at, 'max_calls'], () => readCalls(calls));
  const keys = compileKey(source.key ?? 'tool', mistakes, [...at, 'key']);
  if (source.window === undefined) {
    mistakes.add([...at, 'max_calls'], 'max_calls needs limits.window, such as window: 1h');
    return undefined;
  }
  const windowMs = compileWindow(source.window, mistakes, [...at, 'window']);
  if (limit === undefined || windowMs === undefined) return undefined;
  const content = { layer: rule.layer, owner: rule.name, limit, windowMs, keys, currency: null, observed };
  const terms = potTerms({ kind: 'calls', ...content }, null, baseDir, source.refund_on_error ?? false);
  return { terms, field: null };
}

function compileSpend(
  source: LimitsSource,
  spend: SpendSource,
  rule: RuleRef,
  { mistakes, baseDir, observed }: CompileContext,
  at: ConfigPath,
): RulePot | undefined {
  const inSpend = [...at, 'max_spend'];
  const field = compileField(spend, mistakes, inSpend);
  const limit = mistakes.attempt([...inSpend, 'limit'], () => readLimit(spend.limit));
  // Where the key is the rule's own, a mistake in it is told once, by the count of calls.
  const ownKey = spend.key !== undefined || source.max_calls === undefined;
  const keyAt = spend.key === undefined ? [...at, 'key'] : [...inSpend, 'key'];
  const keys = compileKey(spend.key ?? source.key ?? 'tool', ownKey ? mistakes : undefined, keyAt);
  const window = spend.window ?? source.window;
  if (window === undefined) {
    mistakes.add(inSpend, 'max_spend needs a window, such as window: 24h');
    return undefined;
  }
  const windowAt = spend.window === undefined ? [...at, 'window'] : [...inSpend, 'window'];
  const windowMs = compileWindow(window, mistakes, windowAt);
  if (field === undefined || limit === undefined || windowMs === undefined) return undefined;
  const { currency } = spend;
  const content = { layer: rule.layer, owner: rule.name, limit, windowMs, keys, currency, observed };
  const terms = potTerms({ kind: 'spend', ...content }, field, baseDir, source.refund_on_error ?? false);
  return { terms, field };
}

/** Where an amount stands, compiled; a mistake is noted at `field`. */
export function compileField(
  source: { readonly field: string; readonly numeric_strings?: boolean },
  mistakes: Mistakes,
  at: ConfigPath,
): AmountField | undefined {
  const path = mistakes.attempt([...at, 'field'], () => parseArgumentPath(source.field));
  return path === undefined ? undefined : { path, numericStrings: source.numeric_strings ?? false };
}

/** The parts of a key; without `mistakes` what is no key is only left out. */
export function compileKey(
  source: OneOrMany<LimitKey>,
  mistakes: Mistakes | undefined,
  at: ConfigPath,
): readonly KeyPart[] {
  const stated = listOf(source);
  mistakes?.each(at, source, (key) => {
    if (key === 'global' || KEY_PARTS.includes(key)) return;
    throw new Error(`expected one of ${[...KEY_PARTS, 'global'].join(', ')}`);
  });
  return KEY_PARTS.filter((part) => stated.includes(part));
}

/** A sliding window in milliseconds; a mistake is noted at its place. */
export function compileWindow(text: string, mistakes: Mistakes, at: ConfigPath): number | undefined {
  const windowMs = durationMs(text);
  if (windowMs !== undefined && windowMs > 0 && windowMs <= CONFIG_DURATION_MS_MAX) return windowMs;
  mistakes.add(at, 'expected a duration such as 30s, 10m or 24h, above zero and of at most ten years');
  return undefined;
}

/** The money that a limit states, exactly. Throws an Error where it is none. */
export function readLimit(source: number | string): Decimal {
  const exact = typeof source === 'number' ? decimalOfNumber(source) : parseDecimal(source.trim());
  if (exact === undefined) throw new Error(`expected a decimal number such as 100 or '0.10'`);
  if (exact.coefficient < 0n) throw new Error('expected a limit of zero or more');
  if (!hasDigitsWithin(exact, AMOUNT_DIGITS_MAX)) {
    throw new Error(`expected at most ${AMOUNT_DIGITS_MAX} digits before and behind the decimal point`);
  }
  return exact;
}

function readCalls(calls: number): Decimal {
  const exact = Number.isSafeInteger(calls) && calls >= 1 ? decimalOfNumber(calls) : undefined;
  if (exact === undefined) throw new Error('expected a whole number from 1');
  return exact;
}
