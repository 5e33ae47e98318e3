import { EVIDENCE_CLOCK_SLACK_MS, EVIDENCE_MAX } from '../platform/bounds.js';
import { durationMs } from '../platform/units.js';
import type { CompileContext } from '../policy/compile-condition.js';
import { compileMatch } from '../policy/compile-match.js';
import type { LayerName, Obligation } from '../policy/decision.js';
import { evidenceKey } from '../policy/evidence-key.js';
import { Judging } from '../policy/judging.js';
import { judgeCondition, type Matcher } from '../policy/matcher.js';
import { Mistakes, type PolicyMistake } from '../policy/mistakes.js';
import type { PolicyPorts } from '../policy/ports.js';
import type { EvidenceSource } from '../policy/source.js';
import type { Subject } from '../policy/subject.js';
import { judgeTree } from '../policy/truth.js';
import type { MarkState } from './ledger.js';

type RequiresEvidence = Extract<Obligation, { readonly kind: 'evidence' }>;

/** Calls whose success puts evidence in, and for how long. */
interface Evidence {
  readonly key: string;
  readonly matcher: Matcher;
  readonly ttlMs: number;
  /** The tools as the config names them, for the model. */
  readonly tools: readonly string[];
}

/** The evidence that the configs of all layers tell of. */
export interface CompiledEvidence {
  readonly list: readonly Evidence[];
  readonly ports: PolicyPorts;
}

/** The part of one config file that tells of evidence. */
export interface EvidenceLayer {
  readonly layer: LayerName;
  readonly environment: string | undefined;
  readonly baseDir: string;
  readonly evidence: readonly EvidenceSource[];
}

export type CompiledEvidenceResult =
  | { readonly ok: true; readonly evidence: CompiledEvidence }
  | { readonly ok: false; readonly mistakes: readonly PolicyMistake[] };

/** Evidence that a success will put in. */
export interface GivenEvidence {
  readonly key: string;
  readonly ttlMs: number;
}

/** Evidence that one rule requires and that is not there. */
export interface LackingEvidence {
  readonly obligation: RequiresEvidence;
  readonly name: string;
  readonly state: 'missing' | 'expired';
  readonly key: string;
}

/** Compiles the evidence of all layers: all mistakes at once, each at its place. */
export function compileEvidence(
  layers: readonly EvidenceLayer[],
  ports: PolicyPorts,
): CompiledEvidenceResult {
  const list: Evidence[] = [];
  const mistakes: PolicyMistake[] = [];
  for (const { layer, environment, baseDir, evidence } of layers) {
    const own = new Mistakes(layer);
    const context: CompileContext = { baseDir, environment, ports, mistakes: own, observed: false };
    if (evidence.length > EVIDENCE_MAX) own.add(['evidence'], `more than ${EVIDENCE_MAX} pieces of evidence`);
    for (const [index, { name, match, ttl }] of evidence.slice(0, EVIDENCE_MAX).entries()) {
      const matcher = compileMatch(match, context, ['evidence', index, 'match']);
      const tools = match.tool === undefined ? [] : [match.tool].flat();
      // The schema has seen to the duration.
      list.push({ key: evidenceKey(name, layer, baseDir), matcher, ttlMs: durationMs(ttl) ?? 0, tools });
    }
    mistakes.push(...own.list);
  }
  return mistakes.length > 0 ? { ok: false, mistakes } : { ok: true, evidence: { list, ports } };
}

/** The evidence that this call puts in where it succeeds. A match that is unknown puts nothing in. */
export function givenBy(subject: Subject, { list, ports }: CompiledEvidence): GivenEvidence[] {
  if (list.length === 0 || subject.tool === undefined) return [];
  const judging = new Judging(subject, ports);
  return list.filter(({ matcher }) => isMet(matcher, judging)).map(({ key, ttlMs }) => ({ key, ttlMs }));
}

/** What is lacking of the evidence that a call's rules require, given the marks of its session. */
export function lackingEvidence(
  obligations: readonly Obligation[],
  marks: readonly MarkState[],
  nowMs: number,
): LackingEvidence[] {
  return obligations.flatMap((obligation) => {
    if (obligation.kind !== 'evidence') return [];
    return obligation.evidence.flatMap(({ name, keys }): LackingEvidence[] => {
      const found = marks.filter(({ key }) => keys.includes(key));
      if (found.some((mark) => holds(mark, nowMs))) return [];
      const state = found.length === 0 ? 'missing' : 'expired';
      return [{ obligation, name, state, key: keys[0] ?? '' }];
    });
  });
}

/** Whether evidence counts now. What is far in the future was put in before the clock stepped back. */
export function holds({ atMs, untilMs }: MarkState, nowMs: number): boolean {
  return (untilMs === null || nowMs < untilMs) && atMs <= nowMs + EVIDENCE_CLOCK_SLACK_MS;
}

function isMet(matcher: Matcher, judging: Judging): boolean {
  try {
    return judgeTree(matcher, judgeCondition, judging) === true;
  } catch {
    return false;
  }
}
