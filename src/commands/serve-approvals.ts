import type { ApproverSet } from '../approvals/signing/approver-set.js';
import type { AuditTrail } from '../audit/trail.js';
import type { LoadedConfig } from '../config/load.js';
import type { Diagnostics } from '../platform/diagnostics.js';
import type { Tools } from './command.js';
import { OutsideChannels } from './outside-channels.js';
import type { SecretsInForce } from './secrets-in-force.js';
import { SessionApprovals } from './session-approvals.js';
import { openApprovals } from './wrap-approvals.js';
import type { WrapTarget } from './wrap-target.js';

export interface ServeApprovalsInput {
  readonly tools: Tools;
  readonly config: LoadedConfig;
  readonly diagnostics: Diagnostics;
  readonly secrets: SecretsInForce;
  readonly approvers: ApproverSet;
  /** Where failed deliveries are recorded. */
  readonly trail: AuditTrail;
}

/** What waits for people in all conversations of one gateway. The channels to the outside are shared. */
export class ServeApprovals {
  readonly #input: ServeApprovalsInput;
  readonly #outside: OutsideChannels;
  /** Those of each conversation, with its server. */
  readonly #open = new Map<SessionApprovals, string>();

  constructor(input: ServeApprovalsInput) {
    const { tools, config, diagnostics, trail } = input;
    this.#input = input;
    this.#outside = new OutsideChannels({ tools, approval: config.settings.approval, diagnostics, trail });
  }

  /** Calls that wait for a person now. */
  get pending(): number {
    let pending = 0;
    for (const approvals of this.#open.keys()) pending += approvals.pending;
    return pending;
  }

  /** Those of a new conversation. */
  open(target: WrapTarget, trail: AuditTrail, config: LoadedConfig): SessionApprovals {
    const { tools, diagnostics, secrets, approvers } = this.#input;
    const parts = { tools, config, target, trail, diagnostics, secrets, approvers };
    const approvals = new SessionApprovals({ ...parts, outside: this.#outside });
    approvals.prepareNow(config, openApprovals);
    this.#open.set(approvals, target.parties.server);
    return approvals;
  }

  /** Ends those of one conversation. */
  leave(approvals: SessionApprovals, why: string): void {
    approvals.close(why);
    this.#open.delete(approvals);
  }

  /** Withdraws what waits for a server. */
  recall(server: string, why: string): void {
    for (const [approvals, of] of this.#open) if (of === server) approvals.recall(why);
  }

  /** Gets ready what a config needs before it comes into force. */
  async prepare(next: LoadedConfig): Promise<void> {
    for (const approvals of this.#open.keys()) await approvals.prepare(next);
  }

  async close(why: string): Promise<void> {
    for (const approvals of this.#open.keys()) approvals.close(why);
    await this.#outside.end();
  }
}
