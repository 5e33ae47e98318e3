import type { LoadedConfig } from '../config/load.js';
import type { ApprovalGate } from '../pipeline/approval-layer.js';
import { obliges } from '../policy/obliges.js';
import type { Approvals } from '../conversation/approval-parts.js';
import type { ClientLink } from '../conversation/client-channel.js';
import type { ApprovalsInput, OpenedApprovals } from './wrap-approvals.js';

/**
 * The approvals of one session. What holds calls is loaded with the first policy that can ask
 * people, since most never do and a client waits while guard starts.
 */
export class SessionApprovals implements Approvals {
  readonly #input: ApprovalsInput;
  #parts: OpenedApprovals | undefined;
  #link: ClientLink | undefined;

  constructor(input: ApprovalsInput) {
    this.#input = input;
  }

  get parts(): OpenedApprovals | undefined {
    return this.#parts;
  }

  /** Loads what this policy needs before it comes into force. */
  async prepare(config: LoadedConfig): Promise<void> {
    if (this.#parts !== undefined || !asksPeople(config)) return;
    const { openApprovals } = await import('./wrap-approvals.js');
    this.prepareNow(config, openApprovals);
  }

  /** The same, where what holds calls is loaded already. */
  prepareNow(config: LoadedConfig, open: (input: ApprovalsInput) => OpenedApprovals): void {
    if (this.#parts !== undefined || !asksPeople(config)) return;
    this.#parts = open(this.#input);
    if (this.#link !== undefined) this.#parts.channel?.connect(this.#link);
  }

  /** Calls that wait for a person now. */
  get pending(): number {
    return this.#parts?.desk.pending ?? 0;
  }

  connect(link: ClientLink): void {
    this.#link = link;
    this.#parts?.channel?.connect(link);
  }

  /** What the pipeline asks; a policy that asks people is in force only once there is somebody to ask. */
  gate(policyDigest: () => string): ApprovalGate {
    return {
      defaults: this.#input.config.settings.approval.defaults,
      policyDigest,
      consult: (call, approvalId) =>
        this.#parts?.desk.consult(call, approvalId) ?? {
          kind: 'unavailable',
          why: 'guard is not ready to ask one.',
        },
      foresee: (call) =>
        this.#parts?.desk.foresee(call) ?? { kind: 'unavailable', why: 'guard is not ready to ask one.' },
    };
  }

  /** Takes back what waits for a person; the calls are ruled on again. */
  recall(why: string): void {
    this.#parts?.desk.recall(why);
  }

  close(why: string): void {
    this.#parts?.desk.close(why);
  }

  /** Closes, and has the channels to the outside told for a bounded time. */
  async end(why: string): Promise<void> {
    this.close(why);
    await this.#parts?.outside?.end();
  }
}

function asksPeople({ policy, budgets }: LoadedConfig): boolean {
  return obliges(policy, 'approval') || budgets.list.some(({ onExceed }) => onExceed === 'require_approval');
}
