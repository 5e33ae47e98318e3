import type { DecisionFields } from '../../src/audit/encode.js';
import type { ApprovalAnswer } from '../../src/approvals/answer.js';
import type { ApprovalChannel, ApprovalEnd } from '../../src/approvals/channel.js';
import type { ApprovalRequest } from '../../src/approvals/request.js';
import { createMemoryChannel, type MemoryChannel } from '../support/memory-channel.js';
import type { Wire } from '../support/spawned.js';

/** What holds at one moment beside the call: all of it is part of what a person approves. */
export interface Circumstances {
  readonly policy: number;
  /** Version of the tools' definitions as the server listed them last; 0 for never. */
  readonly definition: number;
}

/** A request as its approvers were asked it, and what came of it, by the simulation's own account. */
export interface Asked {
  readonly request: ApprovalRequest;
  readonly at: Circumstances;
  readonly openedMs: number;
  end: ApprovalEnd | undefined;
  /** A valid approval that was accepted, or would be. */
  approval: ApprovalAnswer | undefined;
  denied: boolean;
  /** Its call was cancelled. */
  off: boolean;
  used: boolean;
}

/** Everything that approvers saw and did, written down apart from the desk. */
export class Book {
  readonly asked = new Map<string, Asked>();
  readonly #circumstances: () => Circumstances;

  constructor(circumstances: () => Circumstances) {
    this.#circumstances = circumstances;
  }

  /** A memory channel whose requests are written down as they are opened and closed. */
  channel(name: string): { readonly memory: MemoryChannel; readonly channel: ApprovalChannel } {
    const memory = createMemoryChannel(name);
    const channel: ApprovalChannel = {
      name,
      kind: 'terminal',
      open: (request, events) => {
        const asked = this.#entry(request);
        const ticket = memory.open(request, events);
        return {
          update: (next) => ticket.update(next),
          close: (end) => {
            asked.end ??= end;
            ticket.close(end);
          },
        };
      },
      close: () => memory.close(),
    };
    return { memory, channel };
  }

  /** Whether a person can still answer this request. */
  isOpen({ end, openedMs, request }: Asked): boolean {
    return end === undefined && performance.now() < openedMs + request.timeout_ms;
  }

  #entry(request: ApprovalRequest): Asked {
    const known = this.asked.get(request.id);
    if (known !== undefined) return known;
    const entry: Asked = {
      request,
      at: this.#circumstances(),
      openedMs: performance.now(),
      end: undefined,
      approval: undefined,
      denied: false,
      off: false,
      used: false,
    };
    this.asked.set(request.id, entry);
    return entry;
  }

  /**
   * Why a call that was forwarded should not have been; undefined where all is well. `record` is the
   * decision that the log holds on it.
   */
  fault(call: Wire, record: DecisionFields, silencePasses: boolean): string | undefined {
    const approval = record.approval as { id: string; state: string } | null;
    if (approval === null) return 'it needs an approval and its record has none';
    const asked = this.asked.get(approval.id);
    if (asked === undefined) return `nobody was asked for ${approval.id}`;
    if (approval.state === 'remembered') return this.#memoryFault(call, asked);
    if (asked.used) return `the answer to ${approval.id} was used before`;
    asked.used = true;
    if (asked.off) return `the call of ${approval.id} was cancelled`;
    if (!isSameCall(call, asked, this.#circumstances())) return `${approval.id} was asked for another call`;
    if (approval.state === 'approved') return asked.approval === undefined ? 'nobody approved it' : undefined;
    if (approval.state !== 'expired') return `its approval is ${approval.state}`;
    if (!silencePasses || asked.approval !== undefined || asked.denied) return 'silence does not let it pass';
    return performance.now() < asked.openedMs + asked.request.timeout_ms ? 'its time is not over' : undefined;
  }

  #memoryFault(call: Wire, { approval, request, at }: Asked): string | undefined {
    if (approval?.remember?.scope !== 'session') return 'the answer was not to be remembered';
    const { name, arguments: given } = call.params as { name: string; arguments: { n: number } };
    if (name !== request.tool || at.definition !== this.#circumstances().definition)
      return 'another tool is remembered';
    const condition = approval.remember.input['$.n'] as { eq: number };
    return given.n === condition.eq ? undefined : 'other arguments are remembered';
  }
}

function isSameCall(call: Wire, { request, at }: Asked, now: Circumstances): boolean {
  const { name, arguments: given } = call.params as Wire;
  return (
    name === request.tool &&
    JSON.stringify(given) === JSON.stringify(request.arguments) &&
    at.policy === now.policy &&
    at.definition === now.definition
  );
}
