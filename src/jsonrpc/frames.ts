/** Line feed: the only byte that ends a frame. U+2028, U+2029 and CR are ordinary bytes of a line. */
const LF = 0x0a;
const CR = 0x0d;
const NOTHING = Buffer.alloc(0);
/** How much of either end of an oversized frame is kept, so that its id may still be found. */
const REMNANT_BYTES = 4096;

/** Receives what a splitter finds. `end` excludes the line ending, `next` includes it. */
export interface FrameSink {
  frame(bytes: Buffer, start: number, end: number, next: number): void;
  /** A frame above the bound has ended and was dropped; its first and last bytes are kept. */
  oversized(size: number, head: Buffer, tail: Buffer): void;
}

/**
 * Splits a stream of bytes into frames at 0x0A. A frame that lies whole in one chunk is handed on
 * as a view of that chunk; one that spans chunks is gathered in a buffer of its own, which grows
 * with it, so that the copying is done while the rest still comes. Memory is bounded by twice
 * `bytesMax`: a longer frame is dropped up to its line feed and never taken up in the middle.
 */
export class FrameSplitter {
  readonly #sink: FrameSink;
  readonly #bytesMax: number;
  /** The unfinished frame; the first `#size` bytes count. Handed on with the frame, never used again. */
  #gathered: Buffer = NOTHING;
  #size = 0;
  #head: Buffer | null = null;
  #tail: Buffer = NOTHING;

  constructor(bytesMax: number, sink: FrameSink) {
    this.#bytesMax = bytesMax;
    this.#sink = sink;
  }

  /** Takes the next chunk; calls the sink for each frame that it completes. */
  push(chunk: Buffer): void {
    let start = 0;
    let lf = chunk.indexOf(LF);
    while (lf !== -1) {
      if (this.#size > 0) this.#complete(chunk, start, lf);
      else if (lf - start > this.#bytesMax) this.#drop(chunk.subarray(start, lf));
      else this.#sink.frame(chunk, start, frameEnd(chunk, start, lf), lf + 1);
      start = lf + 1;
      lf = chunk.indexOf(LF, start);
    }
    if (start < chunk.length) this.#keep(start === 0 ? chunk : chunk.subarray(start));
  }

  /** What stands behind the last line feed: at the end of a stream, a line that never ended. */
  remainder(): Buffer {
    return this.#head === null ? this.#gathered.subarray(0, this.#size) : this.#tail;
  }

  #keep(part: Buffer): void {
    const size = this.#size + part.length;
    if (this.#head !== null) {
      if (this.#head.length < REMNANT_BYTES) this.#head = firstBytes(Buffer.concat([this.#head, part]));
      this.#tail = lastBytes(Buffer.concat([this.#tail, part]));
    } else if (size > this.#bytesMax) {
      // The frame outgrew the bound: only its ends are kept from here on.
      const whole = Buffer.concat([this.#gathered.subarray(0, this.#size), part]);
      this.#head = firstBytes(whole);
      this.#tail = lastBytes(whole);
      this.#gathered = NOTHING;
    } else {
      this.#gather(part);
    }
    this.#size = size;
  }

  #gather(part: Buffer): void {
    // One byte more than the frame: room for its line feed.
    const needed = this.#size + part.length + 1;
    if (needed > this.#gathered.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#gathered.length * 2));
      this.#gathered.copy(larger, 0, 0, this.#size);
      this.#gathered = larger;
    }
    part.copy(this.#gathered, this.#size);
  }

  #complete(chunk: Buffer, start: number, lf: number): void {
    // The line feed is no part of the frame that the bound is about.
    if (lf > start) this.#keep(chunk.subarray(start, lf));
    const whole = this.#gathered;
    const head = this.#head;
    const size = this.#size;
    const tail = this.#tail;
    this.#gathered = NOTHING;
    this.#head = null;
    this.#tail = NOTHING;
    this.#size = 0;
    if (head !== null) {
      this.#sink.oversized(size, head, tail);
      return;
    }
    whole[size] = LF;
    this.#sink.frame(whole, 0, frameEnd(whole, 0, size), size + 1);
  }

  #drop(bytes: Buffer): void {
    this.#sink.oversized(bytes.length, bytes.subarray(0, REMNANT_BYTES), bytes.subarray(-REMNANT_BYTES));
  }
}

/** Copies, so that the large buffer behind them can go. */
function firstBytes(bytes: Buffer): Buffer {
  return Buffer.from(bytes.subarray(0, REMNANT_BYTES));
}

function lastBytes(bytes: Buffer): Buffer {
  return Buffer.from(bytes.subarray(-REMNANT_BYTES));
}

function frameEnd(bytes: Buffer, start: number, lf: number): number {
  return lf > start && bytes[lf - 1] === CR ? lf - 1 : lf;
}
