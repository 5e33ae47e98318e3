import { type Assembly, assemble } from './assemble.js';
import type { Run } from './runs.js';
import type { WriterState } from './writer-state.js';

/** A writer put together, before it is judged. */
export interface WriterCase {
  readonly name: string;
  readonly state: WriterState;
  readonly assembly: Assembly;
}

/** A record that names another writer or number than it was written with; `prev` tells where it stood. */
interface Orphan {
  readonly writer: string;
  readonly run: Run;
}

/** Records that stand in gaps of other chains, by the hash that they name as the one before them. */
export type Orphans = ReadonlyMap<string, Orphan>;

/** Puts the records of each writer together; what turns out to be a changed record of another place is taken out. */
export function openCases(writers: ReadonlyMap<string, WriterState>): {
  cases: readonly WriterCase[];
  orphans: Orphans;
} {
  const first = [...writers].map(([name, state]) => ({
    name,
    state,
    assembly: assemble([...state.runs, ...state.pruned]),
  }));
  const loose = new Map<string, Orphan>();
  for (const { name, assembly } of first) {
    for (const run of [...assembly.leftover, ...assembly.breaks.map(({ after }) => after)]) {
      if (run.firstPrev !== null && run.records === 1) loose.set(run.firstPrev, { writer: name, run });
    }
  }
  const orphans = new Map<string, Orphan>();
  const taken = new Set<Run>();
  for (const { assembly } of first) {
    for (const { before, after, gap } of assembly.breaks) {
      const orphan = before === undefined || gap === undefined ? undefined : loose.get(before.lastHash);
      if (before === undefined || orphan === undefined) continue;
      // What stands behind the gap is the record of the gap only where another one has its number.
      const isOther = orphan.run !== after;
      if (!isOther && !assembly.leftover.some(({ firstSeq }) => firstSeq === after.firstSeq)) continue;
      orphans.set(before.lastHash, orphan);
      taken.add(orphan.run);
    }
  }
  const cases = first.flatMap((one) => {
    if (!one.state.runs.some((run) => taken.has(run))) return [one];
    const runs = one.state.runs.filter((run) => !taken.has(run));
    return runs.length === 0 ? [] : [{ ...one, assembly: assemble([...runs, ...one.state.pruned]) }];
  });
  return { cases, orphans };
}
