import { JSON_DEPTH_MAX, NESTED_MEMBERS_MAX, ROOT_MEMBERS_MAX } from '../platform/bounds.js';
import { isBlank, scanLiteral, scanNumber } from './scan-scalar.js';
import { StringScanner } from './scan-string.js';

/** Why a line is no message; `null` stands for "it is one strict JSON object". */
export type ScanFault = 'not-json' | 'not-object' | 'control-byte' | 'too-deep';

const enum State {
  Value,
  FirstKey,
  Key,
  FirstElement,
  AfterValue,
}

/** Where one member of the message stands in its bytes; keys exclude their quotes. */
export interface MemberSpan {
  keyStart: number;
  keyEnd: number;
  valueStart: number;
  valueEnd: number;
  /** For nested members: the index of the root member that holds them. */
  parent: number;
}

/**
 * Reads one line of bytes as strict JSON (RFC 8259) without building a value, and notes where the
 * root members and the members one level below them stand. Reused for every line: the fields hold
 * what the last `scan` found. White space is space and tab only, since a line holds no LF and an
 * inner CR is a second line to some servers. UTF-8 is the caller's business.
 */
export class MessageScanner {
  readonly root: MemberSpan[] = spans(ROOT_MEMBERS_MAX);
  readonly nested: MemberSpan[] = spans(NESTED_MEMBERS_MAX);
  rootCount = 0;
  nestedCount = 0;
  /** True when there were more members than are remembered. */
  overflow = false;
  /** The depth of the outermost key that is written with an escape; Infinity where there is none. */
  escapedDepth = Number.POSITIVE_INFINITY;
  /**
   * Whether every key is its own folded form for sure: lower-case ASCII letters, digits and `_ $ -`,
   * without two underscores in front. Nearly all are, and then nobody need look at them again.
   */
  plainKeys = true;
  /** Object members at any depth, duplicates counted each. */
  memberCount = 0;
  /** How far the scan came: the offset of the fault, or the end. */
  offset = 0;

  readonly #arrays = new Uint8Array(JSON_DEPTH_MAX + 1);
  readonly #strings = new StringScanner();

  /** Scans `bytes[start, end)`; returns the fault, or null for one whole JSON object. */
  scan(bytes: Uint8Array, start: number, end: number): ScanFault | null {
    this.rootCount = 0;
    this.nestedCount = 0;
    this.overflow = false;
    this.memberCount = 0;
    this.escapedDepth = Number.POSITIVE_INFINITY;
    this.plainKeys = true;
    this.#strings.open(bytes, end);
    let at = start;
    while (at < end && isBlank(bytes[at] as number)) at++;
    if (at < end && bytes[at] !== 0x7b) return this.#foreignRoot(bytes, at, end);
    return this.#walk(bytes, at, end);
  }

