import { AUDIT_VERIFY_RUNS_MAX } from '../../platform/bounds.js';
import type { Spot } from './finding.js';
import type { Place } from './read-place.js';
import { follows, type Loss, readLoss, type Run, startRun } from './runs.js';

/** The last head of a writer that stands in an anchor. */
export interface AnchoredHead {
  readonly seq: number;
  readonly hash: string;
  readonly spot: Spot;
  /** When it was signed, wall-clock milliseconds since 1970; NaN where it does not say. */
  readonly ms: number;
}

/** What a `pruned` event says, which counts only where the writer's next record is a checkpoint that signs it. */
export interface Statement {
  /** The hash of its line. */
  readonly head: string;
  readonly runs: readonly (readonly [writer: string, run: Run])[];
  /** Wall-clock milliseconds since 1970; NaN where it does not say. */
  readonly untilMs: number;
}

/** What was read of one writer. Memory does not grow with its records, only with breaks between them. */
export class WriterState {
  readonly runs: Run[] = [];
  /** Records that were removed with a statement. */
  readonly pruned: Run[] = [];
  /** The last that it made. */
  statement: Statement | undefined;
  /** Runs beyond AUDIT_VERIFY_RUNS_MAX. */
  runsBeyond = 0;
  records = 0;
  /** Records that the writer says it could not write. */
  lost = 0;
  /** The last record that a checkpoint vouches for. */
  vouchedSeq = 0;
  /** The last checkpoint that says it is the writer's end. */
  closedSeq = 0;
  /** Records without `prev` that are not the first: guard wrote them before it had a chain. */
  unchained = 0;
  unchainedSpot: Spot | undefined;
  /** Lines that stand twice, one behind the other. */
  readonly repeated: { readonly seq: number; readonly spot: Spot }[] = [];
  anchored: AnchoredHead | undefined;
  isAnchorMet = false;

  add(place: Place, spot: Spot): void {
    this.records += 1;
    const loss = readLoss(place);
    if (loss !== undefined) this.lost += loss.last - loss.first + 1;
    const { anchored } = this;
    if (anchored?.seq === place.seq && anchored.hash === place.hash) this.isAnchorMet = true;
    if (place.prev === null && place.seq > 1 && loss === undefined) {
      this.unchained += 1;
      this.unchainedSpot ??= spot;
      return;
    }
    const run = this.runs.at(-1);
    if (run?.lastHash === place.hash) {
      if (this.repeated.length < AUDIT_VERIFY_RUNS_MAX) this.repeated.push({ seq: place.seq, spot });
      return;
    }
    if (run !== undefined && isTakenBack(run, place, loss)) {
      run.lastSeq -= 1;
      run.lastHash = place.prev ?? '';
    }
    const tail = run === undefined ? undefined : { seq: run.lastSeq, hash: run.lastHash };
    if (run !== undefined && tail !== undefined && follows(tail, place.seq, place.prev, () => loss)) {
      run.lastSeq = place.seq;
      run.lastHash = place.hash;
      run.lastPrev = place.prev;
      run.lastSpot = spot;
      run.records += 1;
    } else if (this.runs.length < AUDIT_VERIFY_RUNS_MAX) {
      this.runs.push(startRun(place, spot));
    } else {
      this.runsBeyond += 1;
    }
  }

  /** Whether all of its records are from before the chain. */
  get isUnchained(): boolean {
    return this.unchained > 0 && this.runs.every(({ firstSeq, records }) => firstSeq === 1 && records === 1);
  }
}

/** Whether the writer says that it could not write what looks like its last record: that was torn where it looks whole. */
function isTakenBack({ lastSeq, lastPrev, records }: Run, { prev }: Place, loss: Loss | undefined): boolean {
  return records >= 2 && prev === lastPrev && loss?.first === lastSeq;
}
