import type { ByteSpan } from './message.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Where the elements of an array stand; `array` is the span of a JSON array that was already checked. */
export function arrayElements(bytes: Buffer, array: ByteSpan): ByteSpan[] {
  const elements: ByteSpan[] = [];
  let depth = 0;
  let start = -1;
  let last = -1;
  for (let at = array.start + 1; at < array.end - 1; at++) {
    const byte = bytes[at] as number;
    if (byte === 0x20 || byte === 0x09) continue;
    if (byte === 0x2c && depth === 0) {
      elements.push({ start, end: last });
      start = -1;
      continue;
    }
    if (start === -1) start = at;
    if (byte === QUOTE) at = closingQuote(bytes, at);
    else if (byte === 0x7b || byte === 0x5b) depth++;
    else if (byte === 0x7d || byte === 0x5d) depth--;
    last = at + 1;
  }
  if (start !== -1) elements.push({ start, end: last });
  return elements;
}

function closingQuote(bytes: Buffer, open: number): number {
  let at = open + 1;
  while (bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}
