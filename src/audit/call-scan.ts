import { AUDIT_HELD_BYTES_MAX, TAIL_OPEN_CALLS_MAX } from '../platform/bounds.js';
import type { Filter } from './filter.js';
import type { RecordView } from './record-view.js';
import type { ScannedLine } from './scan-log.js';

/** What belongs together in a log, each part as its reader keeps it. */
export type Call<Kept> =
  | { readonly kind: 'call'; readonly decision: Kept; readonly outcome: Kept }
  /** A decision without an outcome. */
  | { readonly kind: 'unanswered'; readonly decision: Kept }
  /** An outcome whose decision is not in the log. */
  | { readonly kind: 'outcome'; readonly outcome: Kept }
  | { readonly kind: 'other'; readonly record: Kept };

export interface CallScanOptions<Kept> {
  readonly filter: Filter;
  /** True where records come last to first. */
  readonly reverse: boolean;
  /** What is kept of a record that is asked for: nothing of the line itself, which is part of a whole block. */
  readonly keep: (line: ScannedLine) => Kept;
  /** The same for use within onCall, while the line's block is scanned; without it, `keep`. */
  readonly look?: (line: ScannedLine) => Kept;
  readonly onCall: (call: Call<Kept>) => void;
}

/** Joins decisions and outcomes and picks what is asked for. */
export interface CallScan {
  push(line: ScannedLine): void;
  /** A block was scanned: lets go of it, and keeps of its half calls what is needed. */
  settle(): void;
  /** No more records will come: what is left is picked as it is. */
  end(): void;
}

/**
 * Joins by writer and request id, as the joiners of join.ts do, for records that are not built. A
 * call that was held is decided twice; its second decision counts. First to last, calls come in the
 * order in which they ended, those without an end last; last to first, in that of their decisions.
 * At most TAIL_OPEN_CALLS_MAX half calls of AUDIT_HELD_BYTES_MAX together are held; of what is beyond,
 * the oldest are taken as they are.
 */
export function createCallScan<Kept>(options: CallScanOptions<Kept>): CallScan {
  return options.reverse ? backward(options) : forward(options);
}

/** The half of a call that was seen. */
interface Half<Kept> {
  /** Until its block is done; without it and `kept` nobody asks for the call. */
  line: ScannedLine | undefined;
  kept: Kept | undefined;
  bytes: number;
  readonly found: boolean;
  /** Whether it is asked for also where the other half never comes. */
  readonly alone: boolean;
}

const UNWANTED: Half<never> = { line: undefined, kept: undefined, bytes: 0, found: false, alone: false };

/** Halves of calls by writer and request id, the oldest first. */
class Halves<Kept> {
  readonly #halves = new Map<string, Half<Kept>>();
  readonly #keep: (line: ScannedLine) => Kept;
  readonly #look: (line: ScannedLine) => Kept;
  readonly #tooMany: (half: Half<Kept>) => void;
  #fresh: Half<Kept>[] = [];
  #bytes = 0;

  /** `tooMany` gets the oldest where there is no more room. */
  constructor(
    { keep, look = keep }: Pick<CallScanOptions<Kept>, 'keep' | 'look'>,
    tooMany: (half: Half<Kept>) => void,
  ) {
    this.#keep = keep;
    this.#look = look;
    this.#tooMany = tooMany;
  }

