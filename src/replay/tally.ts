import type { CompiledPolicy } from '../policy/compiled.js';
import type { RuleRef } from '../policy/decision.js';
import { type Change, type Changes, createChanges, type DecisionText } from './changes.js';
import type { PastDecision, RecordedCall } from './recorded-call.js';
import type { Played } from './stage.js';
import { whyPlayed } from './why-played.js';

/** Which calls a simulation tells of; those before it only fill the windows of limits. */
export interface Period {
  /** Wall-clock milliseconds, inclusive; undefined for the start of the log. */
  readonly sinceMs: number | undefined;
  /** Wall-clock milliseconds, exclusive; undefined for its end. */
  readonly untilMs: number | undefined;
}

/** What a policy would have made of past calls. */
export interface SimulationResult {
  /** Calls in the period that the policy was asked about. */
  readonly calls: number;
  readonly unchanged: number;
  /** Part of `unchanged` that another rule decides alike. */
  readonly otherRule: number;
  readonly changed: number;
  readonly undecidable: number;
  /** Calls that no policy file decided, by why: the kill switch, guard's own protection, … */
  readonly setAside: readonly { readonly why: string; readonly count: number }[];
  readonly changes: readonly Change[];
  /** Calls of further kinds, which are not told apart. */
  readonly furtherChanges: number;
  readonly undecided: readonly Change[];
  readonly furtherUndecided: number;
  /** Times of the first and last call as the log states them. */
  readonly firstTs: string | undefined;
  readonly lastTs: string | undefined;
}

/** What is counted of a simulation: calls of the period, by what becomes of them. */
export class Tally {
  readonly #policy: CompiledPolicy;
  readonly #sinceMs: number;
  readonly #untilMs: number;
  readonly #changes: Changes = createChanges();
  readonly #undecided: Changes = createChanges();
  readonly #setAside = new Map<string, number>();
  readonly #counts = { calls: 0, unchanged: 0, otherRule: 0, changed: 0, undecidable: 0 };
  #firstTs: string | undefined;
  #lastTs: string | undefined;

  constructor(policy: CompiledPolicy, { sinceMs, untilMs }: Period) {
    this.#policy = policy;
    this.#sinceMs = sinceMs ?? Number.NEGATIVE_INFINITY;
    this.#untilMs = untilMs ?? Number.POSITIVE_INFINITY;
  }

  decided(call: RecordedCall, played: Played): void {
    if (!this.#count(call)) return;
    const from = pastText(call.past);
    const to = { decision: played.decision, rule: ruleText(played.rule), reason: played.reason };
    if (from.decision === to.decision) {
      this.#counts.unchanged += 1;
      if (from.rule !== to.rule) this.#counts.otherRule += 1;
      return;
    }
    this.#counts.changed += 1;
    const why = (): readonly string[] => whyPlayed(this.#policy, call, played);
    this.#changes.add({ ...namesOf(call), from, to }, exampleOf(call), why);
  }

  undecidable(call: RecordedCall, missed: readonly string[]): void {
    if (!this.#count(call)) return;
    this.#counts.undecidable += 1;
    const kind = { ...namesOf(call), from: pastText(call.past), to: null };
    this.#undecided.add(kind, exampleOf(call), () => missed);
  }

  /** A call that no policy file decided. */
  setAside(atMs: number, why: string): void {
    if (this.#isInPeriod(atMs)) this.#setAside.set(why, (this.#setAside.get(why) ?? 0) + 1);
  }

  result(): SimulationResult {
    return {
      ...this.#counts,
      setAside: [...this.#setAside].map(([why, count]) => ({ why, count })),
      changes: this.#changes.sorted(),
      furtherChanges: this.#changes.further(),
      undecided: this.#undecided.sorted(),
      furtherUndecided: this.#undecided.further(),
      firstTs: this.#firstTs,
      lastTs: this.#lastTs,
    };
  }

  #count({ atMs, record }: RecordedCall): boolean {
    if (!this.#isInPeriod(atMs)) return false;
    this.#counts.calls += 1;
    this.#firstTs ??= record.ts;
    this.#lastTs = record.ts;
    return true;
  }

  #isInPeriod(atMs: number): boolean {
    return atMs >= this.#sinceMs && atMs < this.#untilMs;
  }
}

function pastText({ decision, rule, layer, reason }: PastDecision): DecisionText {
  return { decision, rule: rule === null ? null : `${layer ?? '-'}/${rule}`, reason };
}

function ruleText({ layer, name }: RuleRef): string {
  return `${layer}/${name}`;
}

function namesOf({
  subject: { server, method, tool },
}: RecordedCall): Pick<Change, 'server' | 'method' | 'tool'> {
  return { server, method, tool: tool ?? null };
}

function exampleOf({ record }: RecordedCall): Change['examples'][number] {
  const { ts, request_id: id, agent, arguments: logged } = record;
  return { ts, request_id: id, agent, ...(logged === undefined ? {} : { arguments: logged }) };
}
