import { AUDIT_UNSIGNED_RECORDS_MAX } from '../../platform/bounds.js';
import type { Assembly, Break } from './assemble.js';
import type { Orphans, WriterCase } from './cases.js';
import type { Finding, Spot } from './finding.js';
import type { Run } from './runs.js';
import type { Stray } from './strays.js';
import type { WriterState } from './writer-state.js';

/** How one writer's records stand. */
export interface WriterVerdict {
  readonly status: 'intact' | 'unfinished' | 'unchained' | 'tampered';
  readonly lastSeq: number;
  readonly findings: readonly Finding[];
}

/** Findings where a chain does not hold. */
function judgeBreaks(
  { name, state, assembly }: WriterCase,
  strays: readonly Stray[],
  orphans: Orphans,
): Finding[] {
  if (state.isUnchained) return [];
  const found: (Finding | undefined)[] = [];
  /** What was blamed for the break behind it; a break before it may be the same change, of its hash. */
  let blamed: Run | undefined;
  for (const one of assembly.breaks.toReversed()) {
    if (one.gap !== undefined) {
      // A writer that begins nowhere and of which nothing is signed is not missing its start: it was put in.
      const isPutIn = one.before === undefined && state.vouchedSeq === 0 && state.anchored === undefined;
      found.push(isPutIn ? putIn(name, one.after) : gapFinding(name, one, one.gap, strays, orphans));
      blamed = undefined;
    } else if (one.after === blamed) {
      blamed = undefined;
    } else {
      found.push(mismatch(name, one));
      blamed = one.before?.records === 1 ? one.before : undefined;
    }
  }
  for (const { firstSpot, firstSeq, lastSeq } of assembly.misplaced) {
    found.push(
      finding('reordered', firstSpot, name, firstSeq, lastSeq, 'does not stand where its number says'),
    );
  }
  return found.filter((one) => one !== undefined).toReversed();
}

/** Two neighbors that contradict each other: the earlier one is not what the later one was written after. */
function mismatch(writer: string, { before, after }: Break): Finding {
  if (before === undefined) {
    return finding(
      'changed',
      after.firstSpot,
      writer,
      after.firstSeq,
      after.firstSeq,
      'names a record before the first',
    );
  }
  const { lastSpot, lastSeq } = before;
  return finding(
    'changed',
    lastSpot,
    writer,
    lastSeq,
    lastSeq,
    `is not the record that ${after.firstSeq} was written after`,
  );
}

function gapFinding(
  writer: string,
  { before, after }: Break,
  { first, last }: { readonly first: number; readonly last: number },
  strays: readonly Stray[],
  orphans: Orphans,
): Finding {
  const orphan = before === undefined ? undefined : orphans.get(before.lastHash);
  if (orphan !== undefined) {
    const message = `now says that it is record ${orphan.run.firstSeq} of writer ${orphan.writer}`;
    return finding('changed', orphan.run.firstSpot, writer, first, last, message);
  }
  const stray = strayIn(strays, writer, {
    from: before?.lastSpot.at ?? -1,
    to: after.firstSpot.at,
    first,
    last,
  });
  if (stray !== undefined) {
    stray.isExplained = true;
    return finding(
      'changed',
      stray.spot,
      writer,
      first,
      last,
      'cannot be read as the record that stood there',
    );
  }
  const message = before === undefined ? 'the log begins after them' : 'not there';
  return finding('missing', after.firstSpot, writer, first, last, message);
}

/** A gap: the places between which its records stood, and their numbers. */
interface Gap {
  readonly from: number;
  readonly to: number;
  readonly first: number;
  readonly last: number;
}

/** The line that is left of a record in a gap, as far as one tells. */
function strayIn(
  strays: readonly Stray[],
  writer: string,
  { from, to, first, last }: Gap,
): Stray | undefined {
  const between = strays.filter(
    ({ isExplained, spot, writer: named }) =>
      !isExplained && spot.at > from && spot.at < to && (named ?? writer) === writer,
  );
  const fitting = between.filter(({ seq = first }) => seq >= first && seq <= last);
  return (
    // Rather a line that no writer leaves than one that was torn.
    fitting.find(({ why }) => why !== undefined) ??
    fitting.find(({ isCut }) => !isCut) ??
    // One that was cut only where it is the record before the next: what a writer tore, it says.
    fitting.find(({ seq, writer: named }) => seq === last && named === writer) ??
    // Its number may be what was changed.
    between.find(({ why }) => why !== undefined)
  );
}

