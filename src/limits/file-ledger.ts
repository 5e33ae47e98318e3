import { LEDGER_TRIES_MAX } from '../platform/bounds.js';
import { GuardError } from '../platform/errors.js';
import { type Judgement, potStates } from './fold.js';
import { type Generation, isFull, isSameFile, LOST, readNew, type Written } from './generation.js';
import { openFollowing, openNewest } from './generations.js';
import type {
  Draw,
  Ledger,
  Mark,
  Marked,
  MarksFound,
  Peeked,
  PotState,
  Reserved,
  Settlement,
} from './ledger.js';
import { type LedgerFiles, systemLedgerFiles, unavailable, untrusted } from './ledger-files.js';
import { encodeRecord, type LedgerRecord } from './ledger-record.js';
import { isMarked, marksAt } from './marks.js';
import { peekAt, reservedOf } from './peek.js';

export interface FileLedgerOptions {
  /** Absolute path of the folder that holds the ledger's files and nothing else. */
  readonly folder: string;
  /** Makes an id that no other process makes. */
  readonly newId: () => string;
  /** Told what nobody is answered: a settlement that could not be written, lines that mean nothing. */
  readonly note?: (text: string) => void;
  readonly files?: LedgerFiles;
}

/**
 * Counts in a file that all guard processes of a user append to. Each folds all records in file order
 * and so reaches the same verdict, without a lock. Nothing is opened or made before the first use.
 */
export function createFileLedger(options: FileLedgerOptions): Ledger {
  return new FileLedger(options);
}

class FileLedger implements Ledger {
  readonly #folder: string;
  readonly #files: LedgerFiles;
  readonly #newId: () => string;
  readonly #note: (text: string) => void;
  #current: Generation | undefined;
  /** What `#current` was last, so that a ledger that was taken away does not begin again unnoticed. */
  #last: Generation | undefined;

  constructor({ folder, newId, note = () => undefined, files = systemLedgerFiles }: FileLedgerOptions) {
    this.#folder = folder;
    this.#files = files;
    this.#newId = newId;
    this.#note = note;
  }

  peek(draws: readonly Draw[], nowMs: number): Peeked {
    return this.#attempt(() => peekAt(this.#upToDate().state, draws, Math.floor(nowMs)), refusedFor);
  }

