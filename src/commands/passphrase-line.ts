/** What the bytes so far come to. */
export type LineStep =
  | { readonly kind: 'open' }
  | { readonly kind: 'cancelled' }
  /** `rest` are the bytes behind the line. */
  | { readonly kind: 'done'; readonly text: string; readonly rest: Buffer };

/** A line of keys in the making. */
export interface PassphraseLine {
  push(bytes: Buffer): LineStep;
}

const CTRL_C = 0x03;
const CTRL_D = 0x04;
const BACKSPACE = 0x08;
const LF = 0x0a;
const CR = 0x0d;
const CTRL_U = 0x15;
const ESCAPE = 0x1b;
const DELETE = 0x7f;
/** At most, in UTF-8. */
const BYTES_PER_CHARACTER = 4;

/** Where an escape sequence stands, as of arrow keys; its bytes are no text. */
type Escaped = 'no' | 'begun' | 'sequence' | 'one-more';

/**
 * Edits a line from the raw bytes of keys: backspace takes the last character, Ctrl-U all of them,
 * Enter ends it, Ctrl-C cancels, and so does Ctrl-D on an empty line. Of a line that is
 * longer than `charsMax` so much is kept that it is seen to be too long.
 */
export function passphraseLine(charsMax: number): PassphraseLine {
  let bytes: number[] = [];
  let escaped: Escaped = 'no';
  const push = (chunk: Buffer): LineStep => {
    for (const [at, byte] of chunk.entries()) {
      if (escaped !== 'no') {
        escaped = afterEscape(escaped, byte);
        continue;
      }
      switch (byte) {
        case CR:
        case LF:
          return { kind: 'done', text: Buffer.from(bytes).toString('utf8'), rest: chunk.subarray(at + 1) };
        case CTRL_C:
          return { kind: 'cancelled' };
        case CTRL_D:
          if (bytes.length === 0) return { kind: 'cancelled' };
          break;
        case BACKSPACE:
        case DELETE:
          bytes = withoutLast(bytes);
          break;
        case CTRL_U:
          bytes = [];
          break;
        case ESCAPE:
          escaped = 'begun';
          break;
        default:
          if (byte >= 0x20 && bytes.length <= BYTES_PER_CHARACTER * charsMax) bytes.push(byte);
      }
    }
    return { kind: 'open' };
  };
  return { push };
}

function afterEscape(escaped: Escaped, byte: number): Escaped {
  switch (escaped) {
    case 'begun':
      if (byte === 0x5b) return 'sequence';
      return byte === 0x4f ? 'one-more' : 'no';
    case 'sequence':
      // Parameters go on until the letter that ends the sequence.
      return byte >= 0x40 && byte <= 0x7e ? 'no' : 'sequence';
    case 'one-more':
    case 'no':
      return 'no';
  }
}

/** The bytes without the last character: the bytes that continue it, and the one that begins it. */
function withoutLast(bytes: readonly number[]): number[] {
  let end = bytes.length - 1;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.slice(0, Math.max(0, end));
}
