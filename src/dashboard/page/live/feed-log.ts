import type { AuditEntry } from '../../contract/audit.js';

/** The newest records, oldest first. A call whose outcome came later keeps its place. */
export class FeedLog {
  readonly #most: number;
  readonly #places = new Map<string, number>();
  #entries: AuditEntry[] = [];
  /** The place of the first entry; places of dropped ones are never used again. */
  #first = 0;
  #added = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** How many records came in, those included that were dropped since. */
  get added(): number {
    return this.#added;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** A copy, oldest first: what was read once does not change under the reader. */
  entries(): AuditEntry[] {
    return [...this.#entries];
  }

  /** Takes what was recorded, oldest first; an entry with a known id replaces the one that is there. */
  add(entries: readonly AuditEntry[]): void {
    for (const entry of entries) {
      const place = this.#places.get(entry.id);
      if (place === undefined) {
        this.#places.set(entry.id, this.#first + this.#entries.length);
        this.#entries.push(entry);
        this.#added += 1;
      } else this.#entries[place - this.#first] = entry;
    }
    const over = this.#entries.length - this.#most;
    if (over <= 0) return;
    for (const { id } of this.#entries.splice(0, over)) this.#places.delete(id);
    this.#first += over;
  }

  /** Takes what was read from the log, in any order: it finds its place by time. What is known stays as it is. */
  merge(entries: readonly AuditEntry[]): void {
    const fresh = entries.filter(({ id }) => !this.#places.has(id));
    const all = [...fresh, ...this.#entries].sort((one, other) =>
      one.at < other.at ? -1 : Number(one.at > other.at),
    );
    this.#entries = all.slice(-this.#most);
    this.#first = 0;
    this.#places.clear();
    for (const [index, { id }] of this.#entries.entries()) this.#places.set(id, index);
  }
}
