import type { IncomingMessage } from 'node:http';
import { HTTP_LINGER_BYTES_MAX, HTTP_LINGER_MS } from '../../platform/bounds.js';

/**
 * Reads and drops what is left of a refused body, then calls back once. A connection that is closed
 * with unread bytes in it is reset, and the client would lose the refusal that it was sent.
 */
export function dropBody(request: IncomingMessage, done: () => void): void {
  let bytes = 0;
  const finish = (): void => {
    clearTimeout(timer);
    request.off('data', count).off('end', finish).off('close', finish);
    done();
  };
  const count = (piece: Buffer): void => {
    bytes += piece.length;
    if (bytes > HTTP_LINGER_BYTES_MAX) finish();
  };
  const timer = setTimeout(finish, HTTP_LINGER_MS);
  request.on('data', count).on('end', finish).on('close', finish);
}
