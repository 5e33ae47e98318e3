import { DASHBOARD_TOOLS_MAX } from '../../platform/bounds.js';
import type { Servers } from '../contract/servers.js';
import type { DashboardSource } from '../source.js';
import type { ApprovalViews } from './approval-views.js';
import type { Ask } from './handlers.js';
import { toolPolicy } from './policy-lines.js';

/** Servers, their tools and the rule that applies to each. */
export function showServers({ reply }: Ask, source: DashboardSource, views: ApprovalViews): void {
  const policy = source.policy();
  const pending = new Map<string, number>();
  for (const { request } of views.pending()) {
    pending.set(request.server, (pending.get(request.server) ?? 0) + 1);
  }
  let left = DASHBOARD_TOOLS_MAX;
  const servers: Servers = {
    servers: source.servers().map(({ tools, ...server }) => {
      const shown = tools === null ? null : tools.slice(0, left);
      left -= shown?.length ?? 0;
      return {
        ...server,
        more: server.more + (tools?.length ?? 0) - (shown?.length ?? 0),
        pending: pending.get(server.name) ?? 0,
        tools:
          shown?.map((tool) => {
            const { readOnlyHint, destructiveHint, idempotentHint, openWorldHint } = tool.hints;
            return {
              name: tool.name,
              hints: {
                read_only: readOnlyHint,
                destructive: destructiveHint,
                idempotent: idempotentHint,
                open_world: openWorldHint,
              },
              standing: tool.standing,
              policy: toolPolicy(policy, server.name, tool),
            };
          }) ?? null,
      };
    }),
  };
  reply.json(servers);
}
