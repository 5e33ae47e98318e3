import type { Reading } from './reading.js';

/** What a parser lets pass in strings, numbers and words. */
export interface ScalarSwitches {
  /** NaN, Infinity and -Infinity. */
  readonly nonFinite?: boolean;
  /** Hexadecimal, a plus sign, leading zeros, a bare point. */
  readonly laxNumbers?: boolean;
  readonly singleQuotes?: boolean;
  /** Control characters inside strings. */
  readonly rawControls?: boolean;
  /** Escapes that JSON does not have: `\x41`, `\a`, a line feed behind a backslash. */
  readonly laxEscapes?: boolean;
  /** Python's and JavaScript's words. */
  readonly words?: boolean;
}

interface TextFound {
  readonly text: string;
  readonly end: number;
}

interface ScalarFound {
  readonly reading: Reading;
  readonly end: number;
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LAX_NUMBER = /[+-]?(?:0[xX][\da-fA-F]+|\d[\d_]*\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)/y;
const NON_FINITE = /[+-]?(?:NaN|Infinity)/y;
const WORD = /true|false|null/y;
const LAX_WORD = /True|False|None|undefined|nil|TRUE|FALSE|NULL/y;
// oxlint-disable-next-line no-control-regex -- control characters end a plain run
const PLAIN = /[^"'\\\u0000-\u001f]+/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** Reads strings, numbers and words from one text. */
export class LaxScalars {
  readonly #text: string;
  readonly #switches: ScalarSwitches;

  constructor(text: string, switches: ScalarSwitches) {
    this.#text = text;
    this.#switches = switches;
  }

  read(at: number): ScalarFound | null {
    const found = this.readText(at);
    if (found !== null) return { reading: { kind: 'text', text: found.text }, end: found.end };
    return this.#word(at) ?? this.#number(at);
  }

  readText(at: number): TextFound | null {
    const quote = this.#text[at];
    if (quote !== '"' && !(quote === "'" && this.#switches.singleQuotes === true)) return null;
    let text = '';
    let place = at + 1;
    for (;;) {
      const plain = this.#match(PLAIN, place);
      if (plain !== null) {
        text += plain;
        place += plain.length;
      }
      const character = this.#text[place];
      if (character === undefined) return null;
      if (character === quote) return { text, end: place + 1 };
      if (character === '\\') {
        const escape = this.#escape(place + 1);
        if (escape === null) return null;
        text += escape.text;
        place = escape.end;
        continue;
      }
      if (character < ' ' && this.#switches.rawControls !== true) return null;
      text += character;
      place++;
    }
  }

  #escape(at: number): TextFound | null {
    const letter = this.#text[at];
    if (letter === undefined) return null;
    const known = ESCAPES[letter];
    if (known !== undefined) return { text: known, end: at + 1 };
    const hex = this.#text.slice(at + 1, at + 5);
    if (letter === 'u' && /^[\da-fA-F]{4}$/.test(hex)) {
      return { text: String.fromCharCode(Number.parseInt(hex, 16)), end: at + 5 };
    }
    if (this.#switches.laxEscapes !== true) return null;
    const short = this.#text.slice(at + 1, at + 3);
    if (letter === 'x' && /^[\da-fA-F]{2}$/.test(short)) {
      return { text: String.fromCharCode(Number.parseInt(short, 16)), end: at + 3 };
    }
    return { text: letter === '\n' ? '' : letter, end: at + 1 };
  }

  #word(at: number): ScalarFound | null {
    const word = this.#match(WORD, at) ?? (this.#switches.words === true ? this.#match(LAX_WORD, at) : null);
    if (word === null) return null;
    const value = /^t/i.test(word) ? true : /^f/i.test(word) ? false : null;
    return { reading: { kind: 'literal', value }, end: at + word.length };
  }

  #number(at: number): ScalarFound | null {
    const { nonFinite, laxNumbers } = this.#switches;
    const text =
      (nonFinite === true ? this.#match(NON_FINITE, at) : null) ??
      this.#match(laxNumbers === true ? LAX_NUMBER : NUMBER, at);
    if (text === null) return null;
    return { reading: { kind: 'number', value: Number(text.replaceAll('_', '')) }, end: at + text.length };
  }

  #match(pattern: RegExp, at: number): string | null {
    pattern.lastIndex = at;
    return pattern.exec(this.#text)?.[0] ?? null;
  }
}
