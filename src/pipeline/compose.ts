import type { AuditTrail } from '../audit/trail.js';
import type { CompiledPolicy } from '../policy/compiled.js';
import { approvalLayer, type ApprovalGate } from './approval-layer.js';
import { auditLayer } from './audit-layer.js';
import { killSwitchLayer, type KillSwitch } from './kill-switch-layer.js';
import { limitsLayer, type LimitsGate } from './limits-layer.js';
import { loopLayer } from './loop-layer.js';
import { maskedAnswers } from './masked-answers.js';
import { policyLayer } from './policy-layer.js';
import type { Enforcer, Pipeline } from './ruling.js';

/** What the layers need from outside. */
export interface PipelinePorts {
  readonly killSwitch: KillSwitch;
  readonly policyInForce: () => CompiledPolicy;
  readonly trail: AuditTrail;
  /** Hides in what agents are told what must not be shown. */
  readonly mask?: (text: string) => string;
  readonly approvals: ApprovalGate;
  readonly limits: LimitsGate;
}

/**
 * audit( loop( kill switch( policy( limits( approval( forward ) ) ) ) ) ): both doors enforce through this and nothing
 * else. Every step is synchronous, so allowed calls keep their order.
 */
export function composePipeline(ports: PipelinePorts): Pipeline {
  const pipeline = auditLayer(
    loopLayer(
      killSwitchLayer(
        policyLayer(limitsLayer(approvalLayer(forward, ports.approvals), ports.limits), ports.policyInForce),
        ports.killSwitch,
      ),
    ),
    ports.trail,
  );
  return ports.mask === undefined ? pipeline : maskedAnswers(pipeline, ports.mask);
}

/** The innermost step: the call goes on. */
export const forward: Enforcer<'forward'> = {
  stage: 'forward',
  rule: (_call, decision) => ({ kind: 'forward', decision }),
  rehearse: () => ({ kind: 'forward' }),
};
