import path from 'node:path';
import type { ApprovalAnswer } from '../../src/approvals/answer.js';
import { createBusChannel } from '../../src/approvals/bus/bus-channel.js';
import { currentOwner } from '../../src/platform/process-owner.js';
import type { AnswerReceipt, ApprovalEnd, ChannelTicket } from '../../src/approvals/channel.js';
import type { ApprovalRequest } from '../../src/approvals/request.js';
import { systemClock } from '../../src/platform/clock.js';
import { createDiagnostics } from '../../src/platform/diagnostics.js';
import type { Sandbox } from './sandbox.js';

/** Requests that this process holds on the bus of a sandbox, as a guard process does. */
export interface HeldCalls {
  /** Puts a request on the bus; its times and its owner are those of now and of this process. */
  hold(request: ApprovalRequest, judge?: (answer: ApprovalAnswer) => AnswerReceipt): void;
  /** Ends a request as another channel's answer would. */
  end(id: string, end?: Partial<ApprovalEnd>): void;
  /** Every answer that came, counted or not. */
  readonly answers: ApprovalAnswer[];
  close(): void;
}

const TIMEOUT_MS = 300_000;

export function holdCalls(sandbox: Sandbox): HeldCalls {
  const clock = systemClock();
  const answers: ApprovalAnswer[] = [];
  const tickets = new Map<string, ChannelTicket>();
  const channel = createBusChannel({
    folder: path.join(sandbox.folder, 'state', 'guard', 'approvals'),
    clock,
    diagnostics: createDiagnostics(() => undefined),
    owner: currentOwner(),
  });
  const end = (id: string, changes: Partial<ApprovalEnd>): void =>
    tickets.get(id)?.close({
      state: 'approved',
      approver: 'bob',
      channel: 'client',
      reason: null,
      waited_ms: 1,
      ended_at: clock.timestamp(),
      ...changes,
    });
  return {
    answers,
    hold(request, judge = () => ({ kind: 'accepted' })) {
      const ticket = channel.open(
        {
          ...request,
          owner: currentOwner(),
          created_at: clock.timestamp(),
          expires_at: new Date(clock.wallMs() + TIMEOUT_MS).toISOString(),
        },
        {
          answer(answer) {
            answers.push(answer);
            const receipt = judge(answer);
            const { approver, channel: name, decision: state, reason } = answer;
            if (receipt.kind === 'accepted') end(answer.id, { state, approver, channel: name, reason });
            return receipt;
          },
          undelivered(why) {
            throw new Error(`the request could not be put on the bus: ${why}`);
          },
        },
      );
      tickets.set(request.id, ticket);
    },
    end: (id, changes = {}) => end(id, changes),
    close: () => channel.close(),
  };
}
