import { ID_BYTES_MAX } from '../platform/bounds.js';
import type { RpcId } from './message.js';
import type { MemberSpan, MessageScanner } from './scan.js';

/** So many digits are a safe integer, whatever they are. */
const PLAIN_DIGITS = 15;

/** The index of the first root member from `from` on with this key, or -1. Keys written with escapes are not found. */
export function findRoot(scanner: MessageScanner, bytes: Buffer, key: string, from = 0): number {
  const count = Math.min(scanner.rootCount, scanner.root.length);
  for (let index = from; index < count; index++) {
    if (hasKey(bytes, scanner.root[index] as MemberSpan, key)) return index;
  }
  return -1;
}

/** The member with this key inside the root member `parent`, or null. */
export function findNested(
  scanner: MessageScanner,
  bytes: Buffer,
  parent: number,
  key: string,
): MemberSpan | null {
  const count = Math.min(scanner.nestedCount, scanner.nested.length);
  for (let index = 0; index < count; index++) {
    const span = scanner.nested[index] as MemberSpan;
    if (span.parent === parent && hasKey(bytes, span, key)) return span;
  }
  return null;
}

/** How often this key stands inside the root member `parent`, among the members that are remembered. */
export function countNested(scanner: MessageScanner, bytes: Buffer, parent: number, key: string): number {
  const count = Math.min(scanner.nestedCount, scanner.nested.length);
  let found = 0;
  for (let index = 0; index < count; index++) {
    const span = scanner.nested[index] as MemberSpan;
    if (span.parent === parent && hasKey(bytes, span, key)) found++;
  }
  return found;
}

/** Whether the member's key is written exactly so. */
export function hasKey(bytes: Buffer, span: MemberSpan, key: string): boolean {
  return holds(bytes, span.keyStart, span.keyEnd, key);
}

/** Whether `bytes[start, end)` is this text, which is ASCII. */
export function holds(bytes: Buffer, start: number, end: number, text: string): boolean {
  if (end - start !== text.length) return false;
  for (let index = 0; index < text.length; index++) {
    if (bytes[start + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}

/** The id that stands at root member `index`: a string, or an integer that is written as one and survives as a number. */
export function readIdText(bytes: Buffer, scanner: MessageScanner, index: number): RpcId | undefined {
  const span = scanner.root[index] as MemberSpan;
  const start = span.valueStart;
  const length = span.valueEnd - start;
  if (length <= 0) return undefined;
  if (bytes[start] === 0x22) {
    if (length > ID_BYTES_MAX * 6) return undefined;
    const id = JSON.parse(bytes.toString('utf8', start, span.valueEnd)) as string;
    return Buffer.byteLength(id) <= ID_BYTES_MAX ? id : undefined;
  }
  return length > 17 ? undefined : readInteger(bytes, start, span.valueEnd);
}

/** The integer that these bytes are, written as JavaScript writes it. */
function readInteger(bytes: Buffer, start: number, end: number): number | undefined {
  const plain = plainInteger(bytes, start, end);
  if (plain !== -1) return plain;
  const text = bytes.toString('latin1', start, end);
  const value = Number(text);
  return Number.isSafeInteger(value) && String(value) === text ? value : undefined;
}

/** As nearly all ids are: a few digits without a zero in front, for which no text is made; -1 for others. */
function plainInteger(bytes: Buffer, start: number, end: number): number {
  if (end - start > PLAIN_DIGITS || bytes[start] === 0x30) return -1;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] as number) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
