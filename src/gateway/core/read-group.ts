/** What holds lines of clients that were judged and wait for the log. */
export interface Flushable {
  flush(): void;
}

/**
 * The lines of all clients that came with one turn of the event loop. They are judged as they come, and
 * once nothing more is there to be read their records are written with one write, and then they leave.
 * A line that comes alone waits for nobody.
 */
export class ReadGroup {
  readonly #onDefect: (error: unknown) => void;
  #members: Flushable[] = [];

  /** `onDefect` is told where one member fails, which holds up none of the others. */
  constructor(onDefect: (error: unknown) => void) {
    this.#onDefect = onDefect;
  }

  /** Has a member flushed at the end of this turn; one that is in already is flushed once. */
  add(member: Flushable): void {
    if (this.#members.length === 0) setImmediate(() => this.#flush());
    if (!this.#members.includes(member)) this.#members.push(member);
  }

  #flush(): void {
    const members = this.#members;
    this.#members = [];
    for (const member of members) {
      try {
        member.flush();
      } catch (error) {
        this.#onDefect(error);
      }
    }
  }
}
