import { durationMs } from '../platform/units.js';
import type { Decision, Obligation } from '../policy/decision.js';
import type { ApprovalSource } from '../policy/source.js';
import type { AskingRule, RememberScope } from './request.js';

/** What config says of approvals as a whole; rules refine it. */
export interface ApprovalDefaults {
  readonly timeoutMs: number;
  readonly onTimeout: 'deny' | 'allow';
  /** Names of the channels that may answer where a rule names none. */
  readonly channels: readonly string[];
  /** Asked when nobody has answered for that long, where no rule that asks names channels of its own. */
  readonly escalation?: { readonly afterMs: number; readonly channels: readonly string[] };
}

/** How one call is asked about, after all rules that ask have been heard. */
export interface ApprovalTerms {
  readonly rules: readonly AskingRule[];
  readonly timeoutMs: number;
  readonly onTimeout: 'deny' | 'allow';
  /** Empty where the rules have no channel in common: then nobody can be asked. */
  readonly channels: readonly string[];
  readonly remember: RememberScope | null;
  /** When the delegates are asked too; null for never. */
  readonly escalationMs: number | null;
  readonly delegates: readonly string[];
}

type ApprovalObligation = Extract<Obligation, { kind: 'approval' }>;

/** The approvals that a decision asks for. */
export function approvalObligations(decision: Decision): readonly ApprovalObligation[] {
  return decision.obligations.filter((obligation) => obligation.kind === 'approval');
}

/**
 * The terms of one request. Where several rules ask, the strictest of each term counts: the shortest
 * time, deny, the channels that all allow, the narrowest scope, the earliest escalation.
 */
export function termsOf(decision: Decision, defaults: ApprovalDefaults): ApprovalTerms {
  const obligations = approvalObligations(decision);
  const sources = obligations.map(({ approval }) => approval);
  const timeoutMs = Math.min(...sources.map((source) => msOf(source.timeout) ?? defaults.timeoutMs));
  // A rule that says who may answer is not widened by what holds for all.
  const general = sources.some(({ channels }) => channels !== undefined) ? undefined : defaults.escalation;
  const escalations = sources.flatMap((source) => msOf(source.escalation_after) ?? general?.afterMs ?? []);
  const escalationMs = escalations.length === 0 ? null : Math.min(...escalations);
  const denies = sources.some((source) => (source.default_on_timeout ?? defaults.onTimeout) === 'deny');
  return {
    rules: obligations.map(({ rule, message }) => ({
      layer: rule.layer,
      name: rule.name,
      message: message ?? (rule === decision.rule ? (decision.feedback?.message ?? null) : null),
    })),
    timeoutMs,
    onTimeout: denies ? 'deny' : 'allow',
    channels: commonChannels(sources, defaults.channels),
    remember: narrowest(sources.map(({ remember }) => remember ?? 'never')),
    escalationMs: escalationMs !== null && escalationMs < timeoutMs ? escalationMs : null,
    delegates: [...new Set(sources.flatMap(({ delegates }) => delegates ?? general?.channels ?? []))],
  };
}

function msOf(duration: string | undefined): number | undefined {
  return duration === undefined ? undefined : durationMs(duration);
}

function commonChannels(sources: readonly ApprovalSource[], all: readonly string[]): readonly string[] {
  const sets = sources.map(({ channels }) => channels ?? all);
  return (sets[0] ?? []).filter((name) => sets.every((set) => set.includes(name)));
}

const WIDTH = ['never', 'session', 'project', 'user'] as const;

function narrowest(scopes: readonly (typeof WIDTH)[number][]): RememberScope | null {
  const scope = WIDTH[Math.min(...scopes.map((one) => WIDTH.indexOf(one)))];
  return scope === undefined || scope === 'never' ? null : scope;
}
