import { type Identity, isChallenge } from '../identity/principal.js';
import { identityHeaders } from './identity-headers.js';
import { isLoopback } from '../../platform/http/host-names.js';
import type { HttpServerOptions } from './options.js';
import type { HttpReply } from './reply.js';

type Parts = Pick<HttpServerOptions, 'readiness' | 'metrics' | 'metricsFor' | 'identity'>;

const JSON_TYPE = 'application/json';

/** `/healthz`: the process lives. What it depends on is the matter of `/readyz`. */
export function answerHealth(reply: HttpReply): void {
  reply.whole(200, JSON_TYPE, '{"status":"ok"}');
}

/** `/readyz`: what is wrong in detail, which names programs and addresses, is told on this machine only. */
export function answerReadiness(reply: HttpReply, { readiness }: Parts): void {
  const now = readiness();
  const details = isLoopback(reply.request.socket.remoteAddress ?? '');
  reply.whole(now.isReady ? 200 : 503, JSON_TYPE, now.document(details));
}

/** `/metrics`, which names servers and tools, for those whom the config lets read it. */
export async function answerMetrics(
  reply: HttpReply,
  { metrics, metricsFor, identity }: Parts,
): Promise<void> {
  if (metricsFor === 'nobody') return reply.refuse(NOT_FOUND);
  if (metricsFor === 'identified') {
    const sender = await identity.authenticate(identityHeaders(reply.request));
    if (isChallenge(sender)) return reply.whole(sender.status, JSON_TYPE, sender.body, sender.headers);
  }
  reply.whole(200, metrics.contentType, await metrics.text());
}

/** The RFC 9728 documents. */
export function answerMetadata(reply: HttpReply, path: string, identity: Identity): void {
  const document = identity.metadata(path);
  if (document === undefined) return reply.refuse(NOT_FOUND);
  reply.whole(200, JSON_TYPE, JSON.stringify(document));
}

export const NOT_FOUND = {
  status: 404,
  reason: 'path',
  message: 'there is nothing at this path; MCP is served at /mcp and /mcp/<upstream>',
};
