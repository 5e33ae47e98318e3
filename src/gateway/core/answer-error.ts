import { errorFrame } from '../../jsonrpc/replies.js';
import type { McpExchange } from '../http/port.js';
import { bare } from '../../jsonrpc/rewrite.js';

const METHOD_NOT_ALLOWED = -32000;

/** Answers with a JSON-RPC error that belongs to no request. */
export function answerError(
  { reply }: McpExchange,
  status: number,
  code: number,
  message: string,
  headers?: Record<string, string>,
): void {
  reply.json(status, bare(errorFrame(null, code, message)), headers);
}

/** Answers that this path takes POST only, as the modern era does. */
export function notAllowed(exchange: McpExchange): void {
  answerError(exchange, 405, METHOD_NOT_ALLOWED, 'Method not allowed', { allow: 'POST' });
}
