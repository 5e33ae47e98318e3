/** Where a frame of the client stands in its buffer; `next` is behind its line ending. */
export interface FramePlace {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly next: number;
}

/** A frame that is a buffer of its own. */
export function placeOf(frame: Buffer): FramePlace {
  const ending = frame.at(-1) === 0x0a ? (frame.at(-2) === 0x0d ? 2 : 1) : 0;
  return { bytes: frame, start: 0, end: frame.length - ending, next: frame.length };
}
