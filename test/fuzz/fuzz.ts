import { type Violation, violationOf } from './compare.js';
import type { Door } from './doors.js';
import { attempt } from './lines.js';

export interface FuzzOptions {
  readonly seed: number;
  readonly lines: number;
  readonly door: Door;
  /** Violations after which it stops. */
  readonly violationsMax?: number;
  readonly progress?: (done: number) => void;
}

/** A violation with what is needed to make it again. */
interface Finding extends Violation {
  readonly seed: number;
  readonly index: number;
  readonly line: string;
}

export interface FuzzReport {
  readonly lines: number;
  /** Attempts of which something was forwarded. */
  readonly forwarded: number;
  /** Calls that were judged and forwarded, and calls that were judged and denied. */
  readonly judged: number;
  readonly denied: number;
  readonly refusals: ReadonlyMap<string, number>;
  readonly findings: readonly Finding[];
}

/** Sends mutated lines through a door and compares what it judged with what servers would run. */
export function fuzz({ seed, lines, door, violationsMax = 1, progress }: FuzzOptions): FuzzReport {
  const refusals = new Map<string, number>();
  const findings: Finding[] = [];
  const counts = { forwarded: 0, judged: 0, denied: 0 };
  let index = 0;
  for (; index < lines && findings.length < violationsMax; index++) {
    const bytes = attempt(seed, index);
    const passage = door.send(bytes);
    for (const reason of passage.refusals) refusals.set(reason, (refusals.get(reason) ?? 0) + 1);
    counts.denied += passage.denied;
    counts.judged += passage.judged.length;
    if (passage.forwarded.length > 0) counts.forwarded++;
    const violation = bytes.includes(passage.forwarded)
      ? violationOf(passage.forwarded, passage.judged)
      : (violationOfPieces(bytes, passage.forwarded) ?? violationOf(passage.forwarded, passage.judged));
    if (violation !== null) findings.push({ ...violation, seed, index, line: escaped(bytes) });
    if (index % 100_000 === 99_999) progress?.(index + 1);
  }
  return { lines: index, ...counts, refusals, findings };
}

/** What is forwarded is lines of what came, each as its own bytes. */
function violationOfPieces(came: Buffer, forwarded: Buffer): Violation | null {
  const lines = new Set(came.toString('latin1').split('\n'));
  const strange = forwarded
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '' && !lines.has(line));
  return strange.length === 0 ? null : { model: 'bytes as they came', seen: strange, judged: [] };
}

/** Bytes as text that can be put into a test row; they are read back with the encoding latin1. */
function escaped(bytes: Buffer): string {
  return JSON.stringify(bytes.toString('latin1')).replaceAll(
    /[^\u0020-\u007e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
