import type { ApprovalAnswer, Remembered } from '../../../src/approvals/answer.js';
import type { RememberedEntry } from '../../../src/approvals/remember/entry.js';
import type { RememberableCall } from '../../../src/approvals/remember/match-remembered.js';
import { entryOf, proposeRemembered } from '../../../src/approvals/remember/proposal.js';
import type { ApprovalRequest } from '../../../src/approvals/request.js';
import type { JsonObject } from '../../../src/platform/json.js';

/** A request whose answer may be remembered, with what a test changes about it. */
export function request(changes: Partial<ApprovalRequest> = {}): ApprovalRequest {
  return {
    v: 1,
    id: 'apr_aaaaaaaaaaaaaaaaaaaa',
    digest: 'sha256:00',
    request_id: 'req-1',
    writer: 'w',
    owner: { pid: 1, started: null },
    server: 'files',
    agent: 'support-1',
    client: 'claude-code',
    session: 's1',
    project: '/srv/site',
    method: 'tools/call',
    tool: 'write_file',
    target: null,
    arguments: { path: '/srv/site/a.txt', content: 'hello' },
    arguments_complete: true,
    arg_size: 40,
    definition: 'sha256:01',
    standing: 'listed',
    destructive: false,
    read_only: false,
    rules: [{ layer: 'user', name: 'writes', message: null }],
    channels: ['terminal'],
    remember: 'user',
    created_at: '2026-01-01T00:00:00.000Z',
    expires_at: '2026-01-01T00:05:00.000Z',
    timeout_ms: 300_000,
    escalated_at: null,
    undelivered: [],
    approvers: null,
    ...changes,
  };
}

export function answer(to: ApprovalRequest, remember: Remembered | null): ApprovalAnswer {
  return {
    v: 1,
    id: to.id,
    digest: to.digest,
    decision: 'approved',
    remember,
    reason: null,
    approver: 'alice',
    channel: 'terminal',
    presence: 'terminal',
    answered_at: '2026-01-01T00:01:00.000Z',
    expires_at: to.expires_at,
    signature: null,
  };
}

/** The entry that remembering this request for the user makes, with what a test changes about it. */
export function entry(changes: Partial<RememberedEntry> = {}, from = request()): RememberedEntry {
  const made = entryOf(from, answer(from, proposeRemembered(from, 'user')), 'rem_aaaaaaaaaaaa');
  return { ...made, ...changes };
}

/** The call that the request was about, with what a test changes about it. */
export function callOf(from: ApprovalRequest, changes: Partial<RememberableCall> = {}): RememberableCall {
  return {
    server: from.server,
    method: from.method,
    tool: from.tool,
    target: from.target,
    definition: from.definition,
    rules: from.rules.map(({ layer, name }) => `${layer}/${name}`),
    project: from.project,
    arguments: from.arguments as JsonObject,
    standing: from.standing,
    destructive: from.destructive,
    ...changes,
  };
}
