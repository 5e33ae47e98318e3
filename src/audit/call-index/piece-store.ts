import fs from 'node:fs';
import path from 'node:path';
import { CALL_INDEX_FILE_BYTES_MAX, CALL_INDEX_FILES_MAX } from '../../platform/bounds.js';
import { makeFolder } from '../../platform/make-folder.js';
import { type OwnFileTrust, readOwnBytes } from '../../platform/own-file.js';
import { isDraftName, replaceWhole } from '../../platform/whole-file.js';
import { decodePiece, encodePiece } from './piece-file.js';
import type { Piece } from './piece.js';

/**
 * The folder in which a call index stands: one file for each piece of a log, under the digest of the
 * piece's bytes. So what a file says is always of exactly these bytes, whoever renamed, replaced or
 * changed a log. Several processes may use it at one time. Nothing here throws: what cannot be read
 * or written is made anew from the log, as often as it is needed.
 */
export class PieceStore {
  readonly #folder: string;
  #isBroken = false;
  #written = 0;

  /** Nothing is made before something is kept. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Whether a piece could not be kept. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Whether nothing is kept yet. */
  isEmpty(): boolean {
    try {
      return !fs.readdirSync(this.#folder).some((name) => name.endsWith(ENDING));
    } catch {
      return true;
    }
  }

  has(digest: string): boolean {
    return fs.existsSync(this.#fileOf(digest));
  }

  /** The piece with these bytes; undefined where it is not there or not as guard wrote it. */
  load(digest: string): Piece | undefined {
    const read = readOwnBytes(this.#fileOf(digest), CALL_INDEX_FILE_BYTES_MAX, TRUST);
    return read.kind === 'bytes' ? decodePiece(digest, read.bytes) : undefined;
  }

  /** Keeps a piece; false where that was not possible. */
  save(digest: string, piece: Piece): boolean {
    const bytes = encodePiece(digest, piece);
    if (bytes === undefined || bytes.length > CALL_INDEX_FILE_BYTES_MAX) return false;
    try {
      if (this.#written === 0) makeFolder(this.#folder);
      replaceWhole(this.#fileOf(digest), bytes, { mode: 0o600, durable: false });
      this.#written += 1;
      this.#isBroken = false;
      if (this.#written % FILES_BETWEEN_LOOKS === 1) this.#removeOldest();
      return true;
    } catch {
      this.#isBroken = true;
      return false;
    }
  }

  #fileOf(digest: string): string {
    return path.join(this.#folder, `${digest}${ENDING}`);
  }

  /** Keeps the folder within its bound. Drafts of writers that were killed count as well. */
  #removeOldest(): void {
    const names = fs.readdirSync(this.#folder).filter((name) => name.endsWith(ENDING) || isDraftName(name));
    if (names.length <= CALL_INDEX_FILES_MAX) return;
    const files = names.map((name) => {
      const file = path.join(this.#folder, name);
      return { file, writtenMs: fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0 };
    });
    const oldest = files.toSorted((one, other) => one.writtenMs - other.writtenMs);
    for (const { file } of oldest.slice(0, names.length - CALL_INDEX_FILES_MAX)) {
      fs.rmSync(file, { force: true });
    }
  }
}

const ENDING = '.calls';
const FILES_BETWEEN_LOOKS = 64;
/** Another user's numbers would be taken for the log's. */
const TRUST: OwnFileTrust = { user: process.getuid?.(), isRootTrusted: true, privacy: 'owner-only' };
