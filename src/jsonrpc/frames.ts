import { isAscii } from 'node:buffer';
import { FRAME_PARTS_MAX } from '../platform/bounds.js';

/** Line feed: the only byte that ends a frame. U+2028, U+2029 and CR are ordinary bytes of a line. */
const LF = 0x0a;
const CR = 0x0d;
/** How much of either end of an oversized frame is kept, so that its id may still be found. */
const REMNANT_BYTES = 4096;

/** Receives what a splitter finds. */
export interface FrameSink {
  /**
   * `end` excludes the line ending, `next` includes it. `ascii` is true where all of it is known to be
   * ASCII: a read is looked at once for all its frames.
   */
  frame(bytes: Buffer, start: number, end: number, next: number, ascii: boolean): void;
  /** A frame above the bound has ended and was dropped; its first and last bytes are kept. */
  oversized(size: number, head: Buffer, tail: Buffer): void;
}

/**
 * Splits a stream of bytes into frames at 0x0A. A frame that lies whole in one chunk is handed on
 * as a view of that chunk; one that spans chunks is joined first. Memory is bounded by `bytesMax`
 * plus one chunk: a longer frame is dropped up to its line feed and never taken up in the middle.
 */
export class FrameSplitter {
  readonly #sink: FrameSink;
  readonly #bytesMax: number;
  #parts: Buffer[] = [];
  /** The first of `#parts` that was not yet joined with its neighbors. */
  #loose = 0;
  #size = 0;
  #head: Buffer | null = null;
  #tail: Buffer = Buffer.alloc(0);

  constructor(bytesMax: number, sink: FrameSink) {
    this.#bytesMax = bytesMax;
    this.#sink = sink;
  }

  /** Takes the next chunk; calls the sink for each frame that it completes. */
  push(chunk: Buffer): void {
    const ascii = isAscii(chunk);
    let start = 0;
    let lf = chunk.indexOf(LF);
    while (lf !== -1) {
      if (this.#size > 0) this.#complete(chunk, start, lf);
      else if (lf - start > this.#bytesMax) this.#drop(chunk.subarray(start, lf));
      else this.#sink.frame(chunk, start, frameEnd(chunk, start, lf), lf + 1, ascii);
      start = lf + 1;
      lf = chunk.indexOf(LF, start);
    }
    if (start < chunk.length) this.#keep(start === 0 ? chunk : chunk.subarray(start));
  }

  /** What stands behind the last line feed: at the end of a stream, a line that never ended. */
  remainder(): Buffer {
    return this.#head === null ? Buffer.concat(this.#parts) : this.#tail;
  }

  #keep(part: Buffer): void {
    this.#size += part.length;
    if (this.#head !== null) {
      if (this.#head.length < REMNANT_BYTES) this.#head = firstBytes(Buffer.concat([this.#head, part]));
      this.#tail = lastBytes(Buffer.concat([this.#tail, part]));
      return;
    }
    this.#parts.push(part);
    if (this.#size > this.#bytesMax) this.#cut();
    else if (this.#parts.length - this.#loose >= FRAME_PARTS_MAX) {
      this.#parts.push(Buffer.concat(this.#parts.splice(this.#loose)));
      this.#loose = this.#parts.length;
    }
  }

  /** The frame outgrew the bound: only its ends are kept from here on. */
  #cut(): void {
    const whole = Buffer.concat(this.#parts);
    this.#head = firstBytes(whole);
    this.#tail = lastBytes(whole);
    this.#parts = [];
    this.#loose = 0;
  }

  #complete(chunk: Buffer, start: number, lf: number): void {
    // The line feed is no part of the frame that the bound is about.
    if (lf > start) this.#keep(chunk.subarray(start, lf));
    const parts = this.#parts;
    const head = this.#head;
    const size = this.#size;
    const tail = this.#tail;
    this.#parts = [];
    this.#loose = 0;
    this.#head = null;
    this.#tail = Buffer.alloc(0);
    this.#size = 0;
    if (head !== null) {
      this.#sink.oversized(size, head, tail);
      return;
    }
    parts.push(chunk.subarray(lf, lf + 1));
    const whole = Buffer.concat(parts, size + 1);
    this.#sink.frame(whole, 0, frameEnd(whole, 0, size), size + 1, false);
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

/** Where the text of a line ends that has its line feed. */
export function lineEnd(line: Buffer): number {
  return frameEnd(line, 0, line.length - 1);
}

function frameEnd(bytes: Buffer, start: number, lf: number): number {
  return lf > start && bytes[lf - 1] === CR ? lf - 1 : lf;
}