  /** Anything but an object at the root: an array is a batch, a scalar no message. */
  #foreignRoot(bytes: Uint8Array, at: number, end: number): ScanFault {
    this.offset = at;
    const first = bytes[at] as number;
    if (first === 0x5b) return 'not-object';
    if (first < 0x20) return 'control-byte';
    try {
      JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset + at, Math.min(end - at, 64)).toString('latin1'));
      return 'not-object';
    } catch {
      return 'not-json';
    }
  }

  #walk(bytes: Uint8Array, start: number, end: number): ScanFault | null {
    const arrays = this.#arrays;
    let at = start;
    let depth = 0;
    let state: State = State.Value;
    while (at < end) {
      const byte = bytes[at] as number;
      if (byte === 0x20 || byte === 0x09) {
        at++;
        continue;
      }
      if (state === State.AfterValue) {
        if (byte === 0x2c && depth > 0) {
          state = arrays[depth] === 1 ? State.Value : State.Key;
          at++;
          continue;
        }
        if (depth === 0 || byte !== (arrays[depth] === 1 ? 0x5d : 0x7d)) return this.#fault(bytes, at, end);
        this.#close(--depth, ++at);
      } else if (state === State.Value || (state === State.FirstElement && byte !== 0x5d)) {
        if (byte === 0x7b || byte === 0x5b) {
          if (depth === JSON_DEPTH_MAX) return this.#stop('too-deep', at);
          arrays[++depth] = byte === 0x5b ? 1 : 0;
          state = byte === 0x5b ? State.FirstElement : State.FirstKey;
          at++;
          continue;
        }
        const after = this.#scalar(bytes, at, end, byte);
        if (after < 0) return this.#fault(bytes, -after - 1, end);
        at = after;
        this.#close(depth, at);
        state = State.AfterValue;
      } else if (state === State.FirstElement || (state === State.FirstKey && byte === 0x7d)) {
        this.#close(--depth, ++at);
        state = State.AfterValue;
      } else {
        if (byte !== 0x22) return this.#fault(bytes, at, end);
        const fault = this.#key(bytes, at, end, depth);
        if (fault !== null) return fault;
        at = this.offset;
        state = State.Value;
      }
    }
    this.offset = end;
    return depth === 0 && state === State.AfterValue ? null : 'not-json';
  }

  /** Reads a key, its colon and the blanks behind it; leaves `offset` at the value. */
  #key(bytes: Uint8Array, quote: number, end: number, depth: number): ScanFault | null {
    let after = afterPlainKey(bytes, quote + 1, end);
    if (after === -1) {
      this.plainKeys = false;
      after = this.#strings.scan(quote + 1);
      if (after < 0) return this.#fault(bytes, -after - 1, end);
      if (this.#strings.escaped && depth < this.escapedDepth) this.escapedDepth = depth;
    }
    let at = after;
    while (at < end && isBlank(bytes[at] as number)) at++;
    if (bytes[at] !== 0x3a || at >= end) return this.#fault(bytes, at, end);
    at++;
    while (at < end && isBlank(bytes[at] as number)) at++;
    this.memberCount++;
    if (depth === 1) this.#open(this.root, this.rootCount++, ROOT_MEMBERS_MAX, quote + 1, after - 1, at);
    // Only objects have keys, and at depth 2 the one that is open is the last root member's value.
    else if (depth === 2) {
      this.#open(this.nested, this.nestedCount++, NESTED_MEMBERS_MAX, quote + 1, after - 1, at);
    }
    this.offset = at;
    return null;
  }

  #open(list: MemberSpan[], index: number, max: number, keyStart: number, keyEnd: number, at: number): void {
    if (index >= max) {
      this.overflow = true;
      return;
    }
    const span = list[index] as MemberSpan;
    span.keyStart = keyStart;
    span.keyEnd = keyEnd;
    span.valueStart = at;
    span.valueEnd = -1;
    span.parent = this.rootCount - 1;
  }

  /** A value ended just before `at` and left the scan at `depth`. */
  #close(depth: number, at: number): void {
    if (depth === 1 && this.rootCount > 0 && this.rootCount <= ROOT_MEMBERS_MAX) {
      (this.root[this.rootCount - 1] as MemberSpan).valueEnd = at;
    } else if (depth === 2 && this.nestedCount > 0 && this.nestedCount <= NESTED_MEMBERS_MAX) {
      const span = this.nested[this.nestedCount - 1] as MemberSpan;
      // An array at depth 2 closes elements too: they belong to no member of this root member.
      if (span.parent === this.rootCount - 1) span.valueEnd = at;
    }
  }

  /** The offset behind a string, number or literal; negative: minus the offset of the fault, minus 1. */
  #scalar(bytes: Uint8Array, at: number, end: number, byte: number): number {
    if (byte === 0x22) return this.#strings.scan(at + 1);
    if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) return scanNumber(bytes, at, end);
    return scanLiteral(bytes, at, end, byte);
  }

  #fault(bytes: Uint8Array, at: number, end: number): ScanFault {
    // The line feed behind a line that stops short is not the line's.
    const control = at < end && !isBlank(bytes[at] as number) && (bytes[at] as number) < 0x20;
    return this.#stop(control ? 'control-byte' : 'not-json', at);
  }

  #stop(fault: ScanFault, at: number): ScanFault {
    this.offset = at;
    return fault;
  }
}

/** Marks the bytes of plain keys. */
const PLAIN = new Uint8Array(256);
for (const character of 'abcdefghijklmnopqrstuvwxyz0123456789_$-') PLAIN[character.charCodeAt(0)] = 1;

/** The offset behind the closing quote of a plain key, or -1 where the key is none. */
function afterPlainKey(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && PLAIN[bytes[at] as number] === 1) at++;
  if (at >= end || bytes[at] !== 0x22) return -1;
  return bytes[start] === 0x5f && bytes[start + 1] === 0x5f ? -1 : at + 1;
}

function spans(count: number): MemberSpan[] {
  return Array.from({ length: count }, () => ({
    keyStart: 0,
    keyEnd: 0,
    valueStart: 0,
    valueEnd: 0,
    parent: 0,
  }));
}
