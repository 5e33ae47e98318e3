import type { ApprovalChannel } from '../../src/approvals/channel.js';
import type { DeskOptions } from '../../src/approvals/desk-options.js';
import { ApprovalDesk } from '../../src/approvals/desk.js';
import { systemClock } from '../../src/platform/clock.js';
import type { ApprovalGate } from '../../src/pipeline/approval-layer.js';
import type { Approvals } from '../../src/conversation/approval-parts.js';
import { RequestStates } from '../../src/conversation/request-state.js';

/** Approvals for a door under test: the real desk, with the channels that a test gives it. */
export function asking(
  channels: readonly ApprovalChannel[] = [],
  options: Partial<DeskOptions> = {},
): { readonly gate: ApprovalGate; readonly approvals: Approvals } {
  let count = 0;
  const desk = new ApprovalDesk({
    channels,
    holder: {
      writer: 'writer',
      owner: { pid: process.pid, started: null },
      project: '/srv/project',
      approvers: null,
      redact: (value) => value,
    },
    signatures: { required: false, verify: () => false },
    remembered: { covering: () => undefined, keep: () => undefined },
    retryWindowMs: 60_000,
    clock: systemClock(),
    schedule(afterMs, action) {
      const timer = setTimeout(action, afterMs);
      return () => clearTimeout(timer);
    },
    newId: () => `apr_${String((count += 1)).padStart(20, '0')}`,
    journal: () => undefined,
    ...options,
  });
  const names = channels.map(({ name }) => name);
  return {
    gate: {
      defaults: { timeoutMs: 60_000, onTimeout: 'deny', channels: names },
      policyDigest: () => 'policy',
      consult: (call, approvalId) => desk.consult(call, approvalId),
      foresee: (call) => desk.foresee(call),
    },
    approvals: {
      parts: { desk, channel: undefined, states: new RequestStates(Buffer.alloc(32, 7)), waitingTimes: [] },
      connect: () => undefined,
    },
  };
}
