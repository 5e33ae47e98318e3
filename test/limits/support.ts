import type { CallDraws } from '../../src/limits/pots.js';
import { type BudgetLayer, compileBudgets, type CompiledBudgets } from '../../src/limits/budget.js';
import { drawsOf } from '../../src/limits/pots.js';
import { decimalText } from '../../src/platform/decimal.js';
import type { JsonObject } from '../../src/platform/json.js';
import { evaluate } from '../../src/policy/evaluate.js';
import type { BudgetSource, LimitsSource, RuleSource } from '../../src/policy/source.js';
import type { Subject } from '../../src/policy/subject.js';
import { BASE, call, compiled, layer, ports } from '../policy/support.js';

/** Budgets of the user's layer. */
export function budgetLayer(
  budgets: readonly BudgetSource[],
  changes: Partial<BudgetLayer> = {},
): BudgetLayer {
  return { layer: 'user', mode: 'enforce', environment: undefined, baseDir: BASE, budgets, ...changes };
}

/** Budgets that must be free of mistakes. */
export function budgetsOf(...layers: readonly BudgetLayer[]): CompiledBudgets {
  const result = compileBudgets(layers, ports);
  if (!result.ok) throw new Error(JSON.stringify(result.mistakes));
  return result.budgets;
}

/** A budget of 100 EUR an hour that `pay` feeds with `$.amount`. */
export function budget(changes: Partial<BudgetSource> = {}): BudgetSource {
  return {
    name: 'payments',
    limit: 100,
    currency: 'EUR',
    window: '1h',
    contributors: [{ match: { tool: 'pay' }, field: '$.amount' }],
    ...changes,
  };
}

/** A call of `pay` with these arguments. */
export function payment(input: JsonObject, changes: Partial<Subject> = {}): Subject {
  return call({ tool: 'pay', input, ...changes });
}

/** A rule `few` that counts everything in this way. */
export function counting(limits: LimitsSource, changes: Partial<RuleSource> = {}): RuleSource {
  return { name: 'few', match: {}, action: 'allow', limits, ...changes };
}

/** What a call draws under the rules of one layer, and these budgets. */
export function drawn(
  subject: Subject,
  rules: readonly RuleSource[],
  budgets: CompiledBudgets = budgetsOf(),
  changes: Parameters<typeof layer>[1] = {},
): CallDraws {
  const decision = evaluate(compiled([layer(rules, changes)]), subject);
  return drawsOf(subject, decision.obligations, budgets);
}

/** Draws and what is invalid, each in one line without the digest of the pot. */
export function shownDraws({ draws, invalid }: CallDraws): string[] {
  return [
    ...draws.map(({ name, pot, amount, limit, currency }) => {
      const key = pot.split(' ').slice(1).join(' ');
      const unit = currency === null ? '' : ` ${currency}`;
      return `${name} ${decimalText(amount)} of ${decimalText(limit)}${unit}${key === '' ? '' : ` ${key}`}`;
    }),
    ...invalid.map(({ reason, terms, why }) => `${terms.name} ${reason}: ${why}`),
  ];
}

/** The pots of a call under one rule. */
export function potsOf(
  subject: Subject,
  limits: LimitsSource,
  changes: Partial<RuleSource> = {},
  layerChanges: Parameters<typeof layer>[1] = {},
): string[] {
  const { draws } = drawn(subject, [counting(limits, changes)], budgetsOf(), layerChanges);
  return draws.map(({ pot }) => pot);
}
