import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import {
  AUDIT_INVENTORY_READ_BYTES,
  AUDIT_INVENTORY_WRITERS_MAX,
  AUDIT_LINE_BYTES_MAX,
} from '../platform/bounds.js';
import { GuardError } from '../platform/errors.js';
import { firstLostIn, withCarried, type WriterInventory } from './carried.js';
import { RECORD_START } from './json-text.js';
import { entriesOf } from './line-cutter.js';
import { openLog, readAt } from './reader.js';
import type { AuditRecord } from './record.js';
import { Statements } from './statements.js';
import { isCheckpoint, isClosing, type KnownKeys } from './verify/check-checkpoint.js';

/** What a file of the log holds, as a statement of its removal says it. */
export interface Inventory {
  readonly bytes: number;
  readonly records: number;
  /** `sha256:` and the hex digest of the whole file. */
  readonly digest: string;
  /** The latest time that a record of it names; undefined where it holds none. */
  readonly until: string | undefined;
  /** In the order of their first records; then those of which only signed statements in the file tell. */
  readonly writers: readonly WriterInventory[];
}

interface Span {
  first: number;
  last: number;
  /** Where the last line stands, in bytes. */
  start: number;
  end: number;
  /** Whether the last one says that it is the writer's end. */
  ended: boolean;
}

/** The members that every record begins with, in the order in which they are written. */
const HEAD = /^\{"v":1,"type":"[a-z-]+","ts":"([^"\\]+)","writer":"([\w.:-]+)","seq":(\d{1,16}),/;
/** More than the head of any record of guard's has. */
const HEAD_BYTES = 256;
const START = Buffer.from(RECORD_START);
const LINE_FEED = 0x0a;

/**
 * Takes the inventory of a file that nobody writes to any more, reading it once in pieces; `rest` is
 * awaited between two of them. Statements in it count where one of the keys signed them. Memory is bounded by
 * AUDIT_INVENTORY_READ_BYTES, one line and the writers. Undefined where there is no such file.
 * Throws GuardError `audit-unreadable`, also for more writers than AUDIT_INVENTORY_WRITERS_MAX.
 */
export async function takeInventory(
  file: string,
  keys: KnownKeys,
  rest: () => Promise<void> = async () => undefined,
): Promise<Inventory | undefined> {
  const log = await openLog(file);
  if (log === undefined) return undefined;
  try {
    const count = new Count(file, keys);
    const digest = createHash('sha256');
    const buffer = Buffer.allocUnsafe(AUDIT_INVENTORY_READ_BYTES);
    for (let offset = 0; ;) {
      const { bytesRead } = await readAt(log.handle, buffer, offset, file);
      if (bytesRead === 0) break;
      offset += bytesRead;
      const piece = buffer.subarray(0, bytesRead);
      digest.update(piece);
      count.push(piece);
      await rest();
    }
    const bytes = count.end();
    const writers: WriterInventory[] = [];
    for (const [writer, { first, last, start, end, ended }] of count.spans) {
      const head = await hashOf(log.handle, start, end, file);
      writers.push({ writer, first, last, head, ...(ended ? { ended } : {}) });
    }
    const { records, until, statements } = count;
    const whole = withCarried(writers, statements.believed);
    return { bytes, records, digest: `sha256:${digest.digest('hex')}`, until, writers: whole };
  } finally {
    await log.handle.close();
  }
}

/** Counts the records of a file by writer, from pieces of its bytes. */
class Count {
  readonly spans = new Map<string, Span>();
  readonly statements: Statements;
  records = 0;
  until: string | undefined;
  readonly #file: string;
  /** Where the unfinished line begins. */
  #start = 0;
  #held: Buffer[] = [];
  #heldBytes = 0;

  constructor(file: string, keys: KnownKeys) {
    this.#file = file;
    this.statements = new Statements(keys);
  }

  push(piece: Buffer): void {
    let from = 0;
    for (let at = piece.indexOf(LINE_FEED); at !== -1; at = piece.indexOf(LINE_FEED, from)) {
      this.#hold(piece.subarray(from, at));
      this.#line();
      this.#start += 1;
      from = at + 1;
    }
    this.#hold(Buffer.from(piece.subarray(from)));
  }

  /** Takes what stands behind the last line feed; returns the bytes of the file. */
  end(): number {
    this.#line();
    return this.#start;
  }

  #hold(piece: Buffer): void {
    this.#heldBytes += piece.length;
    if (this.#heldBytes <= AUDIT_LINE_BYTES_MAX) this.#held.push(piece);
  }

  /** The line that is held ends here. One that is longer than records are is none, for any reader. */
  #line(): void {
    const start = this.#start;
    const isTooLong = this.#heldBytes > AUDIT_LINE_BYTES_MAX;
    const [only = Buffer.alloc(0)] = this.#held;
    const line = this.#held.length <= 1 ? only : Buffer.concat(this.#held);
    this.#start += this.#heldBytes;
    this.#held = [];
    this.#heldBytes = 0;
    if (isTooLong) return;
    const head = HEAD.exec(line.toString('latin1', 0, HEAD_BYTES));
    // Another beginning inside is a record behind a torn one; both are for the reader to tell apart.
    if (head !== null && line.at(-1) === CLOSING && line.indexOf(START, 1) === -1) {
      const [, ts = '', writer = '', seq] = head;
      this.#record({ ts, writer, seq: Number(seq) }, line, start, start);
      return;
    }
    for (const entry of entriesOf(line.toString('utf8'), { line: undefined, offset: start })) {
      if (entry.kind === 'record') this.#record(entry.record, line, start, entry.place.offset);
    }
  }

  /** Takes a record that begins at `start` in the line that begins at `lineStart`, and ends with it. */
  #record(
    { ts, writer, seq }: Pick<AuditRecord, 'ts' | 'writer' | 'seq'>,
    line: Buffer,
    lineStart: number,
    start: number,
  ): void {
    this.records += 1;
    // Times of guard have one length, so that their order is that of their letters.
    if (this.until === undefined || ts > this.until) this.until = ts;
    const own = line.subarray(start - lineStart);
    this.statements.add(writer, own);
    const [end, ended] = [lineStart + line.length, isCheckpoint(own) && isClosing(own)];
    const span = this.spans.get(writer);
    if (span !== undefined) {
      Object.assign(span, { last: seq, start, end, ended });
      return;
    }
    this.spans.set(writer, { first: firstLostIn(own) ?? seq, last: seq, start, end, ended });
    if (this.spans.size <= AUDIT_INVENTORY_WRITERS_MAX) return;
    throw new GuardError(
      'audit-unreadable',
      `${this.#file} has more than ${AUDIT_INVENTORY_WRITERS_MAX} writers`,
      { hint: 'no log of guard has so many: look at what stands in it' },
    );
  }
}

const CLOSING = 0x7d;

async function hashOf(handle: FileHandle, start: number, end: number, file: string): Promise<string> {
  const line = Buffer.alloc(end - start);
  await readAt(handle, line, start, file);
  return createHash('sha256').update(line).digest('hex');
}
