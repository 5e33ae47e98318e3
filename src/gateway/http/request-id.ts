import { randomUUID } from 'node:crypto';
import { REQUEST_ID_CHARS_MAX } from '../../platform/bounds.js';

/** Visible ASCII: nothing that a log line or a header could be broken with. */
const PLAIN = /^[\x21-\x7e]+$/;

/** The client's X-Request-Id where it is plain and of at most REQUEST_ID_CHARS_MAX characters, else a new one. */
export function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && header.length <= REQUEST_ID_CHARS_MAX && PLAIN.test(header)
    ? header
    : randomUUID();
}