/** What one writer's records show. Marks the strays that it explains. */
export function judge(one: WriterCase, strays: readonly Stray[], orphans: Orphans): WriterVerdict {
  const { name, state, assembly } = one;
  const lastSeq = assembly.tail.seq;
  if (state.isUnchained && state.anchored === undefined)
    return { status: 'unchained', lastSeq: state.records, findings: [] };
  const findings = judgeBreaks(one, strays, orphans);
  for (const { seq, spot } of state.repeated.slice(0, 1)) {
    findings.push(
      finding('duplicated', spot, name, seq, seq, `stands twice (${state.repeated.length} such lines)`),
    );
  }
  const [again] = assembly.leftover;
  if (again !== undefined) {
    const count = assembly.leftover.reduce((sum, run) => sum + run.records, 0) + state.runsBeyond;
    const message = `there is another record with this number (${count} such records of this writer)`;
    findings.push(finding('duplicated', again.firstSpot, name, again.firstSeq, again.lastSeq, message));
  }
  if (state.unchained > 0 && !state.isUnchained) {
    findings.push(
      finding(
        'changed',
        state.unchainedSpot,
        name,
        undefined,
        undefined,
        `${state.unchained} records of it are without a hash`,
      ),
    );
  }
  const last = assembly.chain.at(-1);
  const isAfterEnd = state.closedSeq > 0 && lastSeq > state.closedSeq && state.vouchedSeq <= state.closedSeq;
  if (isAfterEnd) {
    const message = 'stands after the end that its writer signed';
    findings.push(finding('foreign', last?.lastSpot, name, state.closedSeq + 1, lastSeq, message));
  } else if (lastSeq - state.vouchedSeq > AUDIT_UNSIGNED_RECORDS_MAX) {
    findings.push(
      finding(
        'unsigned',
        last?.lastSpot,
        name,
        state.vouchedSeq + 1,
        lastSeq,
        'more than a writer leaves unsigned',
      ),
    );
  }
  const anchor = anchorFinding(name, state, assembly, findings.length > 0);
  if (anchor !== undefined) findings.push(anchor);
  if (findings.length > 0) return { status: 'tampered', lastSeq, findings };
  return { status: state.closedSeq === lastSeq ? 'intact' : 'unfinished', lastSeq, findings };
}

function putIn(writer: string, { firstSpot, firstSeq, lastSeq }: Run): Finding {
  return finding(
    'foreign',
    firstSpot,
    writer,
    firstSeq,
    lastSeq,
    'a writer without a start, and nothing of it is signed',
  );
}

function anchorFinding(
  name: string,
  state: WriterState,
  { tail, chain }: Assembly,
  isKnown: boolean,
): Finding | undefined {
  const { anchored } = state;
  if (anchored === undefined || state.isAnchorMet) return undefined;
  const pruned = chain.findLast(({ isPruned }) => isPruned);
  if (pruned !== undefined && pruned.lastSeq >= anchored.seq) return undefined;
  if (tail.seq < anchored.seq) {
    const spot = chain.at(-1)?.lastSpot;
    const message = `the anchor knows of them (${anchored.spot.file}:${anchored.spot.line})`;
    return finding('cut-off', spot, name, tail.seq + 1, anchored.seq, message);
  }
  if (isKnown) return undefined;
  return finding(
    'changed',
    anchored.spot,
    name,
    anchored.seq,
    anchored.seq,
    'is not the record that was anchored',
  );
}

function finding(
  kind: Finding['kind'],
  spot: Spot | undefined,
  writer: string | undefined,
  first: number | undefined,
  last: number | undefined,
  message: string,
): Finding {
  return { kind, spot, writer, first, last, message };
}
