/** Where one value lies while it is in the map. */
interface Place<Value> {
  value: Value | undefined;
}

/**
 * A Map for large values that pass through it without end, such as the requests that are open. V8 gives
 * a Map a new table now and then, and each old table points to the next one: once one of them has become
 * old, all that were ever made after it stay until a full collection, with the values that were in them.
 * So a value lies in a place of its own, which is emptied when the value is taken out.
 */
export class PassingMap<Key, Value> {
  readonly #places = new Map<Key, Place<Value>>();

  get size(): number {
    return this.#places.size;
  }

  has(key: Key): boolean {
    return this.#places.has(key);
  }

  get(key: Key): Value | undefined {
    return this.#places.get(key)?.value;
  }

  /** Puts a value in; one that has the key already is replaced and keeps its turn. */
  set(key: Key, value: Value): void {
    const place = this.#places.get(key);
    if (place === undefined) this.#places.set(key, { value });
    else place.value = value;
  }

  /** Takes the value out. */
  take(key: Key): Value | undefined {
    const place = this.#places.get(key);
    if (place === undefined) return undefined;
    this.#places.delete(key);
    const { value } = place;
    place.value = undefined;
    return value;
  }

  /** Keys and values, the oldest first; those that are put in meanwhile come too. */
  *entries(): IterableIterator<[Key, Value]> {
    for (const [key, { value }] of this.#places) if (value !== undefined) yield [key, value];
  }

  *values(): IterableIterator<Value> {
    for (const { value } of this.#places.values()) if (value !== undefined) yield value;
  }

  clear(): void {
    for (const place of this.#places.values()) place.value = undefined;
    this.#places.clear();
  }
}
