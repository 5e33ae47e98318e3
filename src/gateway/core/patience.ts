import type { Clock } from '../../platform/clock.js';

/** Who is told once the time is over. */
export interface Patient {
  late(): void;
}

/** The place of one that waits. */
export interface Turn {
  readonly patient: Patient;
  readonly sinceMs: number;
  older: Turn | undefined;
  newer: Turn | undefined;
}

/**
 * Tells those that wait longer than one same time. Nearly all leave before: they share one timer, since
 * a timer of its own for each request costs more than all else that is kept of it. They stand in a
 * chain and not in a Set, which would keep those that left until a full collection.
 */
export class Patience {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #timeMs: number;
  #oldest: Turn | undefined;
  #newest: Turn | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** `timeMs` is at most 2^31 - 1. */
  constructor(clock: Pick<Clock, 'monotonicMs'>, timeMs: number) {
    this.#clock = clock;
    this.#timeMs = timeMs;
  }

  /** Has the patient told in `timeMs`, unless it leaves before. */
  enter(patient: Patient): Turn {
    const turn: Turn = { patient, sinceMs: this.#clock.monotonicMs(), older: this.#newest, newer: undefined };
    if (this.#newest === undefined) this.#oldest = turn;
    else this.#newest.newer = turn;
    this.#newest = turn;
    // It goes off for one that has left, too, and then for the one that waits longest.
    this.#timer ??= setTimeout(() => this.#look(), this.#timeMs);
    return turn;
  }

  /** Tells it no more; called once for each turn that did not come. */
  leave(turn: Turn): void {
    const { older, newer } = turn;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
  }

  /** Lets go of the timer; nobody is told any more. */
  close(): void {
    clearTimeout(this.#timer);
    this.#oldest = undefined;
    this.#newest = undefined;
  }

  #look(): void {
    this.#timer = undefined;
    const nowMs = this.#clock.monotonicMs();
    // A timer may go off a little early; a millisecond is no matter here.
    while (this.#oldest !== undefined && nowMs - this.#oldest.sinceMs >= this.#timeMs - 1) {
      const turn = this.#oldest;
      this.leave(turn);
      turn.patient.late();
    }
    if (this.#oldest === undefined) return;
    const leftMs = this.#oldest.sinceMs + this.#timeMs - nowMs;
    this.#timer ??= setTimeout(() => this.#look(), leftMs);
  }
}
