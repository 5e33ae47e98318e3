import { follows, type Run, type Tail } from './runs.js';

/** A place where the chain of one writer does not hold. */
export interface Break {
  /** The run before it; undefined before the writer's first record. */
  readonly before: Run | undefined;
  readonly after: Run;
  /** Numbers that are not there; undefined where two neighbors contradict each other. */
  readonly gap: { readonly first: number; readonly last: number } | undefined;
}

/** One writer's runs, put together as far as they fit. */
export interface Assembly {
  /** In the order of their numbers. */
  readonly chain: readonly Run[];
  readonly breaks: readonly Break[];
  /** Runs whose numbers others have. */
  readonly leftover: readonly Run[];
  readonly tail: Tail;
  /** Runs that stand elsewhere in the log than their numbers say; as few as explain it. */
  readonly misplaced: readonly Run[];
}

/** Puts runs together: first what the hashes join, then what the numbers leave. */
export function assemble(runs: readonly Run[]): Assembly {
  const open = runs.toSorted(
    (left, right) => left.firstSeq - right.firstSeq || left.firstSpot.at - right.firstSpot.at,
  );
  const chain: Run[] = [];
  const breaks: Break[] = [];
  let tail: Tail = { seq: 0, hash: null };
  const take = (index: number): void => {
    const [run] = open.splice(index, 1);
    if (run === undefined) return;
    chain.push(run);
    tail = { seq: run.lastSeq, hash: run.lastHash };
  };
  for (;;) {
    // What is there counts before what a statement says of it: the file may not have been removed yet.
    const there = open.findIndex((run) => !run.isPruned && joins(tail, run));
    const joined = there === -1 ? open.findIndex((run) => run.isPruned && joins(tail, run)) : there;
    if (joined !== -1) {
      take(joined);
      continue;
    }
    const next = open.findIndex((run) => run.firstSeq > tail.seq);
    const after = open[next];
    if (after === undefined) break;
    const first = tail.seq + 1;
    // What its writer lost behind the gap is not missing.
    const last = Math.max(first, after.loss?.first ?? after.firstSeq) - 1;
    const gap = last < first ? undefined : { first, last };
    breaks.push({ before: chain.at(-1), after, gap });
    take(next);
  }
  const leftover = open.filter(({ isPruned }) => !isPruned);
  return { chain, breaks, leftover, tail, misplaced: misplacedOf(chain.filter(({ isPruned }) => !isPruned)) };
}

function joins(tail: Tail, run: Run): boolean {
  // Statements repeat what earlier ones said that were removed with their files.
  if (run.isPruned) return run.firstSeq <= tail.seq + 1 && run.lastSeq > tail.seq;
  return follows(tail, run.firstSeq, run.firstPrev, () => run.loss);
}

/** What is left when the heaviest sequence that stands in order is taken out. */
function misplacedOf(chain: readonly Run[]): Run[] {
  if (chain.every((run, index) => index === 0 || (chain[index - 1]?.lastSpot.at ?? 0) < run.firstSpot.at))
    return [];
  const best: { weight: number; from: number }[] = [];
  let end = 0;
  for (const [index, run] of chain.entries()) {
    let entry = { weight: run.records, from: -1 };
    for (let earlier = 0; earlier < index; earlier += 1) {
      const weight = (best[earlier]?.weight ?? 0) + run.records;
      if ((chain[earlier]?.lastSpot.at ?? 0) < run.firstSpot.at && weight > entry.weight)
        entry = { weight, from: earlier };
    }
    best.push(entry);
    if (entry.weight > (best[end]?.weight ?? 0)) end = index;
  }
  const kept = new Set<number>();
  for (let at = end; at !== -1; at = best[at]?.from ?? -1) kept.add(at);
  return chain.filter((_run, index) => !kept.has(index));
}
