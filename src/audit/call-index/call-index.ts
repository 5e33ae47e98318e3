import { type GuardError, isGuardError } from '../../platform/errors.js';
import type { CallCounter } from '../call-stats.js';
import type { Trouble } from '../scan-log.js';
import type { TimeSpan } from '../segment-times.js';
import type { SegmentFile } from '../segments.js';
import type { Cut } from './cut-log.js';
import {
  bytesOf,
  type CutSegment,
  digestOf,
  openCut,
  pieceBuffer,
  readPiece,
  readRest,
} from './log-pieces.js';
import type { KnownPieces } from './known-pieces.js';
import { PieceMerger } from './piece-merger.js';
import type { PieceStore } from './piece-store.js';
import type { Piece } from './piece.js';

export interface CountRequest {
  /** The files in the order of their age, the oldest first. */
  readonly segments: readonly SegmentFile[];
  readonly span: TimeSpan;
  readonly counter: CallCounter;
  /**
   * Digests that are known, from `prepare`: then only these pieces are counted, and what else there is
   * comes back as missing. Without it everything is read.
   */
  readonly known?: KnownPieces;
  /** Without it nobody is told of lines that are no records, and a piece that has some is not read again for that. */
  readonly onTrouble?: (trouble: Trouble) => void;
  /** A file that cannot be read; the count goes on with the next one. */
  readonly onUnreadable: (error: GuardError) => void;
}

/** How far a count has come, in bytes of the log. */
export interface CountProgress {
  readonly doneBytes: number;
  /** Of these, those that were not looked at. */
  readonly missingBytes: number;
}

/**
 * Counts the calls of a log, all its files as one. Pieces that the store knows are taken from there, by
 * the digest of their bytes; others are read and kept there. Memory is bounded by one piece.
 */
export async function* countCalls(request: CountRequest, store: PieceStore): AsyncGenerator<CountProgress> {
  const merger = new PieceMerger(request.counter, request.span);
  const buffer = pieceBuffer();
  let before = 0;
  let missingBytes = 0;
  for (const segment of request.segments) {
    try {
      for await (const { cut, pieces } of piecesOf(segment, request, store, buffer)) {
        if (pieces === undefined) missingBytes += cut.to - cut.from;
        for await (const piece of pieces ?? []) merger.add(piece);
        yield { doneBytes: before + Math.min(cut.to, segment.size), missingBytes };
      }
    } catch (error) {
      if (!isGuardError(error)) throw error;
      request.onUnreadable(error);
    }
    before += segment.size;
  }
  merger.end();
}

/** `pieces` is undefined where they are not known. */
interface FoundPieces {
  readonly cut: Cut;
  readonly pieces: Iterable<Piece> | AsyncIterable<Piece> | undefined;
}

async function* piecesOf(
  segment: SegmentFile,
  { known, onTrouble }: CountRequest,
  store: PieceStore,
  buffer: Buffer,
): AsyncGenerator<FoundPieces> {
  const file = await openCut(segment);
  if (file === undefined) return;
  try {
    for (const cut of file.cuts) {
      if (!cut.isWhole) {
        yield { cut, pieces: readRest(file, cut, onTrouble ?? ignore) };
        continue;
      }
      const digest = known?.get(segment, cut);
      if (known !== undefined && digest === undefined) {
        yield { cut, pieces: undefined };
        continue;
      }
      const tools = { buffer, store, onTrouble };
      const piece = kept(digest, tools) ?? (await pieceOf(file, cut, tools));
      // A file that was cut short in between holds nothing there.
      yield { cut, pieces: piece === undefined ? [] : [piece] };
    }
  } finally {
    await file.log.handle.close();
  }
}

interface PieceTools {
  readonly buffer: Buffer;
  readonly store: PieceStore;
  readonly onTrouble: ((trouble: Trouble) => void) | undefined;
}

async function pieceOf(file: CutSegment, cut: Cut, tools: PieceTools): Promise<Piece | undefined> {
  const bytes = await bytesOf(file, cut, tools.buffer);
  if (bytes === undefined) return undefined;
  const digest = digestOf(bytes);
  return kept(digest, tools) ?? read(file, cut, bytes, digest, tools);
}

/** What the store has, unless somebody wants to hear of lines that are no records. */
function kept(digest: string | undefined, { store, onTrouble }: PieceTools): Piece | undefined {
  const piece = digest === undefined ? undefined : store.load(digest);
  return piece?.isClean === true || onTrouble === undefined ? piece : undefined;
}

async function read(
  file: CutSegment,
  cut: Cut,
  bytes: Buffer,
  digest: string,
  { store, onTrouble }: PieceTools,
): Promise<Piece> {
  const piece = await readPiece(file.segment.path, cut, bytes, onTrouble ?? ignore);
  store.save(digest, piece);
  return piece;
}

function ignore(): void {
  // Nobody asked.
}

export interface PrepareRequest {
  /** As in CountRequest. */
  readonly segments: readonly SegmentFile[];
  /** Gets the digest of each piece that the store has. */
  readonly known: KnownPieces;
  /** Whether a piece that the store does not have may be read now. */
  readonly mayRead: () => boolean;
}

/**
 * Looks at all whole pieces, the newest first, and puts into the store what is missing there. Yields
 * after each piece whether it had to be read; a caller may stop there. What cannot be read is left out.
 */
export async function* prepareCalls(request: PrepareRequest, store: PieceStore): AsyncGenerator<boolean> {
  const tools: PieceTools = { buffer: pieceBuffer(), store, onTrouble: undefined };
  const wasEmpty = store.isEmpty();
  for (const segment of request.segments.toReversed()) {
    let file: CutSegment | undefined;
    try {
      file = await openCut(segment);
      for (const cut of file?.cuts.toReversed() ?? []) {
        if (file === undefined || !cut.isWhole) continue;
        // Where there was nothing, nothing older is there either.
        if (wasEmpty && !request.mayRead()) return;
        yield await prepare(file, cut, request, tools);
      }
    } catch (error) {
      if (!isGuardError(error)) throw error;
    } finally {
      await file?.log.handle.close();
    }
  }
}

async function prepare(
  file: CutSegment,
  cut: Cut,
  { known, mayRead }: PrepareRequest,
  tools: PieceTools,
): Promise<boolean> {
  const { store, buffer } = tools;
  const remembered = known.get(file.segment, cut);
  if (remembered !== undefined && store.has(remembered)) return false;
  const bytes = await bytesOf(file, cut, buffer);
  if (bytes === undefined) return false;
  const digest = digestOf(bytes);
  const isKept = store.has(digest);
  if (!isKept && !mayRead()) return false;
  if (!isKept) await read(file, cut, bytes, digest, tools);
  known.set(file.segment, cut, digest);
  return !isKept;
}
