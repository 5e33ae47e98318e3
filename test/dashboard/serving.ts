import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';
import { createBusBoard } from '../../src/approvals/bus/bus-board.js';
import { createBusChannel } from '../../src/approvals/bus/bus-channel.js';
import type { ApprovalAnswer } from '../../src/approvals/answer.js';
import type { ChannelTicket } from '../../src/approvals/channel.js';
import type { ApprovalRequest } from '../../src/approvals/request.js';
import type { AuditRecord } from '../../src/audit/record.js';
import { Dashboard, type DashboardOptions } from '../../src/dashboard/dashboard.js';
import type { DashboardSource } from '../../src/dashboard/source.js';
import { createFileLedger } from '../../src/limits/file-ledger.js';
import type { Clock } from '../../src/platform/clock.js';
import { GuardError } from '../../src/platform/errors.js';
import type { JsonObject } from '../../src/platform/json.js';
import { createDiagnostics } from '../../src/platform/diagnostics.js';
import { currentOwner } from '../../src/platform/process-owner.js';
import { systemClock } from '../../src/platform/clock.js';
import { approvalRequest, endBy } from '../support/approval-requests.js';
import { compiled, deny, layer, ports } from '../policy/support.js';

export const SECRET = 'correct horse battery staple 0123456789';

/** A request whose headers are a plain object. */
export type Asked = Omit<RequestInit, 'headers'> & { readonly headers?: Record<string, string> };

/** A dashboard with everything that it stands on, in a folder of its own. */
export interface Served {
  readonly folder: string;
  readonly base: string;
  readonly dashboard: Dashboard;
  readonly auditFile: string;
  readonly ledger: DashboardSource['ledger'];
  /** Events that the dashboard recorded. */
  readonly recorded: { event: string; detail: JsonObject }[];
  /** Makes the next records impossible to write. */
  failRecords(): void;
  /** Holds a call, as a guard process of this user would; the answers that came for it. */
  hold(
    request: Partial<ApprovalRequest>,
    count?: number,
  ): { request: ApprovalRequest; answers: ApprovalAnswer[]; ticket: ChannelTicket };
  /** Tells pages of records. */
  tell(records: readonly AuditRecord[], skipped?: number): void;
  /** A request with the secret. */
  ask(path: string, more?: Asked): Promise<Response>;
}

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

/** Starts a dashboard on a free port of loopback. */
export async function serving(
  more: Partial<DashboardOptions> & { readonly sourceMore?: Partial<DashboardSource> } = {},
): Promise<Served> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'guard-dashboard-'));
  open.push(() => fs.rmSync(folder, { recursive: true, force: true }));
  const assets = path.join(folder, 'page');
  fs.mkdirSync(assets);
  fs.writeFileSync(path.join(assets, 'index.html'), '<!doctype html><title>guard</title>');
  fs.writeFileSync(path.join(assets, 'page-1A2B3C4D.js'), 'export {};');
  fs.writeFileSync(path.join(folder, 'secret.txt'), 'not for pages');
  const clock: Clock = more.clock ?? systemClock();
  const recorded: Served['recorded'] = [];
  const auditFile = path.join(folder, 'audit.jsonl');
  fs.writeFileSync(auditFile, '');
  let follower: Parameters<DashboardSource['follow']>[0] | undefined;
  let failing = false;
  const bus = path.join(folder, 'approvals-dashboard');
  const holding = createBusChannel({
    folder: bus,
    clock,
    diagnostics: createDiagnostics(() => undefined),
    owner: currentOwner(),
    kind: 'dashboard',
  });
  open.push(() => holding.close());
  const source: DashboardSource = {
    scope: 'machine',
    approvers: null,
    notes: () => [],
    openBoard: (approver) => createBusBoard({ folder: bus, clock, approver, channel: 'dashboard' }),
    terminalBoard: createBusBoard({
      folder: path.join(folder, 'approvals'),
      clock,
      approver: { name: 'dashboard', presence: 'dashboard' },
    }),
    save: () => Promise.resolve(undefined),
    auditFile,
    callIndex: path.join(folder, 'call-index'),
    follow: (listener, signal) => {
      follower = listener;
      signal.addEventListener('abort', () => (follower = undefined));
    },
    ledger: createFileLedger({
      folder: path.join(folder, 'ledger'),
      newId: () => 'id',
      note: () => undefined,
    }),
    policy: () => compiled([layer([deny({ tool: 'rm' }, 'no-rm')])]),
    budgets: () => ({ list: [], ports: ports }),
    servers: () => [],
    record: (event, detail) => {
      if (failing) throw new GuardError('audit-unwritable', 'the disk is full');
      recorded.push({ event, detail });
    },
    ...more.sourceMore,
  };
  const dashboard = new Dashboard({
    host: '127.0.0.1',
    port: 0,
    secret: SECRET,
    assets,
    clock,
    onDefect: (error) => {
      throw error;
    },
    ...more,
    source,
  });
  open.push(() => dashboard.close());
  const { url } = await dashboard.start();
  return {
    folder,
    base: url,
    dashboard,
    auditFile,
    ledger: source.ledger,
    recorded,
    failRecords: () => (failing = true),
    hold(request, count = 1) {
      const whole = approvalRequest(count, {
        channels: ['dashboard'],
        created_at: clock.timestamp(),
        expires_at: new Date(clock.wallMs() + 300_000).toISOString(),
        ...request,
      });
      const answers: ApprovalAnswer[] = [];
      const ticket = holding.open(whole, {
        answer(answer) {
          answers.push(answer);
          setImmediate(() => ticket.close(endBy(answer)));
          return { kind: 'accepted' };
        },
        undelivered: () => undefined,
      });
      return { request: whole, answers, ticket };
    },
    tell: (records, skipped = 0) => follower?.(records, skipped),
    ask: (place, init = {}) =>
      fetch(`${url}${place}`, { ...init, headers: { authorization: `Bearer ${SECRET}`, ...init.headers } }),
  };
}

/** Logs in; the cookie to send from then on. */
export async function login(
  base: string,
  secret = SECRET,
  name = 'ana',
): Promise<{ cookie: string; response: Response }> {
  const response = await fetch(`${base}/api/v1/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-guard-request': '1' },
    body: JSON.stringify({ secret, name }),
  });
  return { cookie: (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '', response };
}

/** A write with a body. */
export function post(body: unknown, headers: Record<string, string> = {}): Asked & { readonly body: string } {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-guard-request': '1', ...headers },
    body: JSON.stringify(body),
  };
}

/** The status and the error code of an answer. */
export async function errorOf(response: Response): Promise<string> {
  const body = (await response.json()) as { error?: { code: string } };
  return `${response.status} ${body.error?.code ?? '-'}`;
}
