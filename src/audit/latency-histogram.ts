/** Steps of one doubling: a value is told apart from one that is 2.2 % larger. */
const STEPS = 32;
/** One microsecond: records hold no less. */
const LEAST_MS = 0.001;
/** Doublings from there on: 0.001 ms to about 12 days. */
const DOUBLINGS = 40;

const BUCKETS = STEPS * DOUBLINGS;

/** The bucket of a time in milliseconds; -1 for what is no time. */
export function bucketOf(milliseconds: number): number {
  if (!(milliseconds >= 0)) return -1;
  const doublings = milliseconds <= LEAST_MS ? 0 : Math.log2(milliseconds / LEAST_MS);
  return Math.min(BUCKETS - 1, Math.floor(doublings * STEPS));
}

/** Counts times in buckets whose width grows with them, so that any number of times takes the same room. */
export class LatencyHistogram {
  #buckets: Float64Array | undefined;
  #count = 0;
  #max = 0;

  /** Adds a time in milliseconds; what is no time is left out. */
  add(milliseconds: number): void {
    this.addTo(bucketOf(milliseconds), milliseconds);
  }

  /** The same for a time whose bucket is known, as one time stands in several histograms. */
  addTo(index: number, milliseconds: number): void {
    if (index < 0) return;
    this.#buckets ??= new Float64Array(BUCKETS);
    this.#buckets[index] = (this.#buckets[index] ?? 0) + 1;
    this.#count += 1;
    if (milliseconds > this.#max) this.#max = milliseconds;
  }

  get count(): number {
    return this.#count;
  }

  /** The longest time, exactly. */
  get max(): number {
    return this.#max;
  }

  /**
   * The time that this part of all times (0 to 1) does not exceed, at most 1.1 % off, three decimals;
   * null where there are no times. The rank is the nearest one.
   */
  quantile(part: number): number | null {
    if (this.#buckets === undefined) return null;
    const rank = Math.max(1, Math.ceil(part * this.#count));
    let seen = 0;
    for (let index = 0; index < this.#buckets.length; index += 1) {
      seen += this.#buckets[index] ?? 0;
      if (seen < rank) continue;
      const middle = LEAST_MS * 2 ** ((index + 0.5) / STEPS);
      return Math.round(Math.min(middle, this.#max) * 1000) / 1000;
    }
    return this.#max;
  }
}
