import { compileGlob } from '../platform/glob.js';
import { printable } from '../platform/printable.js';
import type { AuditRecord, RecordDecision } from './record.js';

/** What `--decision` can name: every decision, and lines that never became a request. */
export const DECISION_NAMES = [
  'allow',
  'deny',
  'require_approval',
  'dry_run',
  'limit',
  'relay',
  'refusal',
] as const satisfies readonly (RecordDecision | 'refusal')[];

export type DecisionName = (typeof DECISION_NAMES)[number];

/** What a person asks to see. All that are given must hold; of one list, any. */
export interface FilterSpec {
  /** Globs over the whole name. */
  readonly tool?: readonly string[];
  readonly server?: readonly string[];
  /** A record without an agent has the name ''. */
  readonly agent?: readonly string[];
  readonly decision?: readonly DecisionName[];
  /** Wall-clock milliseconds since 1970; records before are left out. */
  readonly sinceMs?: number;
  /** Text that the printable record contains, without regard to case. */
  readonly grep?: string;
}

/** A compiled filter in two parts, as the second one needs the record's text. */
export interface Filter {
  /** Everything but `grep`. A joined call is judged by its decision; an outcome alone has none. */
  matches(record: AuditRecord): boolean;
  /** True when the line of the record contains the text that is looked for. */
  contains(line: string): boolean;
}

/** A filter; an empty specification lets everything pass. Throws an Error that says what is wrong with a glob. */
export function compileFilter(spec: FilterSpec): Filter {
  const tool = anyGlob(spec.tool);
  const server = anyGlob(spec.server);
  const agent = anyGlob(spec.agent);
  const grep = spec.grep?.toLowerCase();
  return {
    matches(record) {
      if (spec.sinceMs !== undefined && !(Date.parse(record.ts) >= spec.sinceMs)) return false;
      if (!server(record.upstream) || !agent(record.agent ?? '')) return false;
      if (spec.decision !== undefined && !spec.decision.some((name) => name === decisionName(record)))
        return false;
      if (spec.tool === undefined) return true;
      return 'tool' in record && record.tool !== null && tool(record.tool);
    },
    contains: (line) => grep === undefined || printable(line).toLowerCase().includes(grep),
  };
}

function decisionName(record: AuditRecord): string | undefined {
  if (record.type === 'decision') return record.decision;
  return record.type === 'refusal' ? 'refusal' : undefined;
}

const NAMELESS = { matches: (text: string): boolean => text === '' };

function anyGlob(patterns: readonly string[] | undefined): (text: string) => boolean {
  if (patterns === undefined) return () => true;
  // The empty pattern is the name of what has none.
  const globs = patterns.map((pattern) => (pattern === '' ? NAMELESS : compileGlob(pattern)));
  return (text) => globs.some((glob) => glob.matches(text));
}
