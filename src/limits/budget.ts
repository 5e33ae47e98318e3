import { BUDGET_CONTRIBUTORS_MAX, BUDGETS_MAX } from '../platform/bounds.js';
import type { Decimal } from '../platform/decimal.js';
import type { Mode } from '../platform/mode.js';
import type { CompileContext } from '../policy/compile-condition.js';
import { compileField, compileKey, compileWindow, readLimit } from '../policy/compile-limits.js';
import { compileMatch } from '../policy/compile-match.js';
import type { LayerName, RuleRef } from '../policy/decision.js';
import type { Matcher } from '../policy/matcher.js';
import { type ConfigPath, Mistakes, type PolicyMistake } from '../policy/mistakes.js';
import type { PolicyPorts } from '../policy/ports.js';
import { type AmountField, potTerms, type PotTerms } from '../policy/pot-terms.js';
import type { ApprovalSource, BudgetSource, ContributorSource } from '../policy/source.js';

/** Calls that draw on a budget, and where their amount stands. */
export interface Contributor {
  readonly matcher: Matcher;
  readonly field: AmountField;
}

/** A named pot of money, ready to be drawn on. */
export interface Budget {
  readonly terms: PotTerms;
  /** The budget as records and approvals name it, in the place of a rule. */
  readonly ref: RuleRef;
  readonly mode: Mode;
  readonly onExceed: 'deny' | 'require_approval';
  /** How a person is asked where `onExceed` says so. */
  readonly approval: ApprovalSource;
  readonly contributors: readonly Contributor[];
}

/** The budgets of all layers. Each counts the calls that its own layer names, in pots of its own. */
export interface CompiledBudgets {
  readonly list: readonly Budget[];
  readonly ports: PolicyPorts;
}

/** The part of one config file that its budgets are made of. */
export interface BudgetLayer {
  readonly layer: LayerName;
  readonly mode: Mode;
  readonly environment: string | undefined;
  readonly baseDir: string;
  readonly budgets: readonly BudgetSource[];
}

/** Compiled budgets, or every mistake that stands in their way. */
export type CompiledBudgetsResult =
  | { readonly ok: true; readonly budgets: CompiledBudgets }
  | { readonly ok: false; readonly mistakes: readonly PolicyMistake[] };

/** Compiles the budgets of all layers as rules are compiled: all mistakes at once, each at its place. */
export function compileBudgets(layers: readonly BudgetLayer[], ports: PolicyPorts): CompiledBudgetsResult {
  const mistakes: PolicyMistake[] = [];
  const list: Budget[] = [];
  for (const source of layers) {
    const own = new Mistakes(source.layer);
    const { baseDir, environment, budgets } = source;
    const observed = source.mode === 'observe';
    const context: CompileContext = { baseDir, environment, ports, mistakes: own, observed };
    if (budgets.length > BUDGETS_MAX) own.add(['budgets'], `more than ${BUDGETS_MAX} budgets`);
    for (const [index, budget] of budgets.slice(0, BUDGETS_MAX).entries()) {
      const compiled = compileBudget(budget, source, context, ['budgets', index]);
      if (compiled !== undefined) list.push(compiled);
    }
    mistakes.push(...own.list);
  }
  if (mistakes.length > 0) return { ok: false, mistakes };
  return { ok: true, budgets: Object.freeze({ list: Object.freeze(list), ports }) };
}

function compileBudget(
  source: BudgetSource,
  { layer, mode, baseDir }: BudgetLayer,
  context: CompileContext,
  at: ConfigPath,
): Budget | undefined {
  const { mistakes, observed } = context;
  const limit = mistakes.attempt([...at, 'limit'], () => readBudgetLimit(source.limit));
  const lastsSession = source.window === 'session';
  const windowMs = lastsSession ? null : compileWindow(source.window, mistakes, [...at, 'window']);
  const keys = compileKey(source.key ?? (lastsSession ? 'session' : 'global'), mistakes, [...at, 'key']);
  const contributors = compileContributors(source.contributors, context, [...at, 'contributors']);
  if (limit === undefined || windowMs === undefined) return undefined;
  const content = { layer, owner: source.name, limit, windowMs, keys, currency: source.currency, observed };
  return Object.freeze({
    // What contributes is no part of a pot: a further tool draws on the money that is left.
    terms: potTerms({ kind: 'budget', ...content }, null, baseDir, source.refund_on_error ?? false),
    ref: { name: source.name, layer, index: -1 },
    mode,
    onExceed: source.on_exceed ?? 'deny',
    approval: source.approval ?? {},
    contributors,
  });
}

function compileContributors(
  sources: readonly ContributorSource[],
  context: CompileContext,
  at: ConfigPath,
): readonly Contributor[] {
  if (sources.length > BUDGET_CONTRIBUTORS_MAX) {
    context.mistakes.add(at, `more than ${BUDGET_CONTRIBUTORS_MAX} contributors`);
  }
  return sources.slice(0, BUDGET_CONTRIBUTORS_MAX).flatMap((source, index) => {
    const matcher = compileMatch(source.match, context, [...at, index, 'match']);
    const field = compileField(source, context.mistakes, [...at, index]);
    return field === undefined ? [] : [{ matcher, field }];
  });
}

function readBudgetLimit(source: number | string): Decimal {
  const limit = readLimit(source);
  if (limit.coefficient === 0n) throw new Error('expected a limit above zero');
  return limit;
}
