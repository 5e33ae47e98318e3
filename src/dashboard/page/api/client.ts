import type { API_ROOT, WRITE_HEADER } from '../../contract.js';
import type {
  Answered,
  Approval,
  Approvals,
  ApproveBody,
  BreakGlassBody,
  DenyBody,
  RememberDraft,
  RememberedRule,
} from '../../contract/approvals.js';
import type { AuditDetail, AuditPage, Stats } from '../../contract/audit.js';
import type { Limits, ResetBody, ResetDone } from '../../contract/limits.js';
import type { Servers } from '../../contract/servers.js';
import type { LoginBody, Session } from '../../contract/session.js';
import { PAGE_ANSWER_MS } from '../../../platform/bounds.js';

const ROOT: typeof API_ROOT = '/api/v1';
const WRITE: typeof WRITE_HEADER = 'X-Guard-Request';

/** How a held call ended. */
export type ApprovalEnd = NonNullable<Approval['end']>;

/** Why a request got no answer. `status` 0: the dashboard could not be reached. */
export interface Failure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly command?: string | undefined;
  readonly end?: ApprovalEnd | null | undefined;
}

export type Answer<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: Failure };

/** Filters and numbers of a query; empty and absent ones are left out. */
export type Query = Readonly<Record<string, string | undefined>>;

interface Ask {
  readonly query?: Query | undefined;
  readonly body?: unknown;
}

/** What the page asks of the dashboard's API. Nothing throws: what went wrong is part of the answer. */
export interface Api {
  session(): Promise<Answer<Session>>;
  login(body: LoginBody): Promise<Answer<Session>>;
  logout(): Promise<Answer<null>>;
  approvals(): Promise<Answer<Approvals>>;
  approval(id: string): Promise<Answer<Approval>>;
  remember(id: string, draft: RememberDraft): Promise<Answer<RememberedRule>>;
  approve(id: string, body: ApproveBody): Promise<Answer<Answered>>;
  deny(id: string, body: DenyBody): Promise<Answer<Answered>>;
  breakGlass(id: string, body: BreakGlassBody): Promise<Answer<Answered>>;
  audit(query: Query): Promise<Answer<AuditPage>>;
  auditEntry(id: string): Promise<Answer<AuditDetail>>;
  stats(query: Query): Promise<Answer<Stats>>;
  limits(): Promise<Answer<Limits>>;
  resetLimit(body: ResetBody): Promise<Answer<ResetDone>>;
  servers(): Promise<Answer<Servers>>;
}

/** `onSignedOut` is told of every answer that says that nobody is logged in. */
export function createApi(fetchIt: typeof fetch, onSignedOut: (why: string) => void): Api {
  async function ask<Value>(path: string, { query, body }: Ask = {}): Promise<Answer<Value>> {
    const answer = await answerOf<Value>(fetchIt, `${ROOT}${path}${queryText(query)}`, body);
    if (!answer.ok && answer.failure.status === 401 && path !== '/login') {
      onSignedOut(answer.failure.message);
    }
    return answer;
  }
  return {
    session: () => ask('/session'),
    login: (body) => ask('/login', { body }),
    logout: () => ask('/logout', { body: {} }),
    approvals: () => ask('/approvals'),
    approval: (id) => ask(of(id)),
    remember: (id, body) => ask(`${of(id)}/remember`, { body }),
    approve: (id, body) => ask(`${of(id)}/approve`, { body }),
    deny: (id, body) => ask(`${of(id)}/deny`, { body }),
    breakGlass: (id, body) => ask(`${of(id)}/break-glass`, { body }),
    audit: (query) => ask('/audit', { query }),
    auditEntry: (id) => ask(`/audit/${encodeURIComponent(id)}`),
    stats: (query) => ask('/stats', { query }),
    limits: () => ask('/limits'),
    resetLimit: (body) => ask('/limits/reset', { body }),
    servers: () => ask('/servers'),
  };
}

/** The address of an export; the browser asks for it with the session's cookie. */
export function exportAddress(query: Query): string {
  return `${ROOT}/audit/export${queryText(query)}`;
}

/** The address of the live feed. */
export function feedAddress(): string {
  return `${ROOT}/feed`;
}

function of(id: string): string {
  return `/approvals/${encodeURIComponent(id)}`;
}

function queryText(query: Query | undefined): string {
  const given = Object.entries(query ?? {}).filter(
    (pair): pair is [string, string] => pair[1] !== undefined && pair[1].trim() !== '',
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}

async function answerOf<Value>(
  fetchIt: typeof fetch,
  address: string,
  body: unknown,
): Promise<Answer<Value>> {
  try {
    const response = await fetchIt(address, {
      method: body === undefined ? 'GET' : 'POST',
      headers: body === undefined ? {} : { 'Content-Type': 'application/json', [WRITE]: '1' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      credentials: 'same-origin',
      redirect: 'error',
      signal: AbortSignal.timeout(PAGE_ANSWER_MS),
    });
    if (response.status === 204) return { ok: true, value: null as Value };
    const value: unknown = await response.json();
    if (response.ok) return { ok: true, value: value as Value };
    return { ok: false, failure: failureOf(response.status, value) };
  } catch {
    return { ok: false, failure: UNREACHABLE };
  }
}

const UNREACHABLE: Failure = {
  status: 0,
  code: 'unreachable',
  message: 'the dashboard does not answer',
  hint: 'see whether guard still runs on its machine; nothing that was asked for is known to have happened',
};

function failureOf(status: number, value: unknown): Failure {
  const { error } = value as { readonly error?: Omit<Failure, 'status'> };
  return error === undefined
    ? { status, code: 'internal', message: `the dashboard answered with status ${status}` }
    : { ...error, status };
}
