import type { JsonValue } from '../platform/json.js';
import type { ToolHints } from './subject.js';

/**
 * The form in which a config file states policy. The zod schema in config/ produces exactly this;
 * compile.ts is its only reader.
 */
export type Action = 'allow' | 'deny' | 'require_approval' | 'rate_limit' | 'spend_limit' | 'dry_run';

export type OneOrMany<T> = T | readonly T[];

/** The JSON types that `type` can name; `integer` is a number without a fraction. */
export type TypeName = 'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array' | 'null';

/** Operators on one argument; all that are given must hold. */
export interface ConditionSource {
  readonly eq?: JsonValue;
  readonly neq?: JsonValue;
  readonly in?: readonly JsonValue[];
  /** Decimals: a number, or a string of one such as '0.10'. */
  readonly gt?: number | string;
  readonly gte?: number | string;
  readonly lt?: number | string;
  readonly lte?: number | string;
  /** Linear-time glob over the whole text; `*` and `?` match any character. */
  readonly glob?: OneOrMany<string>;
  readonly regex?: string;
  readonly contains?: JsonValue;
  readonly starts_with?: OneOrMany<string>;
  readonly ends_with?: OneOrMany<string>;
  readonly exists?: boolean;
  readonly type?: OneOrMany<TypeName>;
  /** The value is a path inside one of these folders, symlinks resolved. */
  readonly path_within?: OneOrMany<string>;
  /** Path glob: `*` stays inside a folder name, `**` crosses folders, dotfiles included. */
  readonly path?: OneOrMany<string>;
  /** Glob over the host of a URL. */
  readonly host?: OneOrMany<string>;
  readonly not?: ConditionSource;
  readonly any?: readonly ConditionSource[];
}

/** Scopes of the caller: globs of which one is enough, or plain scopes of which all are there, or not all. */
export type ScopesSource =
  | OneOrMany<string>
  | { readonly all?: OneOrMany<string>; readonly missing?: OneOrMany<string> };

/** What a rule applies to; all members that are given must hold. */
export interface MatchSource {
  readonly method?: OneOrMany<string>;
  readonly server?: OneOrMany<string>;
  readonly tool?: OneOrMany<string>;
  readonly uri?: OneOrMany<string>;
  readonly prompt?: OneOrMany<string>;
  readonly agent?: OneOrMany<string>;
  readonly client?: OneOrMany<string>;
  readonly environment?: OneOrMany<string>;
  readonly annotations?: Partial<ToolHints>;
  /** Argument path (`$.a.b`, `$.list[0]`, `$.list[*].name`) to conditions. */
  readonly input?: Readonly<Record<string, ConditionSource>>;
  /** Path into the verified claims to conditions. */
  readonly claims?: Readonly<Record<string, ConditionSource>>;
  readonly scopes?: ScopesSource;
  readonly any?: readonly MatchSource[];
  readonly not?: MatchSource;
}

export interface FeedbackSource {
  readonly message?: string;
  readonly suggestion?: string;
}

export interface ApprovalSource {
  readonly timeout?: string;
  readonly channels?: readonly string[];
  readonly remember?: 'never' | 'session' | 'project' | 'user';
  readonly default_on_timeout?: 'deny' | 'allow';
  readonly escalation_after?: string;
  readonly delegates?: readonly string[];
}

/** What tells the pots of one limit apart; a list combines. */
export type LimitKey = 'tool' | 'server' | 'agent' | 'client' | 'session' | 'global';

export interface SpendSource {
  /** Argument path of the amount. */
  readonly field: string;
  readonly limit: number | string;
  readonly currency: string;
  readonly window?: string;
  readonly key?: OneOrMany<LimitKey>;
  /** Whether a text such as "12.50" counts as an amount. */
  readonly numeric_strings?: boolean;
}

export interface LimitsSource {
  readonly max_calls?: number;
  readonly window?: string;
  readonly key?: OneOrMany<LimitKey>;
  readonly max_spend?: SpendSource;
  /** Whether an answer that is an error gives back what the call drew. */
  readonly refund_on_error?: boolean;
}

/** Calls that draw on a budget, and where their amount stands. */
export interface ContributorSource {
  readonly match: MatchSource;
  readonly field: string;
  readonly numeric_strings?: boolean;
}

/** A named pot of money that calls of several tools and servers draw on. */
export interface BudgetSource {
  readonly name: string;
  readonly limit: number | string;
  readonly currency: string;
  /** A duration, or `session`. */
  readonly window: string;
  readonly key?: OneOrMany<LimitKey>;
  readonly on_exceed?: 'deny' | 'require_approval';
  readonly approval?: ApprovalSource;
  readonly refund_on_error?: boolean;
  readonly contributors: readonly ContributorSource[];
}

/** Calls whose success puts evidence in, for a time. */
export interface EvidenceSource {
  readonly name: string;
  readonly match: MatchSource;
  readonly ttl: string;
}

export interface RuleSource {
  readonly name: string;
  readonly match: MatchSource;
  readonly action: Action;
  readonly feedback?: FeedbackSource;
  readonly approval?: ApprovalSource;
  readonly limits?: LimitsSource;
  /** Tools that must have succeeded in this session. */
  readonly requires?: readonly string[];
  readonly requires_success?: boolean;
  /** Evidence that must be in and not over. */
  readonly requires_evidence?: readonly string[];
}

export interface PolicySource {
  readonly default: 'allow' | 'deny' | 'require_approval';
  readonly hide_denied: boolean;
  readonly unknown_methods: 'allow' | 'deny';
  readonly unlisted_tools: 'allow' | 'deny';
  readonly on_tool_drift: 'block' | 'require_approval' | 'log';
  readonly rules: readonly RuleSource[];
}
