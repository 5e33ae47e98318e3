import { REFUSAL_KINDS_MAX, REFUSALS_TOLD_MS } from './bounds.js';
import type { Schedule } from './schedule.js';

/** How many refusals one telling stands for. */
export interface Refused {
  readonly count: number;
  /** Whether they are of several kinds, of which the last one is told; there were too many kinds. */
  readonly mixed: boolean;
}

export interface RefusalCountsOptions<Detail> {
  readonly schedule: Schedule;
  readonly tell: (detail: Detail, refused: Refused) => void;
}

interface Kind<Detail> {
  detail: Detail;
  /** Those that were not told of. */
  count: number;
}

/**
 * Tells of refusals without letting who is refused fill a log: the first of a kind at once, then one
 * telling of all that came in REFUSALS_TOLD_MS, until a whole interval is quiet. What comes beyond
 * REFUSAL_KINDS_MAX kinds is counted together. None is left out of the counts.
 */
export class RefusalCounts<Detail> {
  readonly #options: RefusalCountsOptions<Detail>;
  readonly #kinds = new Map<string, Kind<Detail>>();
  #others: Kind<Detail> | undefined;
  #callOff: (() => void) | undefined;

  constructor(options: RefusalCountsOptions<Detail>) {
    this.#options = options;
  }

  /** One refusal; those of a kind are told of together. */
  add(kind: string, detail: Detail): void {
    this.#callOff ??= this.#options.schedule(REFUSALS_TOLD_MS, () => this.#turn());
    const known = this.#kinds.get(kind);
    if (known !== undefined) {
      known.detail = detail;
      known.count += 1;
    } else if (this.#kinds.size < REFUSAL_KINDS_MAX) {
      this.#kinds.set(kind, { detail, count: 0 });
      this.#options.tell(detail, { count: 1, mixed: false });
    } else {
      this.#others = { detail, count: (this.#others?.count ?? 0) + 1 };
    }
  }

  /** Tells of what was only counted. Safe to call twice. */
  close(): void {
    this.#callOff?.();
    this.#callOff = undefined;
    this.#tellCounted();
    this.#kinds.clear();
  }

  #turn(): void {
    this.#callOff = undefined;
    // Who was quiet is new again.
    for (const [kind, { count }] of this.#kinds) if (count === 0) this.#kinds.delete(kind);
    this.#tellCounted();
    if (this.#kinds.size > 0) this.#callOff = this.#options.schedule(REFUSALS_TOLD_MS, () => this.#turn());
  }

  #tellCounted(): void {
    const { tell } = this.#options;
    for (const kind of this.#kinds.values()) {
      const { detail, count } = kind;
      kind.count = 0;
      if (count > 0) tell(detail, { count, mixed: false });
    }
    const others = this.#others;
    this.#others = undefined;
    if (others !== undefined) tell(others.detail, { count: others.count, mixed: true });
  }
}
