import { CAP_RETRY_MS } from '../../platform/bounds.js';
import { isChallenge, type Principal } from '../identity/principal.js';
import type { CallerCaps, ExchangeKind } from './caller-caps.js';
import type { Refusal } from '../../platform/http/door-check.js';
import { identityHeaders } from './identity-headers.js';
import { acceptRefusal, bodyRefusal } from './media-types.js';
import type { HttpServerOptions } from './options.js';
import type { McpExchange, ReplyHeaders } from './port.js';
import {
  announcesBody,
  type Body,
  type BodyRoom,
  readBody,
  statedLength,
} from '../../platform/http/read-body.js';
import type { HttpReply } from './reply.js';

/** What exchanges need of the server. */
export interface ExchangeParts extends Pick<
  HttpServerOptions,
  'core' | 'identity' | 'gate' | 'bodyBytesMax'
> {
  readonly caps: CallerCaps;
  readonly room: BodyRoom;
  /** Answers with an error, counts it and tells of it. */
  readonly refuse: (reply: HttpReply, refusal: Refusal, headers?: ReplyHeaders) => void;
}

/** Where an exchange goes. */
export interface ExchangeTarget {
  readonly upstream: string | null;
  readonly query: string;
  /** Whether it belongs to the old HTTP+SSE transport. */
  readonly isLegacySse: boolean;
}

const EMPTY = Buffer.alloc(0);
const RETRY: Readonly<Record<string, string>> = { 'Retry-After': String(Math.ceil(CAP_RETRY_MS / 1000)) };

/**
 * One exchange on an MCP path, in this order: who sends, is the form right, is there room, the body,
 * the core. Nothing of a body is read from somebody who is not known.
 */
export async function runExchange(
  reply: HttpReply,
  target: ExchangeTarget,
  parts: ExchangeParts,
): Promise<void> {
  const { request } = reply;
  const sender = await parts.identity.authenticate(identityHeaders(request), target.upstream);
  if (reply.over) return;
  if (isChallenge(sender)) {
    parts.refuse(
      reply,
      { status: sender.status, reason: 'identity', message: sender.reason, body: sender.body },
      sender.headers,
    );
    return;
  }
  const refusal = formRefusal(reply, parts.bodyBytesMax);
  if (refusal !== undefined) return parts.refuse(reply, refusal);
  if (!enter(reply, sender, parts)) return;
  // Those that were held come back one after the other, and each may close the gate for the next.
  while (parts.gate?.isOpen === false && !reply.over) await parts.gate.whenOpen();
  if (reply.over) return;
  const body = await bodyOf(reply, parts);
  if (body.kind !== 'whole') return refuseBody(reply, body, parts);
  const { bytes } = body;
  reply.onClosed(() => parts.room.release(bytes.length));
  if (reply.over) return;
  const exchange: McpExchange = {
    requestId: reply.requestId,
    method: request.method as McpExchange['method'],
    principal: sender,
    upstream: target.upstream,
    query: target.query,
    headers: request.headers,
    body: bytes,
    reply,
  };
  if (target.isLegacySse) parts.core.handleSse?.(exchange);
  else parts.core.handle(exchange);
}

function formRefusal({ request }: HttpReply, bodyBytesMax: number): Refusal | undefined {
  const { method, headers } = request;
  if (method !== 'POST')
    return announcesBody(request) ? UNEXPECTED_BODY : acceptRefusal(method, headers.accept);
  const refusal = bodyRefusal(headers) ?? acceptRefusal(method, headers.accept);
  if (refusal !== undefined) return refusal;
  return (statedLength(request) ?? 0) > bodyBytesMax ? tooLarge(bodyBytesMax) : undefined;
}

/** Counts the exchange until it is over; refuses it where there is no room. */
function enter(reply: HttpReply, { key }: Principal, { caps, refuse }: ExchangeParts): boolean {
  const kind: ExchangeKind = reply.request.method === 'GET' ? 'stream' : 'call';
  switch (caps.enter(key, kind)) {
    case 'entered':
      reply.onClosed(() => caps.leave(key, kind));
      return true;
    case 'caller-full':
      refuse(
        reply,
        { status: 429, reason: 'caller_full', message: `too many ${kind}s of this caller are open` },
        RETRY,
      );
      return false;
    case 'all-full':
      refuse(reply, { status: 503, reason: 'all_full', message: 'too many requests are open' }, RETRY);
      return false;
  }
}

async function bodyOf(reply: HttpReply, { bodyBytesMax, room }: ExchangeParts): Promise<Body> {
  if (reply.request.method !== 'POST') return { kind: 'whole', bytes: EMPTY };
  reply.askForBody();
  return readBody(reply.request, bodyBytesMax, room);
}

function refuseBody(reply: HttpReply, body: Exclude<Body, { kind: 'whole' }>, parts: ExchangeParts): void {
  switch (body.kind) {
    case 'left':
      return;
    case 'too-large':
      return parts.refuse(reply, tooLarge(parts.bodyBytesMax));
    case 'no-room':
      return parts.refuse(
        reply,
        { status: 503, reason: 'bodies_full', message: 'too many bytes of requests are held' },
        RETRY,
      );
  }
}

function tooLarge(bodyBytesMax: number): Refusal {
  return { status: 413, reason: 'body_too_large', message: `a body may have ${bodyBytesMax} bytes` };
}

const UNEXPECTED_BODY: Refusal = {
  status: 400,
  reason: 'unexpected_body',
  message: 'only a POST has a body',
};
