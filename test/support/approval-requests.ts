import type { ApprovalAnswer } from '../../src/approvals/answer.js';
import type { ApprovalEnd } from '../../src/approvals/channel.js';
import type { ApprovalRequest } from '../../src/approvals/request.js';
import { currentOwner } from '../../src/platform/process-owner.js';

/** The id of the n-th request of a test. */
export function approvalId(count: number): string {
  return `apr_${String(count).padStart(20, '0')}`;
}

/** A request that this process holds, with what a test needs otherwise. */
export function approvalRequest(count: number, more: Partial<ApprovalRequest> = {}): ApprovalRequest {
  return {
    v: 1,
    id: approvalId(count),
    digest: `sha256:${String(count).padStart(64, 'd')}`,
    request_id: `01J00000000000000000000-${count}`,
    writer: 'w-1',
    owner: currentOwner(),
    server: 'billing',
    agent: 'support-1',
    client: 'test-client 1.0',
    session: 's-1',
    project: '/srv/site',
    method: 'tools/call',
    tool: 'refund',
    target: null,
    arguments: { amount: 120, order: `A-${count}` },
    arguments_complete: true,
    arg_size: 34,
    definition: null,
    standing: 'listed',
    destructive: false,
    read_only: false,
    rules: [{ layer: 'user', name: 'refunds', message: null }],
    channels: ['terminal'],
    remember: 'session',
    created_at: '2026-11-22T08:00:00.000Z',
    expires_at: '2026-11-22T08:05:00.000Z',
    timeout_ms: 300_000,
    escalated_at: null,
    undelivered: [],
    approvers: null,
    ...more,
  };
}

/** An answer to this request as a person at a terminal gives it. */
export function approvalAnswer(
  request: ApprovalRequest,
  decision: ApprovalAnswer['decision'],
  more: Partial<ApprovalAnswer> = {},
): ApprovalAnswer {
  return {
    v: 1,
    id: request.id,
    digest: request.digest,
    decision,
    remember: null,
    reason: null,
    approver: 'ana',
    channel: 'terminal',
    presence: 'terminal',
    answered_at: '2026-11-22T08:00:10.000Z',
    expires_at: request.expires_at,
    signature: null,
    ...more,
  };
}

/** The end that an answer brings. */
export function endBy(answer: ApprovalAnswer): ApprovalEnd {
  const { decision: state, approver, channel, reason } = answer;
  return { state, approver, channel, reason, waited_ms: 10_000, ended_at: '2026-11-22T08:00:10.000Z' };
}
