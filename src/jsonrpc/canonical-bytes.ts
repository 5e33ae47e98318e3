import { ValueReader } from './value-reader.js';

/**
 * The canonical text of one JSON value in bytes that were already found to be strict JSON: no
 * spaces, members sorted, texts as JSON.stringify writes them, and numbers as they came. Two values
 * have the same text only where every reader reads them the same: 1 and 1.0 differ, and so do big
 * integers that a double cannot tell apart. Depth is bounded by JSON_DEPTH_MAX, as the line was
 * inspected before.
 */
export function canonicalBytes(bytes: Uint8Array): string {
  return canonicalValue(new ValueReader(bytes));
}

function canonicalValue(reader: ValueReader): string {
  const byte = reader.next();
  if (byte === 0x7b) {
    const members: (readonly [key: string, value: string])[] = [];
    reader.object((key) => members.push([key, canonicalValue(reader)]));
    members.sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
    return `{${members.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`;
  }
  if (byte === 0x5b) {
    const elements: string[] = [];
    reader.array(() => elements.push(canonicalValue(reader)));
    return `[${elements.join(',')}]`;
  }
  return byte === 0x22 ? JSON.stringify(reader.string()) : reader.scalar();
}
