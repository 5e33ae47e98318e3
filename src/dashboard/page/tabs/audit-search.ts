import { PAGE_AUDIT_ENTRIES_MAX } from '../../../platform/bounds.js';
import type { AuditEntry, AuditPage } from '../../contract/audit.js';
import type { Query } from '../api/client.js';

/** What a person asks the log for; empty texts ask for nothing. */
export interface AuditFilter {
  readonly text: string;
  readonly server: string;
  readonly tool: string;
  readonly agent: string;
  readonly decision: string;
  readonly result: string;
  readonly rule: string;
  readonly since: string;
  readonly until: string;
}

export const NO_AUDIT_FILTER: AuditFilter = {
  text: '',
  server: '',
  tool: '',
  agent: '',
  decision: '',
  result: '',
  rule: '',
  since: '',
  until: '',
};

/** The query of a search. Local times of the form become times of the protocol. */
export function auditQueryOf(filter: AuditFilter): Query {
  return { ...filter, until: zoned(filter.until) };
}

/** What was found so far. */
export interface Found {
  readonly entries: readonly AuditEntry[];
  readonly next: string | null;
  readonly isComplete: boolean;
  readonly troubles: readonly string[];
}

/** The pages found so far with the one that came now. Nothing goes on beyond PAGE_AUDIT_ENTRIES_MAX. */
export function withPage(found: Found | null, page: AuditPage): Found {
  const known = new Set(found?.entries.map(({ id }) => id));
  const entries = [...(found?.entries ?? []), ...page.entries.filter(({ id }) => !known.has(id))];
  return {
    entries: entries.slice(0, PAGE_AUDIT_ENTRIES_MAX),
    next: entries.length >= PAGE_AUDIT_ENTRIES_MAX ? null : page.next,
    isComplete: page.complete,
    troubles: page.troubles,
  };
}

/** `2026-11-22T14:00`, as a form gives it in the reader's zone, as RFC 3339. */
function zoned(local: string): string {
  const ms = Date.parse(local);
  return local === '' || Number.isNaN(ms) ? local : new Date(ms).toISOString();
}
