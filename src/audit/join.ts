import type { DecisionRecord, EventRecord, OutcomeRecord, RefusalRecord, SessionRecord } from './record.js';

/** A record without its large members, and what a reader wants to know of its line. */
export interface Seen<R> {
  readonly record: R;
  /** Whether the line contains the text that is looked for. */
  readonly found: boolean;
  /** The line, where a reader prints lines. */
  readonly text: string;
}

/** One line of a view: what belongs together. */
export type Row =
  | { readonly kind: 'call'; readonly decision: Seen<DecisionRecord>; readonly outcome: Seen<OutcomeRecord> }
  /** The outcome has not come yet; it gets a row of its own. */
  | { readonly kind: 'pending'; readonly decision: Seen<DecisionRecord> }
  /** The outcome of a decision that was shown as pending. */
  | { readonly kind: 'late'; readonly decision: Seen<DecisionRecord>; readonly outcome: Seen<OutcomeRecord> }
  /** No outcome will come any more. */
  | { readonly kind: 'unanswered'; readonly decision: Seen<DecisionRecord> }
  /** An outcome whose decision was not seen. */
  | { readonly kind: 'outcome'; readonly outcome: Seen<OutcomeRecord> }
  | { readonly kind: 'other'; readonly record: Seen<SessionRecord | RefusalRecord | EventRecord> };

export type SeenRecord =
  | Seen<DecisionRecord>
  | Seen<OutcomeRecord>
  | Seen<SessionRecord | RefusalRecord | EventRecord>;

/** Joins decisions and outcomes as they come, by writer and request id. */
export interface Joiner {
  /** The rows that this record completes; a decision is held back for its outcome. */
  push(seen: SeenRecord, nowMs: number): Row[];
  /** Decisions that have waited long enough, as pending. */
  expire(nowMs: number): Row[];
  /** Takes a decision that was already shown as pending. */
  adopt(decision: Seen<DecisionRecord>): void;
  /** Decisions that are still held back, as pending. */
  flush(): Row[];
}

export interface JoinerOptions {
  /** Calls that may be open at one time; the oldest beyond are forgotten, shown first if they were not. */
  readonly openMax: number;
  /** How long a decision is held back, in milliseconds; with 0 it is shown at once. */
  readonly holdMs: number;
}

interface Open {
  readonly decision: Seen<DecisionRecord>;
  readonly sinceMs: number;
  shown: boolean;
}

/** An empty joiner. */
export function createJoiner({ openMax, holdMs }: JoinerOptions): Joiner {
  /** Decisions without outcome in the order in which they came: those that wait longest first. */
  const open = new Map<string, Open>();
  /** Those of them that were not shown. */
  const held = new Map<string, Open>();

  const show = (key: string, entry: Open): Row => {
    entry.shown = true;
    held.delete(key);
    return { kind: 'pending', decision: entry.decision };
  };
  const add = (decision: Seen<DecisionRecord>, sinceMs: number, shown: boolean): Row[] => {
    const rows: Row[] = [];
    const key = callKey(decision.record);
    const entry = { decision, sinceMs, shown };
    // A call that was held is decided twice; its second decision is the one that has an outcome.
    open.delete(key);
    held.delete(key);
    open.set(key, entry);
    if (!shown) held.set(key, entry);
    if (open.size <= openMax) return rows;
    for (const [oldestKey, oldest] of open) {
      open.delete(oldestKey);
      if (!oldest.shown) rows.push(show(oldestKey, oldest));
      break;
    }
    return rows;
  };
  const expire = (nowMs: number): Row[] => {
    const rows: Row[] = [];
    for (const [key, entry] of held) {
      if (nowMs - entry.sinceMs < holdMs) break;
      rows.push(show(key, entry));
    }
    return rows;
  };
  const close = (outcome: Seen<OutcomeRecord>): Row => {
    const key = callKey(outcome.record);
    const entry = open.get(key);
    open.delete(key);
    held.delete(key);
    if (entry === undefined) return { kind: 'outcome', outcome };
    return { kind: entry.shown ? 'late' : 'call', decision: entry.decision, outcome };
  };
  return {
    push(seen, nowMs) {
      if (isDecision(seen)) return [...add(seen, nowMs, false), ...(holdMs === 0 ? expire(nowMs) : [])];
      return [isOutcome(seen) ? close(seen) : { kind: 'other', record: seen }];
    },
    expire,
    adopt: (decision) => void add(decision, 0, true),
    flush: () => expire(Number.POSITIVE_INFINITY),
  };
}

/** Joins records that are read from the last to the first: outcomes come before their decisions. */
export interface BackwardJoiner {
  /** The row that this record completes, if any. */
  push(seen: SeenRecord): Row | undefined;
  /** Outcomes whose decision stands before the start of the file, the last one first. */
  rest(): Row[];
}

/** An empty joiner that keeps at most `openMax` outcomes, the oldest of them first to go. */
export function createBackwardJoiner(openMax: number): BackwardJoiner {
  const outcomes = new Map<string, Seen<OutcomeRecord>>();
  /** Calls whose later decision was seen: the one that had them held says nothing more. */
  const decided = new Set<string>();
  return {
    push(seen) {
      if (isOutcome(seen)) {
        outcomes.set(callKey(seen.record), seen);
        if (outcomes.size > openMax) {
          for (const key of outcomes.keys()) {
            outcomes.delete(key);
            break;
          }
        }
        return undefined;
      }
      if (!isDecision(seen)) return { kind: 'other', record: seen };
      const key = callKey(seen.record);
      const outcome = outcomes.get(key);
      outcomes.delete(key);
      if (seen.record.decision === 'require_approval' && decided.delete(key)) return undefined;
      if (isHeld(seen.record)) boundedAdd(decided, key, openMax);
      return outcome === undefined
        ? { kind: 'unanswered', decision: seen }
        : { kind: 'call', decision: seen, outcome };
    },
    rest: () => [...outcomes.values()].map((outcome) => ({ kind: 'outcome', outcome })),
  };
}

/** Whether a call was decided a second time, after a person answered. */
function isHeld({ decision, approval }: DecisionRecord): boolean {
  return decision !== 'require_approval' && approval !== null;
}

function boundedAdd(keys: Set<string>, key: string, max: number): void {
  keys.add(key);
  if (keys.size <= max) return;
  for (const oldest of keys) {
    keys.delete(oldest);
    return;
  }
}

/** Writers do not share request ids, so both name the call. */
function callKey({ writer, request_id: requestId }: DecisionRecord | OutcomeRecord): string {
  return `${writer}\n${requestId}`;
}

function isDecision(seen: SeenRecord): seen is Seen<DecisionRecord> {
  return seen.record.type === 'decision';
}

function isOutcome(seen: SeenRecord): seen is Seen<OutcomeRecord> {
  return seen.record.type === 'outcome';
}
