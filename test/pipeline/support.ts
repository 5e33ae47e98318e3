import { createHash } from 'node:crypto';
import type { Digest } from '../../src/audit/digest.js';
import type { DecisionFields } from '../../src/audit/encode.js';
import type { AuditTrail } from '../../src/audit/trail.js';
import { composePipeline } from '../../src/pipeline/compose.js';
import type { GovernedCall, Ruling } from '../../src/pipeline/ruling.js';
import type { Decision } from '../../src/policy/decision.js';
import type { LayerSource } from '../../src/policy/compile.js';
import type { Subject } from '../../src/policy/subject.js';
import { call, compiled } from '../policy/support.js';
import { asking } from '../support/asking.js';
import { createMemoryChannel } from '../support/memory-channel.js';
import { counting } from '../support/counting.js';

function ignore(): void {
  // Nobody asks.
}

/** A trail that keeps what is staged, and notes each step in `steps`. */
export function trailInMemory(
  steps: string[] = [],
  logsArguments = false,
): AuditTrail & { staged: DecisionFields[] } {
  const staged: DecisionFields[] = [];
  return {
    staged,
    logsArguments,
    logsResponses: false,
    identify: ignore,
    decision(fields) {
      steps.push('stage');
      staged.push(fields);
    },
    outcome: () => void steps.push('outcome'),
    refusal: () => void steps.push('refusal'),
    event: ignore,
    commit() {
      steps.push('commit');
      return true;
    },
    commitSoon: ignore,
    close: ignore,
  };
}

/** A governed call of this subject. */
export function governed(changes: Partial<Subject> = {}, argumentText?: string): GovernedCall {
  return {
    requestId: 'w-1',
    rpcId: 7,
    direction: 'client-to-server',
    subject: call(changes),
    argumentBytes: argumentText === undefined ? undefined : Buffer.from(argumentText),
    paramBytes: () => Buffer.from(argumentText ?? '{}'),
    params: undefined,
    tools: { definition: () => null },
    approvalId: undefined,
    holdable: true,
  };
}

/** What the composed pipeline makes of a call under these layers, and what it staged. */
export function ruled(
  layers: readonly LayerSource[],
  governedCall: GovernedCall,
  logsArguments = false,
  gate = asking([createMemoryChannel()]).gate,
): { ruling: Ruling; staged: readonly DecisionFields[] } {
  const trail = trailInMemory([], logsArguments);
  const policy = compiled(layers);
  const ruling = composePipeline({
    policyInForce: () => policy,
    trail,
    approvals: gate,
    limits: counting().gate,
    killSwitch: () => undefined,
  }).rule(governedCall);
  return { ruling, staged: trail.staged };
}

/** A ruling in one line: `forward`, `hold by RULE`, `dry-run by RULE` or `deny REASON by RULE`. */
export function shown(ruling: Ruling): string {
  switch (ruling.kind) {
    case 'forward':
      return 'forward';
    case 'hold':
      return `hold by ${ruling.decision.rule.name}`;
    case 'dry-run':
      return `dry-run by ${ruling.decision.rule.name}`;
    case 'deny':
      return `deny ${ruling.reason} by ${ruling.decision.rule.name}`;
  }
}

export function decisionWith(changes: Partial<Decision> = {}): Decision {
  return {
    effect: 'allow',
    obligations: [],
    rule: { name: 'r', layer: 'user', index: 0 },
    reason: 'rule',
    feedback: undefined,
    uncertain: [],
    observed: undefined,
    ...changes,
  };
}

export function sha256(text: string): Digest {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
