import type { Decision, RuleRef } from '../policy/decision.js';
import { decisionDenial } from './denial-text.js';
import type { GovernedCall, Ruling } from './ruling.js';

/** Why everything is stopped now; undefined where nothing is. Asked for each call: it only looks a value up. */
export type KillSwitch = () => Stop | undefined;

/** A kill switch that is on. */
export interface Stop {
  /** What the agent is told beside the fact; null where nothing was given. */
  readonly reason: string | null;
}

const RULE: RuleRef = { name: 'kill_switch', layer: 'built-in', index: -1 };

/** Denies every governed call while a kill switch is on. No policy, approval or observe mode lets one pass. */
export function killSwitchLayer(
  next: { readonly stage: 'policy'; rule(call: GovernedCall): Ruling },
  killSwitch: KillSwitch,
): { readonly stage: 'kill-switch'; rule(call: GovernedCall): Ruling } {
  return {
    stage: 'kill-switch',
    rule: function killSwitchDecides(call) {
      const stop = killSwitch();
      if (stop === undefined) return next.rule(call);
      const denial = decisionDenial(call, STOPPED);
      const message =
        stop.reason === null ? denial.message : `${denial.message} The reason: "${stop.reason}".`;
      return { kind: 'deny', decision: STOPPED, reason: denial.reason, denial: { ...denial, message } };
    },
  };
}

const STOPPED: Decision = {
  effect: 'deny',
  obligations: [],
  rule: RULE,
  reason: 'kill-switch',
  feedback: undefined,
  uncertain: [],
  observed: undefined,
};
