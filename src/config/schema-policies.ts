import * as z from 'zod/mini';
import { RULES_MAX } from '../platform/bounds.js';
import { DEFAULTS } from './defaults.js';
import { matchSchema } from './schema-match.js';
import {
  count,
  currency,
  decimal,
  described,
  duration,
  flag,
  name,
  oneOrMany,
  optional,
  text,
  texts,
  word,
} from './schema-values.js';

/** A name that is written in rules and commands. */
const label = z
  .string()
  .check(z.regex(/^[A-Za-z0-9_-]{1,64}$/, { error: 'expected 1 to 64 letters, digits, _ or -' }));
const limitKey = word(['tool', 'server', 'agent', 'client', 'session', 'global']);
const onTimeout = word(['deny', 'allow']);

const ruleApproval = z.strictObject({
  timeout: optional(duration, 'How long a person has to answer. Default: approval.timeout.'),
  channels: optional(texts, 'Names of the channels that are asked. Default: all of approval.channels.'),
  remember: optional(
    word(['never', 'session', 'project', 'user']),
    'The widest scope in which an answer may be remembered.',
    DEFAULTS.approval.remember,
  ),
  default_on_timeout: optional(
    onTimeout,
    'What happens when nobody answers. Default: approval.default_on_timeout.',
  ),
  escalation_after: optional(duration, 'When the delegates are asked too.'),
  delegates: optional(texts, 'Names of the channels that are asked on escalation.'),
});

const NUMERIC_STRINGS = 'A text such as "12.50" counts as an amount; otherwise only a number does.';
const REFUND_ON_ERROR =
  'An answer that is an error (isError, or a JSON-RPC error) gives back what its call drew.';

const ruleLimits = z.strictObject({
  max_calls: optional(count, 'Most calls in one window.'),
  window: optional(duration, 'Length of the sliding window.'),
  key: optional(oneOrMany(limitKey), 'Who shares one counter; a list combines keys.', DEFAULTS.limits.key),
  max_spend: optional(
    z.strictObject({
      field: described(text, 'Argument path of the amount.'),
      limit: described(decimal, 'Most money in one window.'),
      currency: described(currency, 'Currency of the amount.'),
      window: optional(duration, 'Length of the sliding window. Default: limits.window.'),
      key: optional(oneOrMany(limitKey), 'Who shares one counter. Default: limits.key.'),
      numeric_strings: optional(flag, NUMERIC_STRINGS, DEFAULTS.limits.numeric_strings),
    }),
    'Most money that matching calls may spend.',
  ),
  refund_on_error: optional(flag, REFUND_ON_ERROR, DEFAULTS.limits.refund_on_error),
});

const rule = z.strictObject({
  name: optional(name, 'Name in records and denials; unique in the file. Default: rule-<position from 1>.'),
  match: described(
    z.lazy(() => matchSchema),
    'What the rule applies to; all members that are given must hold. An empty match applies to everything.',
  ),
  action: described(
    word(['allow', 'deny', 'require_approval', 'rate_limit', 'spend_limit', 'dry_run']),
    'What happens to a matching call.',
  ),
  feedback: optional(
    z.strictObject({
      message: optional(text, 'Why, for the model.'),
      suggestion: optional(text, 'What would pass, for the model.'),
    }),
    'What the model reads when the rule denies.',
  ),
  approval: optional(ruleApproval, 'How a person is asked.'),
  limits: optional(ruleLimits, 'Counters that the call draws on.'),
  requires: optional(texts, 'Tools that must have succeeded in this session before.'),
  requires_success: optional(
    flag,
    'False: the required tools need only have been called.',
    DEFAULTS.rule.requires_success,
  ),
  requires_evidence: optional(z.array(label), 'Evidence that must be in and not over, see evidence.'),
});

/** The `policies` key. */
export const policiesSchema = z.strictObject({
  default: optional(
    word(['allow', 'deny', 'require_approval']),
    'What happens to a call that no rule matches.',
    DEFAULTS.policies.default,
  ),
  hide_denied: optional(
    flag,
    'Leave tools that no call could pass out of tools/list.',
    DEFAULTS.policies.hide_denied,
  ),
  unknown_methods: optional(
    word(['allow', 'deny']),
    'Requests whose method no revision of the protocol defines.',
    DEFAULTS.policies.unknown_methods,
  ),
  unlisted_tools: optional(
    word(['allow', 'deny']),
    "Calls of tools that are not on the server's list, once it is known.",
    DEFAULTS.policies.unlisted_tools,
  ),
  denials: optional(
    word(['result', 'error']),
    'Form of a denied tools/call: a tool result that the model reads, or a JSON-RPC error.',
    DEFAULTS.policies.denials,
  ),
  on_tool_drift: optional(
    word(['block', 'require_approval', 'log']),
    'Calls of a tool whose definition changed after it was first seen.',
    DEFAULTS.policies.on_tool_drift,
  ),
  rules: optional(
    z.array(rule).check(z.maxLength(RULES_MAX, { error: `expected at most ${RULES_MAX} rules` })),
    'The rules of this layer; the first that matches decides.',
  ),
});

/** The `evidence` key. */
export const evidenceSchema = z.array(
  z.strictObject({
    name: described(label, 'Name that rules require it by; unique in the file.'),
    match: described(
      z.lazy(() => matchSchema),
      'Tool calls whose success puts it in.',
    ),
    ttl: described(duration, 'How long it counts from then on.'),
  }),
);

const budget = z.strictObject({
  name: described(label, 'Name of the pot; unique in the file.'),
  limit: described(decimal, 'Most money in one window; above zero.'),
  currency: described(currency, 'Currency of the pot.'),
  window: described(z.union([z.literal('session'), duration]), 'Length of the sliding window, or session.'),
  key: optional(
    oneOrMany(limitKey),
    'Who shares one pot; a list combines keys. With window: session it is session.',
    DEFAULTS.budget.key,
  ),
  on_exceed: optional(
    word(['deny', 'require_approval']),
    'What happens to a call that the pot cannot pay.',
    DEFAULTS.budget.on_exceed,
  ),
  approval: optional(ruleApproval, 'How a person is asked; with on_exceed: require_approval only.'),
  refund_on_error: optional(flag, REFUND_ON_ERROR, DEFAULTS.limits.refund_on_error),
  contributors: described(
    z
      .array(
        z.strictObject({
          match: described(
            z.lazy(() => matchSchema),
            'Calls that draw on the pot.',
          ),
          field: described(text, 'Argument path of the amount.'),
          numeric_strings: optional(flag, NUMERIC_STRINGS, DEFAULTS.limits.numeric_strings),
        }),
      )
      .check(z.minLength(1, { error: 'expected at least one contributor' })),
    'Calls that draw on the pot, and where their amount stands.',
  ),
});

/** The `budgets` key. */
export const budgetsSchema = z.array(budget);
