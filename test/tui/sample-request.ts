import type { EndedApproval, PendingApproval } from '../../src/approvals/board.js';
import { APPROVAL_REQUEST_VERSION, type ApprovalRequest } from '../../src/approvals/request.js';

/** A request as a guard process would write it; nothing about it is grave. */
export function sampleRequest(changes: Partial<ApprovalRequest> = {}): ApprovalRequest {
  const id = changes.id ?? 'apr_aaaaaaaaaaaaaaaa0001';
  return {
    v: APPROVAL_REQUEST_VERSION,
    id,
    digest: `digest of ${id}`,
    request_id: 'r1',
    writer: 'w1',
    owner: { pid: 1, started: null },
    server: 'filesystem',
    agent: 'coder',
    client: 'some-client',
    session: 's1',
    project: '/srv/site',
    method: 'tools/call',
    tool: 'write_file',
    target: null,
    arguments: { path: '/srv/site/a.txt', content: 'hello' },
    arguments_complete: true,
    arg_size: 46,
    definition: 'd1',
    standing: 'listed',
    destructive: false,
    read_only: false,
    rules: [{ layer: 'project', name: 'ask-writes', message: 'writes need a look' }],
    channels: ['terminal'],
    remember: 'user',
    created_at: '2026-01-01T10:00:00.000Z',
    expires_at: '2026-01-01T10:05:00.000Z',
    timeout_ms: 300_000,
    escalated_at: null,
    undelivered: [],
    approvers: null,
    ...changes,
  };
}

export function samplePending(
  changes: Partial<ApprovalRequest> = {},
  remainingMs = 299_000,
): PendingApproval {
  return { request: sampleRequest(changes), remainingMs };
}

export function sampleEnded(
  changes: Partial<ApprovalRequest> = {},
  end: Partial<EndedApproval['end']> = {},
): EndedApproval {
  return {
    request: sampleRequest(changes),
    end: {
      state: 'approved',
      approver: 'alice',
      channel: 'terminal',
      reason: null,
      waited_ms: 1200,
      ended_at: '2026-01-01T10:00:01.200Z',
      ...end,
    },
  };
}
