import type { Socket } from 'node:net';
import { systemErrorCode } from '../../platform/errors.js';
import { errorBody } from './error-body.js';
import type { Refusal } from '../../platform/http/door-check.js';

/** What an HTTP parser error comes to; undefined where the connection broke and nobody is there to read. */
export function malformedRefusal(error: Error): Refusal | undefined {
  switch (systemErrorCode(error)) {
    case 'ECONNRESET':
    case 'EPIPE':
      return undefined;
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, reason: 'timeout', message: 'the request did not come in time' };
    case 'HPE_HEADER_OVERFLOW':
      return { status: 431, reason: 'headers_too_large', message: 'the headers are too large' };
    default:
      return { status: 400, reason: 'malformed', message: 'this is no well-formed HTTP request' };
  }
}

const PHRASES: ReadonlyMap<number, string> = new Map([
  [400, 'Bad Request'],
  [408, 'Request Timeout'],
  [431, 'Request Header Fields Too Large'],
]);

/** Answers on a connection whose requests cannot be read any more, and ends it. */
export function answerRaw(socket: Socket, refusal: Refusal, requestId: string): void {
  const body = errorBody(refusal, true);
  const head = [
    `HTTP/1.1 ${refusal.status} ${PHRASES.get(refusal.status) ?? 'Error'}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
