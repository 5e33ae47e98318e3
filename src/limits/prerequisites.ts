import { compileGlob, type Glob } from '../platform/glob.js';
import type { CompiledPolicy } from '../policy/compiled.js';
import type { Obligation } from '../policy/decision.js';
import type { Subject } from '../policy/subject.js';
import { type CompiledEvidence, givenBy, type GivenEvidence } from './evidence.js';
import type { Mark, MarkState } from './ledger.js';

type Requires = Extract<Obligation, { readonly kind: 'requires' }>;

/** The tools of which a policy wants to know whether they were called. */
export interface WatchedTools {
  /** By the pattern that rules write. */
  readonly globs: ReadonlyMap<string, Glob>;
}

/** Tools that one rule requires and that were not called, or did not succeed. */
export interface MissingTools {
  readonly obligation: Requires;
  /** As the rule names them. */
  readonly tools: readonly string[];
}

/** What a call proves for later ones of its session, once it is known how it ended. */
export interface Proof {
  readonly session: string;
  /** Null where no rule requires the tool. */
  readonly tool: string | null;
  /** The evidence that its success puts in. */
  readonly evidence: readonly GivenEvidence[];
}

/** How a call of a tool ended, as far as later calls may require it. */
export type ToolEnd = 'succeeded' | 'answered';

const SUCCEEDED = 'ok ';
const ANSWERED = 'tried ';

/** The tools that rules of this policy require. */
export function watchedTools(policy: CompiledPolicy): WatchedTools {
  const patterns = new Set<string>();
  for (const { rules } of policy.layers) {
    for (const { outcome } of rules) {
      for (const obligation of outcome.obligations) {
        if (obligation.kind === 'requires') for (const tool of obligation.tools) patterns.add(tool);
      }
    }
  }
  return { globs: new Map(Array.from(patterns, (pattern) => [pattern, compileGlob(pattern)])) };
}

/** What a call proves that some rule asks for; undefined, and so at no cost, for nearly all calls. */
export function proofOf(
  subject: Subject,
  { globs }: WatchedTools,
  evidence: CompiledEvidence,
): Proof | undefined {
  const { session, tool } = subject;
  if (globs.size === 0 && evidence.list.length === 0) return undefined;
  if (tool === undefined || session === undefined) return undefined;
  const isWatched = Array.from(globs.values()).some(({ matches }) => matches(tool));
  const given = givenBy(subject, evidence);
  if (!isWatched && given.length === 0) return undefined;
  return { session, tool: isWatched ? tool : null, evidence: given };
}

/** The marks of a call that ended in this way. */
export function proofMarks({ session, tool, evidence }: Proof, end: ToolEnd, nowMs: number): Mark[] {
  const succeeded = end === 'succeeded';
  const marks: Mark[] = [];
  if (tool !== null)
    marks.push({ session, key: `${succeeded ? SUCCEEDED : ANSWERED}${tool}`, untilMs: null });
  if (!succeeded) return marks;
  for (const { key, ttlMs } of evidence) marks.push({ session, key, untilMs: Math.floor(nowMs) + ttlMs });
  return marks;
}

/** What is missing of the tools that a call's rules require, given the marks of its session. */
export function missingTools(
  obligations: readonly Obligation[],
  marks: readonly MarkState[],
  { globs }: WatchedTools,
): MissingTools[] {
  return obligations.flatMap((obligation) => {
    if (obligation.kind !== 'requires') return [];
    const tools = obligation.tools.filter((pattern) => {
      const glob = globs.get(pattern);
      return !marks.some(({ key }) => {
        const tool = toolIn(key, obligation.success);
        return tool !== undefined && glob?.matches(tool) === true;
      });
    });
    return tools.length === 0 ? [] : [{ obligation, tools }];
  });
}

/** The tool that a mark tells of; undefined where it tells of something else, or of too little. */
function toolIn(key: string, success: boolean): string | undefined {
  if (key.startsWith(SUCCEEDED)) return key.slice(SUCCEEDED.length);
  return !success && key.startsWith(ANSWERED) ? key.slice(ANSWERED.length) : undefined;
}
