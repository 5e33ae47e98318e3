import type { Reading } from './reading.js';
import { LaxScalars, type ScalarSwitches } from './scalars.js';

/** What a parser lets pass beyond RFC 8259. Everything absent is refused. */
export interface ReaderSwitches extends ScalarSwitches {
  readonly comments?: boolean;
  readonly trailingCommas?: boolean;
  readonly bareKeys?: boolean;
  /** Any kind of white space and separator between tokens. */
  readonly wideBlanks?: boolean;
  /** Value after value until one is broken, as decoders of streams read. */
  readonly several?: boolean;
  /** Whatever stands behind the first value. */
  readonly anyTail?: boolean;
  /** Whatever stands before the first bracket. */
  readonly anyHead?: boolean;
}

const DEPTH_MAX = 2000;
const NARROW = /[ \t\r\n]*/y;
// oxlint-disable-next-line no-control-regex -- some parsers skip control characters
const WIDE = /[\s\u0000\u0085\u001c-\u001f\u200b]*/y;
const COMMENT = /(?:\/\*[^]*?\*\/|\/\/[^\n\r\u2028\u2029]*|#[^\n\r]*)/y;
const BARE_KEY = /[$\w\u0080-\uffff]+/y;

class Broken extends Error {}

/** The values that a parser with these switches finds in a text; none where it gives up. */
export function readAll(text: string, switches: ReaderSwitches): Reading[] {
  const reader = new Reader(text, switches);
  const found: Reading[] = [];
  try {
    if (switches.anyHead === true) reader.skipHead();
    do {
      const value = reader.value(0);
      reader.blanks();
      if (switches.several !== true && switches.anyTail !== true && !reader.done) return [];
      found.push(value);
    } while (switches.several === true && !reader.done);
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
  }
  return found;
}

class Reader {
  readonly #text: string;
  readonly #switches: ReaderSwitches;
  readonly #scalars: LaxScalars;
  #at = 0;

  constructor(text: string, switches: ReaderSwitches) {
    this.#text = text;
    this.#switches = switches;
    this.#scalars = new LaxScalars(text, switches);
  }

  get done(): boolean {
    return this.#at >= this.#text.length;
  }

  skipHead(): void {
    const bracket = this.#text.search(/[[{]/);
    if (bracket > 0) this.#at = bracket;
  }

  blanks(): void {
    for (;;) {
      const blank = this.#switches.wideBlanks === true ? WIDE : NARROW;
      this.#match(blank);
      if (this.#switches.comments !== true || this.#match(COMMENT) === null) return;
    }
  }

  value(depth: number): Reading {
    this.blanks();
    if (depth > DEPTH_MAX) throw new Broken();
    if (this.#takes('{')) return this.#object(depth);
    if (this.#takes('[')) return this.#array(depth);
    const scalar = this.#scalars.read(this.#at);
    if (scalar === null) throw new Broken();
    this.#at = scalar.end;
    return scalar.reading;
  }

  #object(depth: number): Reading {
    const entries: (readonly [string, Reading])[] = [];
    while (!this.#closes('}', entries.length)) {
      const key = this.#key();
      this.blanks();
      if (!this.#takes(':')) throw new Broken();
      entries.push([key, this.value(depth + 1)]);
    }
    return { kind: 'object', entries };
  }

  #array(depth: number): Reading {
    const items: Reading[] = [];
    while (!this.#closes(']', items.length)) items.push(this.value(depth + 1));
    return { kind: 'array', items };
  }

  /** Whether the list ends here; takes the comma before a further element. */
  #closes(bracket: string, count: number): boolean {
    this.blanks();
    if (this.#takes(bracket)) return true;
    if (count === 0) return false;
    if (!this.#takes(',')) throw new Broken();
    this.blanks();
    return this.#switches.trailingCommas === true && this.#takes(bracket);
  }

  #key(): string {
    const scalar = this.#scalars.readText(this.#at);
    if (scalar !== null) {
      this.#at = scalar.end;
      return scalar.text;
    }
    const bare = this.#switches.bareKeys === true ? this.#match(BARE_KEY) : null;
    if (bare === null) throw new Broken();
    return bare;
  }

  #takes(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return null;
    this.#at = pattern.lastIndex;
    return found[0];
  }
}
