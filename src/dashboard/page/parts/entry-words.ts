import type { AuditEntry } from '../../contract/audit.js';

/** How a record is marked: never by color alone, the word always stands beside it. */
export type Tone = 'good' | 'bad' | 'wait' | 'plain';

/** What became of the call, in one word, and its tone. */
export function decisionOf(entry: AuditEntry): readonly [word: string, tone: Tone] {
  if (entry.type !== 'call') return [entry.type, entry.type === 'refusal' ? 'bad' : 'plain'];
  if (entry.enforced === false) return [`would ${entry.decision ?? ''}`, 'wait'];
  switch (entry.decision) {
    case null:
      return ['unknown', 'plain'];
    case 'allow':
      return ['allowed', 'good'];
    case 'deny':
      return ['denied', 'bad'];
    case 'limit':
      return ['over limit', 'bad'];
    case 'require_approval':
      return entry.result === null ? ['waits', 'wait'] : ['asked', 'wait'];
    default:
      return [entry.decision.replaceAll('_', ' '), 'plain'];
  }
}

/** What was called. */
export function subjectOf(entry: AuditEntry): string {
  return entry.tool ?? entry.target ?? entry.method ?? entry.reason ?? entry.type;
}

/** Filters of the feed; empty ones hold for everything. */
export interface FeedFilter {
  readonly text: string;
  readonly decision: string;
  readonly server: string;
}

export const NO_FILTER: FeedFilter = { text: '', decision: '', server: '' };

/** Whether the entry is shown. The text may stand in any name, in any case. */
export function passes(entry: AuditEntry, { text, decision, server }: FeedFilter): boolean {
  if (server !== '' && entry.server !== server) return false;
  if (decision !== '' && (entry.type === 'call' ? entry.decision : entry.type) !== decision) return false;
  if (text === '') return true;
  const wanted = text.toLowerCase();
  return [
    entry.tool,
    entry.target,
    entry.server,
    entry.agent,
    entry.rule,
    entry.result,
    entry.reason,
    entry.method,
  ].some((word) => word !== null && word.toLowerCase().includes(wanted));
}
