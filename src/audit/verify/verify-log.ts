import { AUDIT_FINDINGS_MAX, AUDIT_VERIFY_WRITERS_MAX } from '../../platform/bounds.js';
import { GuardError } from '../../platform/errors.js';
import type { OpenSegment } from '../open-segment.js';
import { checkCheckpoint, isClosing, type KnownKeys, type SignatureCheck } from './check-checkpoint.js';
import type { Finding, Spot } from './finding.js';
import { openCases } from './cases.js';
import { judge, type WriterVerdict } from './judge.js';
import { type RawLine, readRawLines } from './raw-lines.js';
import { type Place, readPlace } from './read-place.js';
import { prunedUntilMs, readPruned } from './runs.js';
import { strayFinding, Strays } from './strays.js';
import { type AnchoredHead, type Statement, WriterState } from './writer-state.js';

/** A writer as it is reported. */
export interface VerifiedWriter extends WriterVerdict {
  readonly writer: string;
  readonly records: number;
  /** The last record that a checkpoint vouches for; 0 where none does. */
  readonly vouchedSeq: number;
  /** Records that it says it could not write. */
  readonly lost: number;
}

/** What an audit log turned out to be. */
export interface Verification {
  readonly records: number;
  readonly bytes: number;
  readonly writers: readonly VerifiedWriter[];
  /** At most AUDIT_FINDINGS_MAX, in the order of the log; `findingsInAll` counts the others too. */
  readonly findings: readonly Finding[];
  readonly findingsInAll: number;
  /** Lines that a writer left unfinished, and nothing is wrong with that. */
  readonly torn: readonly Spot[];
  /** Writers that an anchor knows, and that ended by the time up to which files were removed with statements. */
  readonly prunedHeads: number;
  /** Checkpoints of which no key was there to check the signature. */
  readonly uncheckedSignatures: number;
  readonly checkedSignatures: number;
}

/** Reads the files of a log, oldest first, and says what they show. Throws GuardError `audit-unreadable`. */
export class LogVerifier {
  readonly #keys: KnownKeys;
  readonly #writers = new Map<string, WriterState>();
  readonly #strays = new Strays();
  readonly #findings: Finding[] = [];
  #findingsBeyond = 0;
  #at = 0;
  #records = 0;
  #bytes = 0;
  /** Up to when statements say that files were removed. */
  #prunedUntilMs = Number.NEGATIVE_INFINITY;
  #unchecked = 0;
  #checked = 0;

  constructor(keys: KnownKeys) {
    this.#keys = keys;
  }

  /** Reads an anchor: the heads that stand there must be in the log. Before the log. */
  async readAnchor(file: string, signal?: AbortSignal): Promise<void> {
    for await (const { lines } of readRawLines(file, signal)) {
      for (const line of lines) this.#addAnchored(line, { file, line: line.line, at: -1 });
    }
  }

  /** Reads one file; `onProgress` hears how many of its bytes are done. */
  async readFile(
    source: string | OpenSegment,
    onProgress: (doneBytes: number) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    const file = typeof source === 'string' ? source : source.path;
    for await (const { lines, doneBytes } of readRawLines(source, signal)) {
      for (const line of lines) {
        this.#bytes += line.size + (line.isEnded ? 1 : 0);
        this.#at += 1;
        this.#addLine(line, { file, line: line.line, at: this.#at });
      }
      onProgress(doneBytes);
    }
  }

