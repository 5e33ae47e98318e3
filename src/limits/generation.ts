import { LEDGER_TAIL_BYTES_MAX } from '../platform/bounds.js';
import { apply, type Judgement, type LedgerState } from './fold.js';
import { assertTrustedFile, type LedgerFiles, type LedgerFileStatus, untrusted } from './ledger-files.js';
import { decodeRecord, type LedgerRecord } from './ledger-record.js';
import { decodeSnapshot } from './snapshot.js';

/** One open ledger file and what its records so far amount to. */
export interface Generation {
  readonly number: number;
  readonly path: string;
  readonly descriptor: number;
  readonly device: number;
  readonly inode: number;
  readonly state: LedgerState;
  /** Bytes of the snapshot at its head. */
  readonly headBytes: number;
  /** Where the first line begins that was not read whole. */
  offset: number;
  /** The size that was read up to; where it is the file's, there is nothing new. */
  seen: number;
  /** Lines that were no JSON. */
  voids: number;
}

/** A record that this process has just written, as bytes in the file and as a value. */
export interface Written {
  readonly bytes: Buffer;
  readonly line: string;
  readonly record: LedgerRecord;
}

const LINE_FEED = 0x0a;

/** Opens a ledger file and folds everything in it. Throws where it is missing, not trusted or not understood. */
export function openGeneration(number: number, path: string, files: LedgerFiles): Generation {
  const descriptor = files.open(path);
  try {
    const status = files.status(descriptor);
    assertTrustedFile(path, status);
    const bytes = readFrom(descriptor, 0, status.size, files);
    // A file is linked into its place whole, so its snapshot is never seen in part.
    const end = bytes.indexOf(LINE_FEED);
    const decoded = decodeSnapshot(bytes.toString('utf8', 0, Math.max(end, 0)));
    if (decoded.kind === 'refused')
      throw untrusted(path, `is not understood: ${decoded.why}`, NOT_UNDERSTOOD);
    if (decoded.generation !== number) throw untrusted(path, `says that it is number ${decoded.generation}`);
    const { state } = decoded;
    const { device, inode } = status;
    const headBytes = end + 1;
    const opened = { number, path, descriptor, device, inode, state, headBytes, offset: headBytes };
    const generation: Generation = { ...opened, seen: headBytes, voids: 0 };
    take(generation, bytes.subarray(headBytes), undefined);
    return generation;
  } catch (error) {
    files.close(descriptor);
    throw error;
  }
}

/** Whether this status, taken at the file's path, is that of the open file. */
export function isSameFile(generation: Generation, found: LedgerFileStatus | undefined): boolean {
  return found?.inode === generation.inode && found.device === generation.device;
}

/**
 * Whether the file has grown so long that a new one, with a snapshot, should follow: what stands behind
 * the snapshot is read at every start, and costs far more by the byte than the snapshot does.
 */
export function isFull({ offset, headBytes }: Generation): boolean {
  return offset - headBytes > Math.max(LEDGER_TAIL_BYTES_MAX, headBytes / 2);
}

/**
 * Folds what is new. With a record that was just written, returns what came of it; undefined where
 * the file was closed before it.
 */
export function readNew(generation: Generation, files: LedgerFiles, own?: Written): Judgement | undefined {
  const { descriptor, path, offset } = generation;
  // Nearly always nobody else wrote, and the record is all that there is to read.
  if (own !== undefined && generation.seen === offset) {
    const bytes = readFrom(descriptor, offset, own.bytes.length, files);
    if (bytes.equals(own.bytes)) {
      generation.offset += bytes.length;
      generation.seen = generation.offset;
      return apply(generation.state, own.record);
    }
  }
  const status = files.status(descriptor);
  assertTrustedFile(path, status);
  if (status.size < generation.seen) throw untrusted(path, 'was cut short while guard used it', LOST);
  return take(generation, readFrom(descriptor, offset, status.size - offset, files), own);
}

/** What to do about a ledger that was taken away or exchanged. */
export const LOST = 'what was counted may be lost: end all guards, and start again to count from zero';
const NOT_UNDERSTOOD = 'update guard, or move the file away to count from zero';

function readFrom(descriptor: number, from: number, length: number, files: LedgerFiles): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let at = 0;
  while (at < length) {
    const count = files.read(descriptor, bytes.subarray(at), from + at);
    if (count === 0) break;
    at += count;
  }
  return bytes.subarray(0, at);
}

/** Folds the whole lines among bytes that begin at the generation's offset. */
function take(generation: Generation, bytes: Buffer, own: Written | undefined): Judgement | undefined {
  let ownJudgement: Judgement | undefined;
  let begin = 0;
  for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, begin)) {
    if (generation.state.closed) break;
    const line = bytes.toString('utf8', begin, end);
    const isOwn = own !== undefined && line === own.line;
    if (line !== '') {
      const judgement = foldLine(generation, line, isOwn ? own.record : undefined);
      if (isOwn) ownJudgement ??= judgement;
    }
    begin = end + 1;
  }
  generation.seen = generation.offset + bytes.length;
  generation.offset += begin;
  return ownJudgement;
}

function foldLine(
  generation: Generation,
  line: string,
  record: LedgerRecord | undefined,
): Judgement | undefined {
  if (record !== undefined) return apply(generation.state, record);
  const decoded = decodeRecord(line);
  switch (decoded.kind) {
    case 'record':
      return apply(generation.state, decoded.record);
    case 'void':
      generation.voids += 1;
      return undefined;
    case 'refused':
      throw untrusted(generation.path, `is not understood: ${decoded.why}`, NOT_UNDERSTOOD);
  }
}
