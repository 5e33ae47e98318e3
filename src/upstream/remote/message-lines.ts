import { arrayElements } from '../../jsonrpc/array-elements.js';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const OPEN_BRACKET = 0x5b;

/**
 * A response body or an event's data as lines of one message each, without line endings. The bytes
 * stay as they are, but for line breaks between tokens, which become spaces; an array (a batch, as
 * only 2025-03-26 has it) becomes a line per element. Null for text that is not JSON but would seem
 * so after that.
 */
export function messageLines(body: Buffer): Buffer[] | null {
  const line = withoutEdges(body);
  if (line.length === 0) return [];
  const broken = line.includes(LF) || line.includes(CR);
  const batch = line[0] === OPEN_BRACKET;
  if (!broken && !batch) return [line];
  // A raw line break inside a string is no JSON, and a space in its place would hide that.
  if (!isJson(line)) return null;
  const flat = broken ? flattened(line) : line;
  if (!batch) return [flat];
  return arrayElements(flat, { start: 0, end: flat.length }).map(({ start, end }) =>
    flat.subarray(start, end),
  );
}

function withoutEdges(body: Buffer): Buffer {
  let start = 0;
  let end = body.length;
  while (start < end && isWhiteSpace(body[start])) start++;
  while (end > start && isWhiteSpace(body[end - 1])) end--;
  return body.subarray(start, end);
}

function isWhiteSpace(byte: number | undefined): boolean {
  return byte === LF || byte === CR || byte === SPACE || byte === TAB;
}

function isJson(line: Buffer): boolean {
  try {
    JSON.parse(line.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

function flattened(line: Buffer): Buffer {
  const flat = Buffer.from(line);
  for (const [index, byte] of flat.entries()) {
    if (byte === LF || byte === CR) flat[index] = SPACE;
  }
  return flat;
}
