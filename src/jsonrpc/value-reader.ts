import { isBlank, scanNumber } from './scan-scalar.js';

/**
 * Walks the text of a JSON value that was already found to be strict, so that parts of it can be
 * taken as they stand. Throws TypeError on anything else; never reads past the end.
 */
export class ValueReader {
  readonly bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, start = 0) {
    this.bytes = bytes;
    this.at = start;
  }

  /** The byte that the next value or mark begins with; blanks before it are skipped. */
  next(): number {
    while (isBlank(this.bytes[this.at] ?? 0)) this.at++;
    return this.bytes[this.at] ?? endless();
  }

  /** Reads an object's members: `member` gets each key and must read the value behind it. */
  object(member: (key: string, keyStart: number) => void): void {
    this.next();
    this.at++;
    for (let first = true; this.next() !== 0x7d; first = false) {
      if (!first) {
        this.at++;
        this.next();
      }
      const keyStart = this.at;
      const key = this.string();
      this.next();
      this.at++;
      this.next();
      member(key, keyStart);
    }
    this.at++;
  }

  /** Reads an array's elements: `element` must read each. */
  array(element: (index: number) => void): void {
    this.next();
    this.at++;
    for (let index = 0; this.next() !== 0x5d; index++) {
      if (index > 0) {
        this.at++;
        this.next();
      }
      element(index);
    }
    this.at++;
  }

  /** Reads a string and returns its value. */
  string(): string {
    const start = this.at;
    this.#skipString();
    return JSON.parse(this.text(start, this.at)) as string;
  }

  /** Reads a number or a literal and returns its text as it came. */
  scalar(): string {
    const start = this.at;
    const byte = this.next();
    if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) {
      this.at = scanNumber(this.bytes, this.at, this.bytes.length);
    } else {
      // true, false or null.
      this.at += byte === 0x66 ? 5 : 4;
    }
    return this.text(start, this.at);
  }

  /** Reads any value without building it. */
  skip(): void {
    const byte = this.next();
    if (byte === 0x7b) this.object(() => this.skip());
    else if (byte === 0x5b) this.array(() => this.skip());
    else if (byte === 0x22) this.#skipString();
    else this.scalar();
  }

  text(start: number, end: number): string {
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + start, end - start).toString('utf8');
  }

  #skipString(): void {
    this.at++;
    for (let byte = this.bytes[this.at]; byte !== 0x22; byte = this.bytes[this.at]) {
      if (byte === undefined) endless();
      this.at += byte === 0x5c ? 2 : 1;
    }
    this.at++;
  }
}

function endless(): never {
  throw new TypeError('expected one whole JSON value');
}
