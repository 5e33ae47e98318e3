import { open } from 'node:fs/promises';
import { AUDIT_LINE_BYTES_MAX, AUDIT_READ_BYTES } from '../../platform/bounds.js';
import { GuardError, messageOf, systemErrorCode } from '../../platform/errors.js';
import type { OpenSegment } from '../open-segment.js';

/** One line of a file as bytes, without its line feed; they are valid until the next batch is asked for. */
export interface RawLine {
  /** Undefined for a line above AUDIT_LINE_BYTES_MAX, which is not kept. */
  readonly bytes: Buffer | undefined;
  readonly size: number;
  /** From 1. */
  readonly line: number;
  /** False for a last line without its line feed. */
  readonly isEnded: boolean;
}

/** Lines of a file, and how many bytes of it were read with them. */
export interface RawBatch {
  readonly lines: readonly RawLine[];
  readonly doneBytes: number;
}

/**
 * Reads a file from its start, in batches: as far as it reached when it was opened, so that a log that
 * grows comes to an end. One that is open already is read to its `size` and closed. Memory is bounded by AUDIT_READ_BYTES and one line. Yields nothing where
 * there is no such file. Throws GuardError `audit-unreadable`.
 */
export async function* readRawLines(
  file: string | OpenSegment,
  signal?: AbortSignal,
): AsyncGenerator<RawBatch> {
  const opened = typeof file === 'string' ? await openFile(file) : file;
  if (opened === undefined) return;
  const { handle, path, size } = opened;
  try {
    const cutter = new RawLines();
    const buffer = Buffer.allocUnsafe(AUDIT_READ_BYTES);
    for (let offset = 0; offset < size;) {
      if (signal?.aborted === true) return;
      const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, size - offset), offset);
      if (bytesRead === 0) break;
      offset += bytesRead;
      yield { lines: cutter.push(buffer.subarray(0, bytesRead)), doneBytes: offset };
    }
    yield { lines: cutter.end(), doneBytes: size };
  } catch (error) {
    throw unreadable(path, error);
  } finally {
    await handle.close();
  }
}

async function openFile(path: string): Promise<Pick<OpenSegment, 'handle' | 'path' | 'size'> | undefined> {
  try {
    const handle = await open(path, 'r');
    const stats = await handle.stat();
    if (stats.isFile()) return { handle, path, size: stats.size };
    await handle.close();
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw unreadable(path, error);
  }
  throw new GuardError('audit-unreadable', `${path} is not a regular file`);
}

function unreadable(path: string, error: unknown): GuardError {
  if (error instanceof GuardError) return error;
  return new GuardError('audit-unreadable', `cannot read ${path}: ${messageOf(error)}`, { cause: error });
}

/** Cuts bytes, which come in pieces, into lines. */
class RawLines {
  #line = 1;
  #pieces: Buffer[] = [];
  #held = 0;

  push(bytes: Buffer): RawLine[] {
    const lines: RawLine[] = [];
    let from = 0;
    for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, from)) {
      lines.push(this.#finish(bytes.subarray(from, at), true));
      from = at + 1;
    }
    const rest = bytes.subarray(from);
    this.#held += rest.length;
    // Of a line that is too long only the length matters. Pieces are copied: the buffer is used again.
    if (this.#held > AUDIT_LINE_BYTES_MAX) this.#pieces = [];
    else if (rest.length > 0) this.#pieces.push(Buffer.from(rest));
    return lines;
  }

  end(): RawLine[] {
    return this.#held === 0 ? [] : [this.#finish(Buffer.alloc(0), false)];
  }

  #finish(last: Buffer, isEnded: boolean): RawLine {
    const size = this.#held + last.length;
    const bytes = this.#pieces.length === 0 ? last : Buffer.concat([...this.#pieces, last]);
    this.#pieces = [];
    this.#held = 0;
    const line = this.#line;
    this.#line += 1;
    return { bytes: size > AUDIT_LINE_BYTES_MAX ? undefined : bytes, size, line, isEnded };
  }
}

const LINE_FEED = 0x0a;
