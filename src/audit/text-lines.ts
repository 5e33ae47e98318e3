import { AUDIT_LINE_BYTES_MAX } from '../platform/bounds.js';

/** One line of a file, whatever it holds. */
export interface TextLine {
  /** Without its line feed; undefined for one above AUDIT_LINE_BYTES_MAX, whose bytes are not kept. */
  readonly text: string | undefined;
  /** From 1. */
  readonly line: number;
  /** In bytes. */
  readonly size: number;
}

/** The lines of a stream of bytes, empty ones left out. Holds at most one line and one piece of the stream. */
export async function* textLines(stream: AsyncIterable<Buffer | string>): AsyncGenerator<TextLine> {
  let held: Buffer[] = [];
  let size = 0;
  let line = 1;
  const hold = (piece: Buffer): void => {
    size += piece.length;
    if (size > AUDIT_LINE_BYTES_MAX) held = [];
    else held.push(piece);
  };
  const finish = (): TextLine => {
    const text = size > AUDIT_LINE_BYTES_MAX ? undefined : Buffer.concat(held).toString('utf8');
    const whole = { text, line, size };
    held = [];
    size = 0;
    line += 1;
    return whole;
  };
  for await (const chunk of stream) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    let from = 0;
    for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, from)) {
      hold(bytes.subarray(from, at));
      from = at + 1;
      const whole = finish();
      if (whole.size > 0) yield whole;
    }
    hold(bytes.subarray(from));
  }
  if (size > 0) yield finish();
}
