/** Bytes looked at one by one before the scan goes on by words: most strings are shorter. */
const WORDS_FROM_BYTES = 32;

/** Marks the bytes at which a string has to be looked at: the quote, the backslash, control bytes. */
const STOPS = Uint8Array.from({ length: 256 }, (_none, byte) =>
  byte < 0x20 || byte === 0x22 || byte === 0x5c ? 1 : 0,
);

/** Reads JSON strings; long ones by words of four bytes, since results carry whole files in one string. */
export class StringScanner {
  /** Whether the last string held a backslash. */
  escaped = false;
  #bytes: Uint8Array = new Uint8Array(0);
  #end = 0;
  #words: Uint32Array | null = null;

  /** Names the bytes that the next scans read, up to `end`. */
  open(bytes: Uint8Array, end: number): void {
    this.#bytes = bytes;
    this.#end = end;
    this.#words = null;
  }

  /**
   * The offset behind the closing quote of the string whose first byte is at `start`; minus the
   * offset of the fault, minus 1, where it holds a control byte or a bad escape or does not end.
   */
  scan(start: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    this.escaped = false;
    let at = start;
    for (;;) {
      const until = Math.min(at + WORDS_FROM_BYTES, end);
      while (at < until && STOPS[bytes[at] as number] === 0) at++;
      if (at === end) return -end - 1;
      if (at === until) {
        at = this.#skipPlain(at);
        continue;
      }
      const byte = bytes[at] as number;
      if (byte === 0x22) return at + 1;
      if (byte !== 0x5c) return -at - 1;
      this.escaped = true;
      at = this.#escape(at + 1);
      if (at < 0) return at;
    }
  }

  /** Skips whole words that hold no quote, backslash or control byte. */
  #skipPlain(from: number): number {
    const bytes = this.#bytes;
    const base = bytes.byteOffset & 3;
    this.#words ??= new Uint32Array(bytes.buffer, bytes.byteOffset - base, (base + this.#end) >>> 2);
    const words = this.#words;
    let at = from;
    while (((at + base) & 3) !== 0) {
      // Unaligned: leave the few bytes up to the next word to the caller's careful loop.
      if (at >= this.#end) return at;
      const byte = bytes[at] as number;
      if (byte < 0x20 || byte === 0x22 || byte === 0x5c) return at;
      at++;
    }
    let word = (at + base) >>> 2;
    const last = words.length;
    // Four words at a time: what has to be looked at stands far apart in long strings.
    while (
      word + 3 < last &&
      !holdsStop(words[word] as number) &&
      !holdsStop(words[word + 1] as number) &&
      !holdsStop(words[word + 2] as number) &&
      !holdsStop(words[word + 3] as number)
    ) {
      word += 4;
    }
    while (word < last && !holdsStop(words[word] as number)) word++;
    return Math.max(at, (word << 2) - base);
  }

  /** The offset behind the escape whose letter is at `at`, or the fault as above. */
  #escape(at: number): number {
    const bytes = this.#bytes;
    if (at >= this.#end) return -at - 1;
    switch (bytes[at]) {
      case 0x22:
      case 0x5c:
      case 0x2f:
      case 0x62:
      case 0x66:
      case 0x6e:
      case 0x72:
      case 0x74:
        return at + 1;
      case 0x75: {
        for (let index = at + 1; index <= at + 4; index++) {
          if (index >= this.#end || !isHex(bytes[index] as number)) return -index - 1;
        }
        return at + 5;
      }
      default:
        return -at - 1;
    }
  }
}

/** Whether one of the four bytes of a word is a quote, a backslash or a control byte; may also say yes for others. */
function holdsStop(value: number): boolean {
  const quote = value ^ 0x22222222;
  const slash = value ^ 0x5c5c5c5c;
  // A byte of x is zero, or below 0x20, where subtraction borrows into its high bit and x had none.
  const hit =
    ((quote - 0x01010101) & ~quote) | ((slash - 0x01010101) & ~slash) | ((value - 0x20202020) & ~value);
  return (hit & 0x80808080) !== 0;
}

function isHex(byte: number): boolean {
  const lower = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (lower >= 0x61 && lower <= 0x66);
}
