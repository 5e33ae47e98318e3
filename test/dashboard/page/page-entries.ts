import type { AuditEntry } from '../../../src/dashboard/contract/audit.js';

/** A call as the API gives it. */
export function auditEntry(id: string, more: Partial<AuditEntry> = {}): AuditEntry {
  return {
    id,
    type: 'call',
    at: '2026-11-22T10:00:00.000Z',
    server: 'files',
    agent: 'writer-bot',
    session: 's1',
    method: 'tools/call',
    tool: 'read_file',
    target: null,
    decision: 'allow',
    enforced: true,
    layer: 'user',
    rule: null,
    reason: null,
    arg_size: 12,
    result: null,
    latency_ms: null,
    approval_id: null,
    ...more,
  };
}
