import type * as z from 'zod/mini';
import {
  answeredShape,
  approvalShape,
  approvalsShape,
  approveBody,
  breakGlassBody,
  denyBody,
  endedQuery,
  rememberBody,
  rememberShape,
} from './contract/approvals.js';
import {
  auditDetailShape,
  auditQuery,
  auditShape,
  exportQuery,
  statsQuery,
  statsShape,
} from './contract/audit.js';
import { feedQuery } from './contract/feed.js';
import { limitsShape, resetBody, resetShape } from './contract/limits.js';
import { serversShape } from './contract/servers.js';
import { healthShape, loginBody, sessionShape } from './contract/session.js';
import type { ErrorCode } from './contract/shapes.js';

/** Every path begins so. */
export const API_ROOT = '/api/v1';

/** A write with a cookie needs this header with any value: no form and no other site can send it. */
export const WRITE_HEADER = 'X-Guard-Request';

/** One thing that can be asked for. */
export interface Endpoint {
  readonly method: 'GET' | 'POST';
  /** Below API_ROOT; `{id}` is one segment. */
  readonly path: string;
  readonly summary: string;
  /** Answered without a login. */
  readonly open?: true;
  readonly query?: z.core.$ZodType;
  readonly body?: z.core.$ZodType;
  /** What a 200 holds: a shape, none (204), or a stream of another type. */
  readonly answer: z.core.$ZodType | 'none' | 'events' | 'export';
  /** Beside those that every endpoint has; see errorsOf. */
  readonly errors: readonly ErrorCode[];
}

const ANSWER_ERRORS = ['not-found', 'late', 'refused', 'signature-needed'] as const;

/** The whole API. The server, the OpenAPI document and the page are made against it. */
export const ENDPOINTS = {
  health: {
    method: 'GET',
    path: '/health',
    summary: 'whether the dashboard answers',
    open: true,
    answer: healthShape,
    errors: [],
  },
  login: {
    method: 'POST',
    path: '/login',
    summary: 'exchange the secret for a session cookie',
    open: true,
    body: loginBody,
    answer: sessionShape,
    errors: ['unauthenticated'],
  },
  logout: {
    method: 'POST',
    path: '/logout',
    summary: 'end the session',
    answer: 'none',
    errors: [],
  },
  session: {
    method: 'GET',
    path: '/session',
    summary: 'who is logged in, and what there is to see',
    answer: sessionShape,
    errors: [],
  },
  feed: {
    method: 'GET',
    path: '/feed',
    summary: 'what is recorded and what waits, as it happens',
    query: feedQuery,
    answer: 'events',
    errors: [],
  },
  approvals: {
    method: 'GET',
    path: '/approvals',
    summary: 'calls that wait for a person, and the last that did',
    query: endedQuery,
    answer: approvalsShape,
    errors: ['unavailable'],
  },
  approval: {
    method: 'GET',
    path: '/approvals/{id}',
    summary: 'one call that waits or waited',
    answer: approvalShape,
    errors: ['not-found'],
  },
  remember: {
    method: 'POST',
    path: '/approvals/{id}/remember',
    summary: 'the rule that an approval would make; changes nothing',
    body: rememberBody,
    answer: rememberShape,
    errors: ['not-found', 'refused'],
  },
  approve: {
    method: 'POST',
    path: '/approvals/{id}/approve',
    summary: 'let a call pass',
    body: approveBody,
    answer: answeredShape,
    errors: ANSWER_ERRORS,
  },
  deny: {
    method: 'POST',
    path: '/approvals/{id}/deny',
    summary: 'deny a call',
    body: denyBody,
    answer: answeredShape,
    errors: ANSWER_ERRORS,
  },
  breakGlass: {
    method: 'POST',
    path: '/approvals/{id}/break-glass',
    summary: 'let a call pass as an emergency, which is recorded first',
    body: breakGlassBody,
    answer: answeredShape,
    errors: ANSWER_ERRORS,
  },
  audit: {
    method: 'GET',
    path: '/audit',
    summary: 'search the audit log, newest first',
    query: auditQuery,
    answer: auditShape,
    errors: ['unavailable'],
  },
  auditExport: {
    method: 'GET',
    path: '/audit/export',
    summary: 'all calls that a search finds, as a file, oldest first',
    query: exportQuery,
    answer: 'export',
    errors: ['unavailable'],
  },
  auditEntry: {
    method: 'GET',
    path: '/audit/{id}',
    summary: 'one call with its records and its decision explained',
    answer: auditDetailShape,
    errors: ['not-found', 'unavailable'],
  },
  stats: {
    method: 'GET',
    path: '/stats',
    summary: 'calls, decisions and latency over time',
    query: statsQuery,
    answer: statsShape,
    errors: ['unavailable'],
  },
  limits: {
    method: 'GET',
    path: '/limits',
    summary: 'rates and budgets, and what feeds them',
    answer: limitsShape,
    errors: [],
  },
  resetLimit: {
    method: 'POST',
    path: '/limits/reset',
    summary: 'empty a pot',
    body: resetBody,
    answer: resetShape,
    errors: ['not-found', 'unavailable'],
  },
  servers: {
    method: 'GET',
    path: '/servers',
    summary: 'servers, their tools and the rule that applies to each',
    answer: serversShape,
    errors: [],
  },
} as const satisfies Readonly<Record<string, Endpoint>>;

export type EndpointName = keyof typeof ENDPOINTS;

/** Every error code that an endpoint can answer with. */
export function errorsOf(endpoint: Endpoint): readonly ErrorCode[] {
  return [
    ...new Set<ErrorCode>([
      'bad-request',
      'foreign-site',
      'too-large',
      'too-many',
      'internal',
      ...(endpoint.open === true ? [] : (['unauthenticated'] as const)),
      ...(endpoint.method === 'POST' ? (['csrf-refused', 'not-json'] as const) : []),
      ...endpoint.errors,
    ]),
  ];
}
