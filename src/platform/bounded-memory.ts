/**
 * Remembers what is a pure function of a text and comes again and again, so that remembering and
 * forgetting never change a result. When it is full, everything is dropped; long texts are not kept.
 */
export class BoundedMemory<Value> {
  readonly #values = new Map<string, Value>();
  readonly #entriesMax: number;
  readonly #charsMax: number;

  constructor(entriesMax: number, charsMax: number) {
    this.#entriesMax = entriesMax;
    this.#charsMax = charsMax;
  }

  /** What is remembered of the text, if anything is. */
  get(text: string): Value | undefined {
    return this.#values.get(text);
  }

  /** Remembers a value and returns it. */
  set(text: string, value: Value): Value {
    if (text.length > this.#charsMax) return value;
    if (this.#values.size >= this.#entriesMax) this.#values.clear();
    this.#values.set(text, value);
    return value;
  }
}