  add(key: string, half: Half<Kept>): void {
    this.take(key);
    this.#halves.set(key, half);
    if (half.line !== undefined) this.#fresh.push(half);
    if (this.#halves.size > TAIL_OPEN_CALLS_MAX) this.#shrink();
  }

  take(key: string): Half<Kept> | undefined {
    if (this.#halves.size === 0) return undefined;
    const half = this.#halves.get(key);
    if (half === undefined) return undefined;
    this.#halves.delete(key);
    this.#bytes -= half.bytes;
    // Taken: it need not be kept any more.
    half.bytes = -1;
    return half;
  }

  /** What is kept of the half; undefined where nobody asks for it. */
  keptOf({ line, kept }: Half<Kept>): Kept | undefined {
    return line === undefined ? kept : this.#look(line);
  }

  settle(): void {
    for (const half of this.#fresh) {
      const { line } = half;
      // Also of one that was taken: what the collector has not reached yet would keep its block alive.
      half.line = undefined;
      if (line === undefined || half.bytes === -1) continue;
      half.bytes = line.length;
      half.kept = this.#keep(line);
      this.#bytes += half.bytes;
    }
    this.#fresh = [];
    this.#shrink();
  }

  rest(): IterableIterator<Half<Kept>> {
    return this.#halves.values();
  }

  #shrink(): void {
    for (const [oldest, half] of this.#halves) {
      if (this.#halves.size <= TAIL_OPEN_CALLS_MAX && this.#bytes <= AUDIT_HELD_BYTES_MAX) return;
      this.take(oldest);
      this.#tooMany(half);
    }
  }
}

function forward<Kept>(options: CallScanOptions<Kept>): CallScan {
  const { filter, keep, look = keep, onCall } = options;
  const isOpenWanted = filter.ends(undefined);
  const unanswered = (half: Half<Kept>): void => {
    const decision = half.found && half.alone ? open.keptOf(half) : undefined;
    if (decision !== undefined) onCall({ kind: 'unanswered', decision });
  };
  const open = new Halves<Kept>(options, unanswered);
  const decide = (line: ScannedLine): void => {
    const { view } = line;
    if (filter.matches(view)) open.add(callKey(view), halfOf(line, isOpenWanted));
    // Else its outcome, too, is none that is asked for, unless by its time.
    else if (filter.isTimed) open.add(callKey(view), UNWANTED);
    else open.take(callKey(view));
  };
  const close = (line: ScannedLine): void => {
    const { view } = line;
    if (!filter.matchesShared(view)) return;
    const half = open.take(callKey(view));
    if (half === UNWANTED || !filter.ends(view) || !(half?.found === true || line.found())) return;
    const decision = half === undefined ? undefined : open.keptOf(half);
    if (decision !== undefined) onCall({ kind: 'call', decision, outcome: look(line) });
    // By what only a decision has, an outcome alone is never asked for.
    else if (filter.matches(view)) onCall({ kind: 'outcome', outcome: look(line) });
  };
  return {
    push(line) {
      if (line.view.type === 'decision') decide(line);
      else if (line.view.type === 'outcome') close(line);
      else pickOther(line, options);
    },
    settle: () => open.settle(),
    end() {
      for (const half of open.rest()) unanswered(half);
    },
  };
}

function backward<Kept>(options: CallScanOptions<Kept>): CallScan {
  const { filter, keep, look = keep, onCall } = options;
  const outcomes = new Halves<Kept>(options, () => undefined);
  /** Calls whose later decision was seen: the one that had them held says nothing more. */
  const decided = new Halves<Kept>(options, () => undefined);
  const decide = (line: ScannedLine): void => {
    const { view } = line;
    if (!filter.matchesShared(view)) return;
    const key = callKey(view);
    const half = outcomes.take(key);
    if (view.decision === 'require_approval' && decided.take(key) !== undefined) return;
    if (view.decision !== 'require_approval' && view.approval !== null) decided.add(key, UNWANTED);
    if (half === UNWANTED || (half === undefined && !filter.ends(undefined))) return;
    if (!filter.matches(view) || !(half?.found === true || line.found())) return;
    const outcome = half === undefined ? undefined : outcomes.keptOf(half);
    const decision = look(line);
    onCall(outcome === undefined ? { kind: 'unanswered', decision } : { kind: 'call', decision, outcome });
  };
  const end = (line: ScannedLine): void => {
    const { view } = line;
    if (!filter.matchesShared(view)) return;
    outcomes.add(callKey(view), filter.ends(view) ? halfOf(line, filter.matches(view)) : UNWANTED);
  };
  return {
    push(line) {
      if (line.view.type === 'decision') decide(line);
      else if (line.view.type === 'outcome') end(line);
      else pickOther(line, options);
    },
    settle: () => outcomes.settle(),
    end() {
      for (const half of outcomes.rest()) {
        const outcome = half.found && half.alone ? outcomes.keptOf(half) : undefined;
        if (outcome !== undefined) onCall({ kind: 'outcome', outcome });
      }
    },
  };
}

function halfOf<Kept>(line: ScannedLine, alone: boolean): Half<Kept> {
  return { line, kept: undefined, bytes: 0, found: line.found(), alone };
}

function pickOther<Kept>(
  line: ScannedLine,
  { filter, keep, look = keep, onCall }: CallScanOptions<Kept>,
): void {
  // Signatures are for who verifies the log; they say nothing of what happened.
  if (line.view.type === 'checkpoint') return;
  if (filter.asksForEnd || !filter.matches(line.view) || !line.found()) return;
  onCall({ kind: 'other', record: look(line) });
}

/** Writers do not share request ids, so both name the call. */
function callKey({ writer, request_id: requestId }: RecordView): string {
  return `${writer}\n${requestId}`;
}
