import type { CallerFacts, OpenConversation } from '../../../../src/gateway/core/caller.js';
import type { AuditTrail } from '../../../../src/audit/trail.js';
import { Conversation } from '../../../../src/conversation/conversation.js';
import type { Clock } from '../../../../src/platform/clock.js';
import { composePipeline } from '../../../../src/pipeline/compose.js';
import type { RuleSource } from '../../../../src/policy/source.js';
import { trailInMemory } from '../../../pipeline/support.js';
import { compiled, layer } from '../../../policy/support.js';
import { asking } from '../../../support/asking.js';
import { counting } from '../../../support/counting.js';

export interface TestConversations {
  readonly open: OpenConversation;
  /** Whose conversation was opened with which server: `server agent session`. */
  readonly opened: string[];
  /** Why each was closed. */
  readonly closed: string[];
}

/** Conversations with real policy, and everything else in memory. */
export function conversations(
  clock: Clock,
  rules: readonly RuleSource[],
  openTrail: () => AuditTrail = trailInMemory,
): TestConversations {
  const opened: string[] = [];
  const closed: string[] = [];
  const policy = compiled([layer(rules)]);
  const open: OpenConversation = (hub, { principal, session }: CallerFacts) => {
    opened.push(`${hub.name} ${principal.key} ${session ?? '-'}`);
    const trail = openTrail();
    const approvals = asking();
    const conversation = new Conversation({
      parties: { server: hub.name, agent: principal.agent, session },
      trail,
      pipeline: composePipeline({
        policyInForce: () => policy,
        trail,
        approvals: approvals.gate,
        limits: counting().gate,
        killSwitch: () => undefined,
      }),
      approvals: approvals.approvals,
      settleCharge: () => undefined,
      policyInForce: () => policy,
      clock,
      diagnostics: { note: () => undefined, repeated: () => undefined, suppressed: () => new Map() },
      denialStyle: 'error',
      auditRequired: true,
      writer: 'w',
      catalog: hub.catalog,
    });
    return { conversation, close: (why) => void closed.push(`${hub.name}: ${why}`) };
  };
  return { open, opened, closed };
}
