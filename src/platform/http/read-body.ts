import type { IncomingMessage } from 'node:http';

/** Bytes of bodies that are held, over all requests. */
export class BodyRoom {
  readonly #bytesMax: number;
  #held = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Takes room for so many bytes; false where there is none. */
  take(bytes: number): boolean {
    if (this.#held + bytes > this.#bytesMax) return false;
    this.#held += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#held -= bytes;
  }
}

/** What became of a body. The room of a whole one is held until the reader releases it. */
export type Body =
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  | { readonly kind: 'too-large' }
  /** Too many bytes of other requests are held. */
  | { readonly kind: 'no-room' }
  /** The client went away in the middle, or was too slow. */
  | { readonly kind: 'left' };

/** Whether the request says that a body follows. */
export function announcesBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && Number(length) > 0);
}

/** The Content-Length of a request; undefined where it has none. */
export function statedLength({ headers }: IncomingMessage): number | undefined {
  const length = headers['content-length'];
  return length === undefined ? undefined : Number(length);
}

/**
 * Reads a body of at most `bytesMax`. What comes in many small pieces is gathered in one buffer, so
 * that a client cannot make guard hold more than about twice what it sent.
 */
export function readBody(request: IncomingMessage, bytesMax: number, room: BodyRoom): Promise<Body> {
  return new Promise((resolve) => {
    const stated = statedLength(request);
    let bytes: Buffer = EMPTY;
    let length = 0;

    const finish = (body: Body): void => {
      request.off('data', take).off('end', end).off('close', leave);
      if (body.kind !== 'whole') room.release(length);
      resolve(body);
    };
    const take = (piece: Buffer): void => {
      if (length + piece.length > bytesMax) return finish({ kind: 'too-large' });
      if (!room.take(piece.length)) return finish({ kind: 'no-room' });
      // Most bodies are one piece, which is taken as it is.
      if (length === 0 && piece.length === stated) bytes = piece;
      else bytes = withPiece(bytes, length, piece, Math.min(stated ?? 0, FIRST_BYTES_MOST));
      length += piece.length;
    };
    const end = (): void => finish({ kind: 'whole', bytes: bytes.subarray(0, length) });
    const leave = (): void => finish({ kind: 'left' });
    request.on('data', take).on('end', end).on('close', leave).on('error', ignore);
  });
}

const EMPTY = Buffer.alloc(0);
/** A stated length is believed up to here before anything has come. */
const FIRST_BYTES_MOST = 1024 * 1024;
const FIRST_BYTES_LEAST = 16 * 1024;

/** The buffer with a piece behind its first `length` bytes; it doubles where it is too small. */
function withPiece(bytes: Buffer, length: number, piece: Buffer, expected: number): Buffer {
  const needed = length + piece.length;
  let target = bytes;
  if (needed > bytes.length) {
    target = Buffer.allocUnsafe(Math.max(needed, bytes.length * 2, expected, FIRST_BYTES_LEAST));
    bytes.copy(target, 0, 0, length);
  }
  piece.copy(target, length);
  return target;
}

function ignore(): void {
  // A connection that breaks is told of by `close`.
}
