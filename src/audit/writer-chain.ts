import { hash } from 'node:crypto';
import { AUDIT_LIST_MAX, AUDIT_STAGED_BYTES_MAX } from '../platform/bounds.js';
import type { Clock } from '../platform/clock.js';
import { countText } from '../platform/count-text.js';
import { createRecordEncoder, type RecordConstants, type RecordEncoder, type RecordParts } from './encode.js';
import type { AuditSink } from './sink.js';

/** Where trails put the records of one writer. */
export interface RecordLog {
  /** Gives the record its place in the chain and adds it to the next commit. Never fails. */
  stage(parts: RecordParts): void;
  /** Writes what is staged; GuardError `audit-unwritable` where it is lost. */
  commit(): void;
  close(): void;
}

/** Text that closes a record, made of what stands before it: a signature. */
export type Seal = (body: string) => string;

/** A line of the chain that stands in the log: its number, its hash, and how many records there are with it. */
interface Head {
  readonly seq: number;
  /** Null before the first record. */
  readonly hash: string | null;
  readonly count: number;
}

/**
 * One writer's records as a chain, in front of its sink. Each record names the SHA-256 of the line
 * before it as that stands in the log. What could not be written is taken back: the chain goes on at
 * the last line that every place has, with an event `records-lost` that says which numbers are gone.
 */
export class WriterChain implements RecordLog {
  /** Encodes what the chain itself records. */
  readonly encoder: RecordEncoder;
  readonly #sink: AuditSink;
  readonly #clock: Pick<Clock, 'timestamp'>;
  /** The last number that was given. */
  #seq = 0;
  #count = 0;
  /** The last line, with its line feed; its hash is made when the next one needs it. */
  #last: string | undefined;
  /** What the last commit that worked wrote last. */
  #written: { readonly seq: number; readonly line: string | undefined } = { seq: 0, line: undefined };
  #writtenCount = 0;
  /** Where each place stands since a commit failed; undefined where all stand at `#written`. */
  #heads: readonly Head[] | undefined;
  #isLossDue = false;
  #batch: string[] = [];
  #batchChars = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(
    sink: AuditSink,
    clock: Pick<Clock, 'timestamp'>,
    constants: Omit<RecordConstants, 'client' | 'era'>,
  ) {
    this.#sink = sink;
    this.#clock = clock;
    this.encoder = createRecordEncoder({ ...constants, client: null, era: null });
  }

  /** Records of this writer that are in the log or staged. */
  get count(): number {
    return this.#count;
  }

  /** The line that was staged last, without its line feed. */
  get last(): string | undefined {
    return this.#last?.slice(0, -1);
  }

  stage(parts: RecordParts, seal?: Seal): void {
    if (this.#failure !== undefined) {
      // After a failure the rest of the batch is lost too: its commit fails as a whole.
      this.#seq += 1;
      return;
    }
    if (this.#isLossDue) this.#stageLoss();
    this.#add(parts, this.#last === undefined ? null : hashOf(this.#last), seal);
    if (this.#batchChars < AUDIT_STAGED_BYTES_MAX) return;
    try {
      this.#write();
    } catch (error) {
      this.#failure = { error };
    }
  }

  commit(): void {
    const earlier = this.#failure;
    this.#failure = undefined;
    if (earlier !== undefined) throw earlier.error;
    this.#write();
  }

  /**
   * Stages and writes a record that no trail asked for, made of the count of those before it; false
   * where that failed. What trails had
   * staged is written with it, and where it is lost their own commit still fails.
   */
  writeOwn(make: (count: number) => RecordParts, seal?: Seal): boolean {
    if (this.#failure !== undefined) return false;
    const hasOthers = this.#batch.length > 0;
    if (this.#isLossDue) this.#stageLoss();
    this.stage(make(this.#count), seal);
    try {
      this.commit();
      return true;
    } catch (error) {
      if (hasOthers) this.#failure = { error };
      return false;
    }
  }

  close(): void {
    this.#batch = [];
    this.#sink.close();
  }

  #add({ head, rest }: RecordParts, prev: string | null, seal?: Seal): void {
    this.#seq += 1;
    this.#count += 1;
    const place = countText(this.#seq) + (prev === null ? ',"prev":null' : `,"prev":"${prev}"`);
    const body = head + place + rest;
    // The very text that the sink writes is hashed later: V8 puts its pieces together once, and not twice.
    const line = seal === undefined ? `${body}\n` : `${body}${seal(body)}\n`;
    this.#last = line;
    this.#batch.push(line);
    this.#batchChars += line.length;
    this.#sink.stage(line);
  }

  #write(): void {
    const batch = this.#batch;
    this.#batch = [];
    this.#batchChars = 0;
    const [seq, count] = [this.#seq, this.#count];
    try {
      this.#sink.commit();
    } catch (error) {
      this.#heads = this.#headsAfter(batch);
      this.#isLossDue = true;
      throw error;
    }
    if (batch.length === 0) return;
    this.#written = { seq, line: batch.at(-1) };
    this.#writtenCount = count;
    this.#heads = undefined;
  }

  /** Where each place stands after a commit that failed. */
  #headsAfter(batch: readonly string[]): readonly Head[] {
    const { seq, line } = this.#written;
    const before = { seq, hash: line === undefined ? null : hashOf(line), count: this.#writtenCount };
    const [firstSeq, firstCount] = [this.#seq - batch.length, this.#count - batch.length];
    return this.#sink.kept.map((lines, place) =>
      lines === 0
        ? (this.#heads?.[place] ?? before)
        : { seq: firstSeq + lines, hash: hashOf(batch[lines - 1] ?? ''), count: firstCount + lines },
    );
  }

  /** What says which records are lost takes its place behind the last line that every place has. */
  #stageLoss(): void {
    this.#isLossDue = false;
    const heads = this.#heads ?? [];
    const base = heads.reduce((lowest, head) => (head.seq < lowest.seq ? head : lowest));
    // All of it was written, only not forced onto the disk.
    if (base.seq === this.#seq) return;
    const ahead = heads.filter(({ seq }) => seq !== base.seq).slice(0, AUDIT_LIST_MAX);
    const detail = {
      first: base.seq + 1,
      last: this.#seq,
      ...(ahead.length === 0 ? {} : { heads: ahead.map(({ seq, hash }) => ({ seq, hash })) }),
    };
    this.#count = base.count;
    this.#add(this.encoder.event(this.#clock.timestamp(), { event: 'records-lost', detail }), base.hash);
  }
}

/** What `prev` holds of a line, which has its line feed here and not there. */
function hashOf(line: string): string {
  return hash('sha256', line.slice(0, -1), 'hex');
}
