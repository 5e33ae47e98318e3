import { ID_BYTES_MAX } from '../platform/bounds.js';
import type { RpcId } from './message.js';
import type { MemberSpan, MessageScanner } from './scan.js';

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
  if (span.keyEnd - span.keyStart !== key.length) return false;
  for (let index = 0; index < key.length; index++) {
    if (bytes[span.keyStart + index] !== key.charCodeAt(index)) return false;
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
  if (length > 17) return undefined;
  const text = bytes.toString('latin1', start, span.valueEnd);
  const value = Number(text);
  return Number.isSafeInteger(value) && String(value) === text ? value : undefined;
}
