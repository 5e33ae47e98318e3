import type { IncomingMessage } from 'node:http';
import type { RequestHeaders } from '../identity/principal.js';

/**
 * Headers as Identity is to see them. Node keeps the first of several Authorization headers; where
 * there are several, all of them are handed in, so that they are refused.
 */
export function identityHeaders(request: IncomingMessage): RequestHeaders {
  const { rawHeaders } = request;
  let found = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === 'authorization') found += 1;
  }
  return found > 1 ? request.headersDistinct : request.headers;
}
