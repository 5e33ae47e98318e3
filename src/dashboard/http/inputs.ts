import type { IncomingMessage } from 'node:http';
import * as z from 'zod/mini';
import {
  DASHBOARD_BODY_BYTES_MAX,
  DASHBOARD_DRAINED_BYTES_MAX,
  DASHBOARD_QUERY_CHARS_MAX,
} from '../../platform/bounds.js';
import { printable } from '../../platform/printable.js';
import { parseJson } from '../../platform/json.js';
import { announcesBody, type BodyRoom, readBody, statedLength } from '../../platform/http/read-body.js';
import type { Endpoint } from '../contract.js';
import { Stop } from './reply.js';

/** The query as the endpoint has it. Throws Stop `bad-request`. */
export function readQuery(endpoint: Endpoint, query: string): unknown {
  if (query.length > DASHBOARD_QUERY_CHARS_MAX) throw new Stop('bad-request', 'the query is too long');
  const members: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    if (Object.hasOwn(members, name) || name === '__proto__') {
      throw new Stop('bad-request', `the query names ${printable(name).slice(0, 64)} twice`);
    }
    members[name] = value;
  }
  if (endpoint.query !== undefined) return fit(endpoint.query, members, 'query');
  if (Object.keys(members).length > 0) throw new Stop('bad-request', 'this path takes no query');
  return {};
}

/** The body as the endpoint has it. Throws Stop `too-large`, `not-json`, `bad-request`, `unavailable`. */
export async function readInput(
  endpoint: Endpoint,
  request: IncomingMessage,
  room: BodyRoom,
): Promise<unknown> {
  if ((statedLength(request) ?? 0) > DASHBOARD_BODY_BYTES_MAX) throw tooLarge();
  const type = request.headers['content-type'];
  const hasBody = endpoint.body !== undefined;
  // Only this type, which no form can send without asking first.
  if (hasBody && !/^application\/json(?:;\s*charset=utf-8)?$/i.test(type ?? '')) {
    throw new Stop('not-json', 'the body must be application/json');
  }
  if (request.headers['content-encoding'] !== undefined) {
    throw new Stop('not-json', 'the body must not be encoded');
  }
  const body = await readBody(request, DASHBOARD_BODY_BYTES_MAX, room);
  switch (body.kind) {
    case 'too-large':
      throw tooLarge();
    case 'no-room':
      throw new Stop('unavailable', 'too many requests are being read', {}, { 'Retry-After': '1' });
    case 'left':
      throw new Stop('bad-request', 'the body broke off');
    case 'whole':
      break;
  }
  room.release(body.bytes.length);
  if (endpoint.body === undefined) return {};
  const value = parseJson(UTF8.decode(body.bytes));
  if (value === undefined) throw new Stop('bad-request', 'the body is not JSON');
  return fit(endpoint.body, value, 'body');
}

/** A GET takes no body. Throws Stop `too-large`, `bad-request`. */
export function refuseBody(request: IncomingMessage): void {
  if ((statedLength(request) ?? 0) > DASHBOARD_BODY_BYTES_MAX) throw tooLarge();
  if (announcesBody(request)) throw new Stop('bad-request', 'this path takes no body');
}

/** Reads the rest of a body off, up to DASHBOARD_DRAINED_BYTES_MAX: who is cut off while sending reads no answer. */
export function drainBody(request: IncomingMessage): Promise<void> {
  if (request.complete || request.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    let bytes = 0;
    request.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > DASHBOARD_DRAINED_BYTES_MAX) resolve();
    });
    request.on('end', resolve).on('close', resolve).on('error', resolve).resume();
  });
}

/** What is no UTF-8 becomes a mark, so that no two texts are taken for one. */
const UTF8 = new TextDecoder();

function fit(schema: z.core.$ZodType, value: unknown, what: 'query' | 'body'): unknown {
  const parsed = z.safeParse(schema, value, { jitless: true });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = printable(issue?.path.map(String).join('.') ?? '').slice(0, 128);
  const where = place === '' ? '' : ` at ${place}`;
  throw new Stop('bad-request', `the ${what} is not as documented${where}`, {
    hint: 'schemas/openapi.json says what is expected',
  });
}

function tooLarge(): Stop {
  return new Stop('too-large', `a body has at most ${DASHBOARD_BODY_BYTES_MAX} bytes`);
}
