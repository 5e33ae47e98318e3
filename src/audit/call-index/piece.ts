import type { CountedCall } from '../call-stats.js';
import { createRecordCounter, joinCounted } from '../counted-record.js';
import type { RecordView } from '../record-view.js';
import { flat } from '../repeated-text.js';
import type { ScannedLine } from '../scan-log.js';

/**
 * What statistics keep of the records in one piece of a log, read without the rest of the log: whole
 * calls, and halves that may go with those of other pieces.
 */
export interface Piece {
  /** Whether every line of it is a record. */
  readonly isClean: boolean;
  readonly calls: readonly CountedCall[];
  /** Records that are no part of a call. */
  readonly others: readonly CountedOther[];
  /** Outcomes whose decision is not in the piece. */
  readonly outcomes: readonly Half[];
  /** Calls that were held and whose first decision is not in the piece: theirs here takes its place. */
  readonly again: readonly string[];
  /** Decisions without an outcome in the piece, in their order. */
  readonly open: readonly Half[];
}

export interface CountedOther {
  readonly type: string;
  /** As in CountedCall. */
  readonly atMs: number;
}

/** A half of a call under the writer and request id that both halves name. */
export interface Half {
  readonly key: string;
  readonly call: CountedCall;
}

/** Puts the records of a piece together, which come in their order. It holds what it makes. */
export class PieceReader {
  readonly #counted = createRecordCounter();
  readonly #calls: CountedCall[] = [];
  readonly #others: CountedOther[] = [];
  readonly #outcomes: Half[] = [];
  readonly #again: string[] = [];
  readonly #open = new Map<string, CountedCall>();

  add(line: ScannedLine): void {
    const { view } = line;
    if (view.type === 'decision') this.#decide(view, this.#counted(line));
    else if (view.type === 'outcome') this.#end(view, this.#counted(line));
    // Signatures say nothing of what happened.
    else if (view.type !== 'checkpoint') {
      const { type, atMs } = this.#counted(line);
      this.#others.push({ type, atMs });
    }
  }

  finish(isClean: boolean): Piece {
    const open = [...this.#open].map(([key, call]) => ({ key: flat(key), call }));
    return {
      isClean,
      calls: this.#calls,
      others: this.#others,
      outcomes: this.#outcomes,
      again: this.#again,
      open,
    };
  }

  #decide(view: RecordView, call: CountedCall): void {
    const key = keyOf(view);
    const isAgain = view.decision !== 'require_approval' && view.approval !== null;
    // The last decision of a call counts, in the place of the last one.
    if (!this.#open.delete(key) && isAgain) this.#again.push(flat(key));
    this.#open.set(key, call);
  }

  #end(view: RecordView, outcome: CountedCall): void {
    const key = keyOf(view);
    const decision = this.#open.get(key);
    if (decision === undefined) {
      this.#outcomes.push({ key: flat(key), call: outcome });
      return;
    }
    this.#open.delete(key);
    this.#calls.push(joinCounted(decision, outcome));
  }
}

function keyOf({ writer, request_id: requestId }: RecordView): string {
  return `${writer}\n${requestId}`;
}
