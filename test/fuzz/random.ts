/** A small seeded generator (xorshift32), so that every line can be made again from two numbers. */
export class Random {
  #state: number;

  constructor(seed: number, index = 0) {
    // Neighboring seeds must not give neighboring streams.
    let mixed = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
    mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
    this.#state = (mixed ^ (mixed >>> 15)) >>> 0 || 1;
  }

  /** A whole number from 0 up to, and without, `limit`. */
  below(limit: number): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state >>> 0;
    return Math.floor((this.#state / 0x1_0000_0000) * limit);
  }

  /** True in `percent` of all cases. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}
