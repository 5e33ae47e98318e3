import { AUDIT_FINDINGS_MAX } from '../../platform/bounds.js';
import type { Finding, Spot } from './finding.js';
import type { RawLine } from './raw-lines.js';
import { type LinePlace, type Place, wereOneRecord } from './read-place.js';

/** A line that is no whole record. */
export interface Stray {
  readonly spot: Spot;
  /** Undefined for the start of a record, as a writer leaves it that is killed. */
  readonly why: string | undefined;
  /** False for a line that ends as records do. */
  readonly isCut: boolean;
  /** True for a record that a line feed stands in: it and the line behind it were one. */
  readonly isBroken: boolean;
  /** The writer and the number that it still names. */
  writer: string | undefined;
  readonly seq: number | undefined;
  isExplained: boolean;
}

/** The lines of a log that are no records; at most AUDIT_FINDINGS_MAX of them are kept. */
export class Strays {
  readonly list: Stray[] = [];
  /** Those beyond that no writer leaves. */
  beyond = 0;
  /** The line before, where it can be the start of a record that goes on behind its line feed. */
  #before: { readonly spot: Spot; readonly bytes: Buffer; readonly stray: Stray | undefined } | undefined;

  /** A record stands here: what comes next is no rest of anything. */
  pass(): void {
    this.#before = undefined;
  }

  /** Takes a line that is no record, or a blank one. */
  add(line: RawLine, spot: Spot, read: Exclude<LinePlace, { kind: 'record' }>): void {
    const before = this.#before;
    this.#before = undefined;
    if (before?.spot.file === spot.file && read.kind !== 'torn' && line.bytes !== undefined) {
      const whole = wereOneRecord(before.bytes, line.bytes);
      if (whole !== undefined) return this.#join(before.stray, brokenAt(before.spot, before.bytes, whole));
    }
    const why = read.kind === 'foreign' ? read.why : undefined;
    const stray = read.kind === 'blank' ? undefined : strayOf(line, spot, why);
    if (stray !== undefined) this.#push(stray);
    // Copied: the reader uses its bytes again.
    if (why === undefined && (read.kind === 'blank' || read.after === undefined) && line.isEnded)
      this.#before = { spot, bytes: Buffer.from(line.bytes ?? []), stray };
  }

  #push(stray: Stray): void {
    if (this.list.length < AUDIT_FINDINGS_MAX) this.list.push(stray);
    else if (stray.why !== undefined) this.beyond += 1;
  }

  #join(start: Stray | undefined, broken: Stray): void {
    const at = start === undefined ? -1 : this.list.indexOf(start);
    if (at === -1) this.#push(broken);
    else this.list[at] = broken;
  }
}

/** What is said of a stray that no gap of a chain explains; undefined for one that a writer leaves. */
export function strayFinding({ spot, why, writer, seq, isBroken }: Stray): Finding | undefined {
  if (why === undefined) return undefined;
  const at = isBroken ? seq : undefined;
  return { kind: isBroken ? 'changed' : 'foreign', spot, writer, first: at, last: at, message: why };
}

function strayOf({ bytes }: RawLine, spot: Spot, why: string | undefined): Stray {
  const [, writer, seq] = NAMED.exec(bytes?.toString('latin1', 0, 320) ?? '') ?? [];
  return {
    spot,
    why,
    isCut: bytes?.at(-1) !== CLOSING_BRACE,
    isBroken: false,
    writer,
    seq: seq === undefined ? undefined : Number(seq),
    isExplained: false,
  };
}

function brokenAt(spot: Spot, start: Buffer, { writer, seq }: Place): Stray {
  return {
    spot,
    why: 'a line feed stands in it',
    isCut: false,
    isBroken: true,
    writer,
    // A digit that became a line feed is not known.
    seq: /,"seq":\d*$/.test(start.toString('latin1', 0, 320)) ? undefined : seq,
    isExplained: false,
  };
}

const CLOSING_BRACE = 0x7d;

/** The writer, and the number, that the start of a record still names. */
const NAMED = /^\{"v":1,"type":"[a-z]+","ts":"[^"]*","writer":"([^"\\]*)"(?:,"seq":(\d{1,15}),)?/;