  reserve(draws: readonly Draw[], nowMs: number): Reserved {
    const atMs = Math.floor(nowMs);
    return this.#attempt<Reserved>(() => {
      const generation = this.#upToDate();
      const peeked = peekAt(generation.state, draws, atMs);
      // A record that cannot count is not written: a loop of refused calls does not fill the disk.
      if (peeked.kind !== 'free') return peeked;
      const id = this.#newId();
      return reservedOf(this.#commit({ op: 'reserve', id, atMs, draws }, generation), id);
    }, refusedFor);
  }

  settle(id: string, as: Settlement, nowMs: number): void {
    this.#attempt(
      () => {
        // The process that reserved knows the id; another one has to look.
        const isKnown = this.#current?.state.open.has(id) === true && !this.#current.state.closed;
        const generation = isKnown ? this.#current : this.#upToDate();
        if (generation?.state.open.has(id) !== true) return;
        this.#commit({ op: 'settle', id, atMs: Math.floor(nowMs), as }, generation);
      },
      (error) => this.#note(`${textOf(error)}; a call that was ${as} stays charged`),
    );
  }

  reset(pot: string, reason: string, by: string, nowMs: number): boolean {
    return this.#attempt(() => {
      const generation = this.#upToDate();
      if (!generation.state.pots.has(pot)) return false;
      this.#commit({ op: 'reset', pot, atMs: Math.floor(nowMs), by, reason }, generation);
      return true;
    }, fail);
  }

  pots(nowMs: number): readonly PotState[] {
    return this.#attempt(() => potStates(this.#upToDate().state, Math.floor(nowMs)), fail);
  }

  mark(mark: Mark, nowMs: number): Marked {
    const atMs = Math.floor(nowMs);
    return this.#attempt<Marked>(() => {
      // A tool that succeeds again and again does not fill the disk.
      const generation = this.#upToDate();
      if (isMarked(generation.state.marks, mark, atMs)) return MARKED;
      const { session, key, untilMs } = mark;
      const judgement = this.#commit({ op: 'mark', session, key, atMs, untilMs }, generation);
      return judgement.kind === 'refused' ? { kind: 'unavailable', why: judgement.why } : MARKED;
    }, refusedFor);
  }

  unmark(session: string, key: string, nowMs: number): boolean {
    return this.#attempt(() => {
      const generation = this.#upToDate();
      if (generation.state.marks.sessions.get(session)?.byKey.has(key) !== true) return false;
      this.#commit({ op: 'unmark', session, key, atMs: Math.floor(nowMs) }, generation);
      return true;
    }, fail);
  }

  marks(session: string | null, nowMs: number): MarksFound {
    return this.#attempt<MarksFound>(
      () => ({ kind: 'known', marks: marksAt(this.#upToDate().state.marks, session, Math.floor(nowMs)) }),
      refusedFor,
    );
  }

  close(): void {
    if (this.#current !== undefined) closeQuietly(this.#current, this.#files);
    this.#current = undefined;
  }

  /** What goes wrong leaves the file closed, so that the next use begins with what is really there. */
  #attempt<Result>(run: () => Result, failed: (error: GuardError) => Result): Result {
    try {
      return run();
    } catch (error) {
      this.close();
      return failed(unavailable(this.#folder, error));
    }
  }

  /** The newest file with everything in it folded. */
  #upToDate(): Generation {
    const files = this.#files;
    let generation = this.#current ?? this.#use(openNewest(this.#folder, files, this.#last));
    const found = files.statusAt(generation.path);
    const isSame = isSameFile(generation, found);
    if (!isSame || found?.size !== generation.seen) readNew(generation, files);
    // A file that was superseded is closed; one that is missing without that was taken away.
    if (!isSame && !generation.state.closed)
      throw untrusted(generation.path, 'was removed or replaced', LOST);
    for (let tries = 0; generation.state.closed; tries += 1) {
      if (tries === LEDGER_TRIES_MAX) throw untrusted(this.#folder, 'is closed again and again');
      const next = openFollowing(this.#folder, files, generation);
      this.close();
      generation = this.#use(next);
    }
    return this.#use(generation);
  }

  #use(generation: Generation): Generation {
    this.#current = generation;
    this.#last = generation;
    if (generation.voids > 0) this.#note(voidText(generation));
    generation.voids = 0;
    return generation;
  }

  /** Appends a record, to the open file or to one that follows it, and returns what came of it. */
  #commit(record: LedgerRecord, to: Generation): Judgement {
    const written = writtenOf(record);
    let generation = to;
    for (let tries = 0; tries < LEDGER_TRIES_MAX; tries += 1) {
      const isClosing = isFull(generation);
      const own = isClosing ? writtenOf({ op: 'close' }) : written;
      append(generation, own, this.#files);
      const judgement = readNew(generation, this.#files, own);
      if (judgement !== undefined && !isClosing) return judgement;
      generation = this.#upToDate();
    }
    throw untrusted(this.#folder, `was closed ${LEDGER_TRIES_MAX} times before a record could be written`);
  }
}

const MARKED: Marked = { kind: 'marked' };

function writtenOf(record: LedgerRecord): Written {
  const encoded = encodeRecord(record);
  if (encoded.kind === 'refused') throw new GuardError('ledger-unavailable', encoded.why);
  // A line feed before it as well: what a killed writer left behind never joins this record.
  return { record, line: encoded.text, bytes: Buffer.from(`\n${encoded.text}\n`) };
}

/** One write; a second one for the rest could land behind another process's record. */
function append({ path, descriptor }: Generation, { bytes }: Written, files: LedgerFiles): void {
  const count = files.write(descriptor, bytes);
  if (count === bytes.length) return;
  const what = `took only ${count} of ${bytes.length} bytes of a record; the disk may be full`;
  throw untrusted(path, what);
}

function fail(error: GuardError): never {
  throw error;
}

function refusedFor(error: GuardError): { readonly kind: 'unavailable'; readonly why: string } {
  return { kind: 'unavailable', why: textOf(error) };
}

function textOf({ message, hint }: GuardError): string {
  return hint === undefined ? message : `${message}; ${hint}`;
}

function voidText({ path, voids }: Generation): string {
  return `the limits ledger ${path} holds ${voids} lines that are no records; they do not count`;
}

/** A descriptor that cannot be closed is of no more use either way. */
function closeQuietly(generation: Generation, files: LedgerFiles): void {
  try {
    files.close(generation.descriptor);
  } catch {
    // Records were written by commits, each of which reported its own failure.
  }
}
