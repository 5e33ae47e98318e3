import type { IncomingHttpHeaders } from 'node:http';
import type { Refusal } from '../../platform/http/door-check.js';

const JSON_TYPE = 'application/json';
const STREAM_TYPE = 'text/event-stream';
/** One parameter of a media type; its value bare or in quotes. */
const PARAMETER = /^([!#$%&'*+.^_`|~0-9a-z-]+)=("[^"\\]*"|[!#$%&'*+.^_`|~0-9a-z-]+)$/i;

/** Why the body of a POST cannot be read, by its headers; undefined where it can. */
export function bodyRefusal(headers: IncomingHttpHeaders): Refusal | undefined {
  const { 'content-type': type, 'content-encoding': coding } = headers;
  if (coding !== undefined && coding.toLowerCase() !== 'identity') {
    return {
      status: 415,
      reason: 'content_encoding',
      message: 'bodies are taken without a Content-Encoding only',
    };
  }
  if (type !== undefined && isJsonType(type)) return undefined;
  return { status: 415, reason: 'content_type', message: `the Content-Type must be ${JSON_TYPE}, in UTF-8` };
}

function isJsonType(header: string): boolean {
  // What nearly every client sends.
  if (header === JSON_TYPE) return true;
  const [type = '', ...parameters] = header.split(';').map((part) => part.trim());
  if (type.toLowerCase() !== JSON_TYPE) return false;
  return parameters.every((parameter) => {
    if (parameter === '') return true;
    const match = PARAMETER.exec(parameter);
    if (match === null) return false;
    const [, name = '', value = ''] = match;
    return name.toLowerCase() !== 'charset' || /^"?utf-?8"?$/i.test(value);
  });
}

/**
 * Why the answer to this method would not be acceptable; undefined where it is. A POST is answered
 * with JSON or with a stream, a GET with a stream (MCP 2025-11-25 and 2026-07-28, Streamable HTTP).
 * Wildcards count, and so does a header that is not there (RFC 9110, section 12.5.1).
 */
export function acceptRefusal(method: string | undefined, accept: string | undefined): Refusal | undefined {
  // What nearly every client sends.
  if (accept === `${JSON_TYPE}, ${STREAM_TYPE}`) return undefined;
  const wanted = method === 'POST' ? [JSON_TYPE, STREAM_TYPE] : method === 'GET' ? [STREAM_TYPE] : [];
  if (accept === undefined || wanted.every((type) => accepts(accept, type))) return undefined;
  return {
    status: 406,
    reason: 'accept',
    message: `the Accept header must allow ${wanted.join(' and ')}`,
  };
}

function accepts(header: string, type: string): boolean {
  const [main] = type.split('/');
  let best = -1;
  let isAllowed = false;
  for (const range of header.toLowerCase().split(',')) {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim());
    // The range that says most of the type counts.
    const rank = name === type ? 2 : name === `${main}/*` ? 1 : name === '*/*' ? 0 : -1;
    if (rank < 0 || rank < best) continue;
    best = rank;
    isAllowed = !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter));
  }
  return isAllowed;
}
