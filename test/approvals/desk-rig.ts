import type { ApprovalAnswer } from '../../src/approvals/answer.js';
import type { AskedCall, Consultation } from '../../src/approvals/asked-call.js';
import type { AnswerReceipt } from '../../src/approvals/channel.js';
import type { DeskOptions } from '../../src/approvals/desk-options.js';
import type { ApprovalDesk } from '../../src/approvals/desk.js';
import type { ApprovalRequest } from '../../src/approvals/request.js';
import type { ApprovalTerms } from '../../src/approvals/terms.js';
import type { JsonObject } from '../../src/platform/json.js';
import { approvalAnswer } from '../support/approval-requests.js';
import { asking } from '../support/asking.js';
import { heldTime } from '../support/held-time.js';
import { createMemoryChannel, type MemoryChannel } from '../support/memory-channel.js';

export const RETRY_MS = 5000;
export const TIMEOUT_MS = 60_000;

const TERMS: ApprovalTerms = {
  rules: [{ layer: 'user', name: 'ask', message: null }],
  timeoutMs: TIMEOUT_MS,
  onTimeout: 'deny',
  channels: ['one', 'two'],
  remember: 'session',
  escalationMs: null,
  delegates: [],
};

/** A call of `write_file`; calls with the same `what` are identical. */
export function asked(
  what: string,
  terms: Partial<ApprovalTerms> = {},
  more: Partial<AskedCall> = {},
): AskedCall {
  return {
    digest: `sha256:${what}`,
    terms: { ...TERMS, ...terms },
    requestId: `w-${what}`,
    server: 'files',
    agent: null,
    client: null,
    session: null,
    method: 'tools/call',
    tool: 'write_file',
    target: null,
    arguments: { what },
    argSize: 20,
    definition: 'sha256:definition',
    standing: 'listed',
    destructive: false,
    readOnly: false,
    ...more,
  };
}

/** A desk with two channels that ask at once and a third one for delegates; its time is held. */
export function deskRig(options: Partial<DeskOptions> = {}) {
  const time = heldTime();
  const channels: readonly [MemoryChannel, MemoryChannel, MemoryChannel] = [
    createMemoryChannel('one'),
    createMemoryChannel('two'),
    createMemoryChannel('boss'),
  ];
  const journal: { event: string; detail: JsonObject }[] = [];
  const { approvals } = asking(channels, {
    clock: time.clock,
    schedule: time.schedule,
    retryWindowMs: RETRY_MS,
    journal: (event, detail) => void journal.push({ event, detail }),
    ...options,
  });
  const desk = approvals.parts?.desk;
  if (desk === undefined) throw new Error('there is no desk');
  /** What the desk said when a waiting call was ruled on again, by its request. */
  const settled: string[] = [];
  return {
    desk,
    time,
    channels,
    journal,
    settled,
    events: () => journal.map(({ event, detail }) => `${event} ${detail['state'] as string}`),
    /** Has the call wait, as a door does; fails where nobody is to be asked. */
    hold: (call: AskedCall): ApprovalRequest => holdAt(desk, call, settled),
    /** A person answers in a channel. */
    answer: (
      channel: MemoryChannel,
      request: ApprovalRequest,
      decision: ApprovalAnswer['decision'],
      more: Partial<ApprovalAnswer> = {},
    ): AnswerReceipt | undefined =>
      channel.answer(approvalAnswer(request, decision, { approver: `at ${channel.name}`, ...more })),
  };
}

function holdAt(desk: ApprovalDesk, call: AskedCall, settled: string[]): ApprovalRequest {
  const consulted = desk.consult(call, undefined);
  if (consulted.kind !== 'ask') throw new Error(`nobody is asked: ${told(consulted)}`);
  return desk.hold(call, consulted.id, {
    settled: (approvalId) => void settled.push(told(desk.consult(call, approvalId))),
  });
}

/** A consultation in a few words. */
export function told(consulted: Consultation): string {
  switch (consulted.kind) {
    case 'passes':
    case 'stopped':
      return `${consulted.kind}: ${consulted.note.state} by ${consulted.note.approver}`;
    case 'ask':
      return 'ask';
    case 'unavailable':
      return consulted.why;
  }
}
