import type { HttpReply } from './reply.js';
import { type RouteName, ROUTE_METHODS } from './routes.js';

/** Headers that pages of allowed origins may send; those of tools' parameters are allowed by their prefix. */
const ALLOWED = [
  'Authorization',
  'Content-Type',
  'Accept',
  'Last-Event-ID',
  'MCP-Protocol-Version',
  'Mcp-Session-Id',
  'Mcp-Method',
  'Mcp-Name',
  'X-Request-Id',
];
/** 2026-07-28, Streamable HTTP, custom headers from tool parameters. */
const PARAMETER = /^mcp-param-[a-z0-9-]{1,64}$/;
/** How long a browser may remember the answer. */
const REMEMBERED_SECONDS = 600;

/** Answers an OPTIONS: what the path takes, and for pages of an allowed origin what they may send. */
export function answerPreflight(reply: HttpReply, route: RouteName, isAllowedPage: boolean): void {
  const methods = ROUTE_METHODS[route].join(', ');
  if (methods === '') return reply.empty(404);
  const asked = reply.request.headers['access-control-request-headers'] ?? '';
  if (!isAllowedPage) return reply.empty(204, { Allow: methods });
  const parameters = asked.split(',').map((name) => name.trim().toLowerCase());
  reply.empty(204, {
    Allow: methods,
    'Access-Control-Allow-Methods': methods,
    'Access-Control-Allow-Headers': [...ALLOWED, ...parameters.filter((name) => PARAMETER.test(name))].join(
      ', ',
    ),
    'Access-Control-Max-Age': String(REMEMBERED_SECONDS),
  });
}
