import { CAP_RETRY_MS } from '../../platform/bounds.js';
import { messageOf } from '../../platform/errors.js';
import type { Door, Refusal } from '../../platform/http/door-check.js';
import { type ExchangeParts, runExchange } from './mcp-exchange.js';
import {
  answerHealth,
  answerMetadata,
  answerMetrics,
  answerReadiness,
  NOT_FOUND,
} from './operation-routes.js';
import type { HttpServerOptions } from './options.js';
import { answerPreflight } from './preflight.js';
import type { HttpReply } from './reply.js';
import { type Route, ROUTE_METHODS, routeOf } from './routes.js';

/** What requests need of the server. */
export interface DispatchParts
  extends
    ExchangeParts,
    Pick<HttpServerOptions, 'readiness' | 'metrics' | 'metricsFor' | 'legacySse' | 'log'> {
  readonly door: Door;
  readonly isClosing: () => boolean;
}

/** One request from the door to the part that answers it. Never throws. */
export function dispatch(reply: HttpReply, parts: DispatchParts): void {
  const { request } = reply;
  const { path, query } = splitTarget(request.url ?? '');
  const route = routeOf(path, parts.legacySse);
  reply.route = route.name;
  const result = parts.door.check(request);
  if (result.kind === 'refused') return parts.refuse(reply, result.refusal);
  if (result.origin !== undefined) reply.allowOrigin(result.origin);
  const { method = '' } = request;
  if (method === 'OPTIONS') return answerPreflight(reply, route.name, result.origin !== undefined);
  // Clients look for documents that may not be there: no news for a log.
  if (route.name === 'unknown') return reply.refuse(NOT_FOUND);
  const methods = ROUTE_METHODS[route.name];
  if (!methods.includes(method)) {
    return reply.refuse(NOT_ALLOWED, { Allow: methods.join(', ') });
  }
  answer(reply, route, { path, query }, parts).catch((error: unknown) => {
    const stack = error instanceof Error ? error.stack : undefined;
    parts.log.write('error', 'request failed', {
      request_id: reply.requestId,
      error: messageOf(error),
      stack,
    });
    // An answer that has begun cannot be taken back; one that breaks off is not taken for whole.
    if (reply.begun && !reply.over) reply.cutOff('guard failed at this request');
    else parts.refuse(reply, INTERNAL);
  });
}

async function answer(
  reply: HttpReply,
  route: Route,
  { path, query }: { readonly path: string; readonly query: string },
  parts: DispatchParts,
): Promise<void> {
  switch (route.name) {
    case 'healthz':
      return answerHealth(reply);
    case 'readyz':
      return answerReadiness(reply, parts);
    case 'metrics':
      return answerMetrics(reply, parts);
    case 'metadata':
      return answerMetadata(reply, path, parts.identity);
    case 'mcp':
    case 'sse':
    case 'messages':
      if (parts.isClosing()) return parts.refuse(reply, CLOSING, RETRY);
      return runExchange(
        reply,
        { upstream: route.upstream, query, isLegacySse: route.name !== 'mcp' },
        parts,
      );
    case 'unknown':
      return reply.refuse(NOT_FOUND);
  }
}

function splitTarget(target: string): { path: string; query: string } {
  const mark = target.indexOf('?');
  return mark === -1
    ? { path: target, query: '' }
    : { path: target.slice(0, mark), query: target.slice(mark) };
}

const RETRY = { 'Retry-After': String(Math.ceil(CAP_RETRY_MS / 1000)) };
const NOT_ALLOWED: Refusal = { status: 405, reason: 'method', message: 'this method is not served here' };
const INTERNAL: Refusal = { status: 500, reason: 'internal', message: 'guard failed at this request' };
const CLOSING: Refusal = { status: 503, reason: 'closing', message: 'guard is ending' };
