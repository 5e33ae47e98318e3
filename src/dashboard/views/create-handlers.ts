import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../platform/clock.js';
import type { ApproveBody, BreakGlassBody, DenyBody, RememberDraft } from '../contract/approvals.js';
import type { LoginBody, Session } from '../contract/session.js';
import type { Feed } from '../feed/feed.js';
import type { Caller } from '../login/gate.js';
import type { DashboardSource } from '../source.js';
import { answerRequest, type Deed, findPending } from './answer-request.js';
import type { ApprovalViews } from './approval-views.js';
import { exportAudit, oneAudit, searchAudit } from './audit-views.js';
import { type Ask, callerOf, type Handlers } from './handlers.js';
import type { CallCounts } from './call-counts.js';
import { resetLimit, showLimits } from './limits-view.js';
import { rememberedOf, rememberedView } from './remember-view.js';
import type { Scans } from './scans.js';
import { showServers } from './servers-view.js';
import { StatsView } from './stats-view.js';
import type { Undeliveries } from './undeliveries.js';

export interface HandlerParts {
  readonly source: DashboardSource;
  readonly clock: Clock;
  readonly scans: Scans;
  readonly counts: CallCounts;
  readonly undeliveries: Undeliveries;
  readonly views: ApprovalViews;
  readonly feed: Feed;
  readonly sessionOf: (caller: Caller) => Session;
  /** Opens a session and sets its cookie. Throws Stop. */
  readonly login: (ask: Ask<unknown, LoginBody>) => Session;
  /** Ends the session of the request; the cookie that takes the place of its own. */
  readonly logout: (request: IncomingMessage) => string;
}

/** What answers each endpoint. */
export function createHandlers(parts: HandlerParts): Handlers {
  const { source, clock, views, undeliveries, feed } = parts;
  const stats = new StatsView(parts.scans, parts.counts, clock);
  const answer = async (ask: Ask, deed: Deed): Promise<void> => {
    ask.reply.json(await answerRequest(ask.id, deed, callerOf(ask), { source, views }));
  };
  const look = async (): Promise<void> => {
    // While the log is followed, failed deliveries are known as they come.
    if (!feed.isFollowing) await undeliveries.look();
  };
  return {
    health: ({ reply }) => reply.json({ status: 'ok' }),
    login: (ask: Ask<unknown, LoginBody>) => ask.reply.json(parts.login(ask)),
    logout: ({ reply }) => {
      reply.setCookie(parts.logout(reply.request));
      reply.empty();
    },
    session: (ask: Ask) => ask.reply.json(parts.sessionOf(callerOf(ask))),
    feed: async (ask: Ask<{ readonly last?: string }>) => {
      await look();
      feed.open(ask);
    },
    approvals: async ({ reply, query }: Ask<{ readonly ended?: string }>) => {
      await look();
      reply.json(views.list(query.ended));
    },
    approval: async ({ reply, id }) => {
      await look();
      reply.json(views.one(id));
    },
    remember: ({ reply, id, body }: Ask<unknown, RememberDraft>) => {
      const { request } = findPending(id, views);
      reply.json(rememberedView(request, rememberedOf(request, body)));
    },
    approve: (ask: Ask<unknown, ApproveBody>) => answer(ask, { kind: 'approve', body: ask.body }),
    deny: (ask: Ask<unknown, DenyBody>) => answer(ask, { kind: 'deny', body: ask.body }),
    breakGlass: (ask: Ask<unknown, BreakGlassBody>) => answer(ask, { kind: 'break-glass', body: ask.body }),
    audit: (ask) => searchAudit(ask, parts),
    auditExport: (ask) => exportAudit(ask, parts),
    auditEntry: (ask) => oneAudit(ask, parts),
    stats: (ask) => stats.answer(ask),
    limits: (ask) => showLimits(ask, source, clock),
    resetLimit: (ask) => resetLimit(ask, source, clock),
    servers: (ask) => showServers(ask, source, views),
  };
}
