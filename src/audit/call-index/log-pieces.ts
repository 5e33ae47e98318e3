import { hash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { CALL_INDEX_PIECE_BYTES } from '../../platform/bounds.js';
import { type Block, linesOf, readBlocks } from '../blocks.js';
import { tooLong } from '../line-cutter.js';
import { type OpenLog, openLog, readAt } from '../reader.js';
import { type LineOptions, scanLines, type Trouble } from '../scan-log.js';
import type { SegmentFile } from '../segments.js';
import { type Cut, cutLog } from './cut-log.js';
import { type Piece, PieceReader } from './piece.js';

/** A file of a log that is open, and how it is cut. */
export interface CutSegment {
  readonly segment: SegmentFile;
  readonly log: OpenLog;
  readonly cuts: readonly Cut[];
}

/** Opens a file; undefined where it is gone. Throws GuardError `audit-unreadable`. */
export async function openCut(segment: SegmentFile): Promise<CutSegment | undefined> {
  const found = await openLog(segment.path);
  if (found === undefined) return undefined;
  // What came since it was listed is left out, so that a log that is looked at twice is the same one.
  const log = { ...found, size: Math.min(found.size, segment.size) };
  try {
    return { segment, log, cuts: await cutLog(log, segment.path, segment.current) };
  } catch (error) {
    await log.handle.close();
    throw error;
  }
}

/** The bytes of a whole piece, in a buffer for one; undefined where the file was cut short since. */
export async function bytesOf(
  { segment, log }: CutSegment,
  { from, to }: Cut,
  buffer: Buffer,
): Promise<Buffer | undefined> {
  const { bytesRead } = await readAt(log.handle, buffer, from, segment.path, to - from);
  return bytesRead === to - from ? buffer.subarray(0, bytesRead) : undefined;
}

/** A buffer in which every whole piece has room. */
export function pieceBuffer(): Buffer {
  return Buffer.allocUnsafe(CALL_INDEX_PIECE_BYTES);
}

export function digestOf(bytes: Buffer): string {
  return hash('sha256', bytes, 'hex');
}

type OnTrouble = (trouble: Trouble) => void;

/** Reads the lines of a whole piece. Other things get their turn meanwhile: it takes tens of milliseconds. */
export async function readPiece(
  path: string,
  { from }: Cut,
  bytes: Buffer,
  onTrouble: OnTrouble,
): Promise<Piece> {
  const reading = new Reading(path, onTrouble);
  for (const block of linesOf(bytes, 0, bytes.length, from)) await reading.add(block);
  return reading.finish();
}

/** Reads what no file of the index stands for, from there to the end of the file, as pieces. */
export async function* readRest(
  { segment, log }: CutSegment,
  { from }: Cut,
  onTrouble: OnTrouble,
): AsyncGenerator<Piece> {
  let reading = new Reading(segment.path, onTrouble);
  for await (const block of readBlocks(log, segment.path, from)) {
    await reading.add(block);
    if (reading.bytes < CALL_INDEX_PIECE_BYTES) continue;
    yield reading.finish();
    reading = new Reading(segment.path, onTrouble);
  }
  yield reading.finish();
}

/** Reads the blocks of one piece. */
class Reading {
  /** Bytes of lines so far. */
  bytes = 0;
  readonly #path: string;
  readonly #reader = new PieceReader();
  readonly #options: LineOptions;
  #isClean = true;
  #blocks = 0;

  constructor(path: string, onTrouble: OnTrouble) {
    this.#path = path;
    this.#options = {
      reverse: false,
      filter: { needle: undefined, finder: undefined },
      onRecord: (line) => this.#reader.add(line),
      onTrouble: (trouble) => {
        this.#isClean = false;
        onTrouble(trouble);
      },
    };
  }

  async add(block: Block): Promise<void> {
    if (block.kind === 'lines') {
      this.bytes += block.text.length;
      scanLines(block, this.#path, this.#options);
    } else if (block.kind === 'too-long') {
      const entry = tooLong(block.size, { line: undefined, offset: block.offset });
      this.#options.onTrouble({ path: this.#path, entry });
    }
    this.#blocks += 1;
    if (this.#blocks % BLOCKS_IN_TURN === 0) await turn();
  }

  finish(): Piece {
    return this.#reader.finish(this.#isClean);
  }
}

/** About three milliseconds. */
const BLOCKS_IN_TURN = 4;
