import type { RecordParts } from '../../src/audit/encode.js';

/** A line of a log without a chain, with its line feed. */
export function recordLine({ head, rest }: RecordParts, seq: number): string {
  return `${head}${seq},"prev":null${rest}\n`;
}
