/** An answer of which bytes wait for its client. */
export interface WaitingAnswer {
  readonly waitingBytes: number;
  cutOff(reason: string): void;
}

/**
 * Answers whose clients have not taken everything yet. Those of fast clients are in here for
 * moments; once all of them together hold more than the bound, the one that waits longest goes.
 */
export class WaitingAnswers {
  readonly #bytesMax: number;
  readonly #waiting = new Set<WaitingAnswer>();

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Notes that an answer waits; its place in the line is that of its first note. */
  add(answer: WaitingAnswer): void {
    this.#waiting.add(answer);
    let sum = 0;
    for (const { waitingBytes } of this.#waiting) sum += waitingBytes;
    for (const oldest of this.#waiting) {
      if (sum <= this.#bytesMax) return;
      sum -= oldest.waitingBytes;
      this.#waiting.delete(oldest);
      oldest.cutOff('too many bytes wait for slow clients');
    }
  }

  /** Notes that everything was taken or the client is gone. */
  delete(answer: WaitingAnswer): void {
    this.#waiting.delete(answer);
  }
}