  /** Takes out the writers that ended in files which were removed: no statement goes on naming them. */
  #forgetPruned(): number {
    let count = 0;
    for (const [writer, { anchored, runs, unchained, pruned }] of this.#writers) {
      if (anchored === undefined || runs.length + unchained + pruned.length > 0) continue;
      if (!(anchored.ms <= this.#prunedUntilMs)) continue;
      this.#writers.delete(writer);
      count += 1;
    }
    return count;
  }

  finish(): Verification {
    const prunedHeads = this.#forgetPruned();
    const { cases, orphans } = openCases(this.#writers);
    for (const stray of this.#strays.list) {
      // A name that no record has may be what was changed.
      if (!stray.isCut && !this.#writers.has(stray.writer ?? '')) stray.writer = undefined;
    }
    const writers = cases.map((one): VerifiedWriter => {
      const verdict = judge(one, this.#strays.list, orphans);
      for (const finding of verdict.findings) this.#found(finding);
      const { records, vouchedSeq, lost } = one.state;
      return { writer: one.name, records, vouchedSeq, lost, ...verdict };
    });
    const torn: Spot[] = [];
    for (const stray of this.#strays.list) {
      if (stray.isExplained) continue;
      const finding = strayFinding(stray);
      if (finding === undefined) torn.push(stray.spot);
      else this.#found(finding);
    }
    return {
      records: this.#records,
      bytes: this.#bytes,
      writers,
      findings: this.#findings.toSorted(
        (left, right) => (left.spot?.at ?? Infinity) - (right.spot?.at ?? Infinity),
      ),
      findingsInAll: this.#findings.length + this.#findingsBeyond + this.#strays.beyond,
      torn,
      prunedHeads,
      uncheckedSignatures: this.#unchecked,
      checkedSignatures: this.#checked,
    };
  }

  #addLine(line: RawLine, spot: Spot): void {
    const read = readPlace(line);
    if (read.kind === 'record') {
      this.#strays.pass();
      return this.#addRecord(read.place, spot);
    }
    this.#strays.add(line, spot, read);
    if (read.kind === 'blank') return;
    if (read.after !== undefined) this.#addRecord(read.after, spot);
  }

  #addRecord(place: Place, spot: Spot): void {
    this.#records += 1;
    const state = this.#stateOf(place.writer);
    state.add(place, spot);
    if (place.type === 'checkpoint') this.#addCheckpoint(place, spot, state);
    else if (place.type === 'event') {
      const runs = readPruned(place, spot);
      if (runs.length > 0) state.statement = { head: place.hash, runs, untilMs: prunedUntilMs(place) };
    }
  }

  /** Believes a statement that this checkpoint signs, as it comes right behind it. */
  #believe({ runs, untilMs }: Statement): void {
    for (const [writer, run] of runs) this.#stateOf(writer).pruned.push(run);
    if (untilMs > this.#prunedUntilMs) this.#prunedUntilMs = untilMs;
  }

  #addCheckpoint({ bytes, seq, prev, writer }: Place, spot: Spot, state: WriterState): void {
    const check = checkCheckpoint(bytes, this.#keys);
    if (check === 'no-keys') this.#unchecked += 1;
    if (check === 'signed') this.#checked += 1;
    if (check === 'signed' || check === 'no-keys') {
      state.vouchedSeq = Math.max(state.vouchedSeq, seq);
      if (isClosing(bytes)) state.closedSeq = Math.max(state.closedSeq, seq);
      if (state.statement?.head === prev) this.#believe(state.statement);
    } else {
      this.#found(signatureFinding(check, spot, writer, seq));
    }
  }

  #addAnchored(line: RawLine, spot: Spot): void {
    const read = readPlace(line);
    // What a syslog server or the start of a torn line put before a head is not part of it.
    const place = read.kind === 'record' ? read.place : read.kind === 'blank' ? undefined : read.after;
    if (place?.type !== 'checkpoint') {
      if (read.kind === 'blank' || read.kind === 'torn') return;
      this.#found({
        kind: 'foreign',
        spot,
        writer: undefined,
        first: undefined,
        last: undefined,
        message: 'no head in the anchor',
      });
      return;
    }
    const { bytes, writer, seq, hash } = place;
    const check = checkCheckpoint(bytes, this.#keys);
    if (check === 'wrong' || check === 'unknown-key') {
      this.#found(signatureFinding(check, spot, writer, seq));
      return;
    }
    const state = this.#stateOf(writer);
    const [, ts = ''] = TS.exec(bytes.toString('latin1', 0, 320)) ?? [];
    const head: AnchoredHead = { seq, hash, spot, ms: Date.parse(ts) };
    if (state.anchored === undefined || state.anchored.seq < seq) state.anchored = head;
  }

  #stateOf(writer: string): WriterState {
    const known = this.#writers.get(writer);
    if (known !== undefined) return known;
    if (this.#writers.size >= AUDIT_VERIFY_WRITERS_MAX) {
      throw new GuardError('audit-unreadable', `the log has more than ${AUDIT_VERIFY_WRITERS_MAX} writers`, {
        hint: 'verify its files a few at a time: guard audit verify FILE…',
      });
    }
    const state = new WriterState();
    this.#writers.set(writer, state);
    return state;
  }

  #found(finding: Finding): void {
    const isKnown = this.#findings.some(
      ({ kind, writer, first }) =>
        kind === finding.kind && writer === finding.writer && first === finding.first && first !== undefined,
    );
    if (isKnown) return;
    if (this.#findings.length < AUDIT_FINDINGS_MAX) this.#findings.push(finding);
    else this.#findingsBeyond += 1;
  }
}

const TS = /^\{"v":1,"type":"[a-z]+","ts":"([^"\\]*)"/;

function signatureFinding(check: SignatureCheck, spot: Spot, writer: string, seq: number): Finding {
  const isUnknown = check === 'unknown-key';
  return {
    kind: isUnknown ? 'foreign' : 'changed',
    spot,
    writer,
    first: seq,
    last: seq,
    message: isUnknown ? 'a checkpoint of another key' : 'a checkpoint whose signature does not fit',
  };
}
