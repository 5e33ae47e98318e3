import * as z from 'zod/mini';
import { POLICY_TEST_CALLS_MAX, POLICY_TESTS_MAX } from '../platform/bounds.js';
import { toolHints } from './schema-match.js';
import { described, descriptions, flag, json, name, optional, text, texts, word } from './schema-values.js';

const PASSED_TIME = /^\d{1,9}(ms|s|m|h|d)$/;
const time = z
  .string()
  .check(z.regex(PASSED_TIME, { error: 'expected a time such as 0s, 90s, 10m, 24h or 7d' }));
const members = z.record(z.string(), json);
const decision = word(['allow', 'deny', 'require_approval', 'dry_run']);

const call = z.strictObject({
  method: optional(text, 'Method of the request. Default: that of tool, uri or prompt.'),
  server: optional(text, "The server's name.", 'server'),
  tool: optional(text, 'Tool that is called.'),
  uri: optional(text, 'Resource that is read.'),
  prompt: optional(text, 'Prompt that is asked for.'),
  arguments: optional(members, 'Arguments of the call; params of a method that has none of its own.'),
  agent: optional(text, 'Who asks. Default: nobody is known.'),
  client: optional(text, 'Name that the client gave itself.'),
  session: optional(z.nullable(text), 'The session; null for one that is not known.', 'test'),
  claims: optional(members, "Claims of the caller's verified token."),
  scopes: optional(texts, "Scopes of the caller's verified token."),
  hints: optional(toolHints, "The tool's hints. Without them the protocol's defaults count."),
  standing: optional(
    word(['unknown', 'listed', 'unlisted', 'drifted']),
    "What is known of the tool from the server's list. Default: listed where hints are given, else unknown.",
  ),
});

const expectation = z.union([
  decision,
  z
    .strictObject({
      decision: optional(decision, 'What becomes of the call.'),
      rule: optional(text, 'Name of the rule that decides; default where none does.'),
      layer: optional(word(['built-in', 'system', 'user', 'project']), 'Layer of that rule.'),
      reason: optional(text, 'Why, as the audit log says it: rule, default, policy_denied, rate_limited, …'),
      message: optional(text, 'A part of what the agent is told.'),
    })
    .check(
      z.refine((value) => Object.keys(value).length > 0, {
        error: 'expected at least one of decision, rule, layer, reason, message',
      }),
    ),
]);

const CALL = 'The call.';
const EXPECT = 'The decision, or a map of what is expected of it.';
const step = z.strictObject({
  at: optional(time, 'When, counted from the start of the test.'),
  after: optional(time, 'When, counted from the step before.', '0s'),
  call: described(call, CALL),
  times: optional(
    z
      .int()
      .check(
        z.gte(1, { error: 'expected a whole number from 1' }),
        z.lte(POLICY_TEST_CALLS_MAX, { error: `expected at most ${POLICY_TEST_CALLS_MAX} calls` }),
      ),
    'How often it is made; all must come to what is expected.',
    1,
  ),
  approved: optional(
    flag,
    'Whether a person lets it pass where one is asked; only then it draws on limits.',
    true,
  ),
  result: optional(
    word(['ok', 'tool-error', 'error', 'timeout']),
    'How it ends where it is forwarded; tools that others require must end ok.',
    'ok',
  ),
  expect: described(expectation, EXPECT),
});

const test = z
  .strictObject({
    name: described(name, 'What the test shows; unique in the file.'),
    environment: optional(
      name,
      "The environment that rules see. Default: the file's, then the policy's own.",
    ),
    evidence: optional(z.array(text), 'Evidence that is in from the start, as put in by hand.', []),
    call: optional(call, CALL),
    expect: optional(expectation, EXPECT),
    steps: optional(
      z.array(step).check(z.minLength(1, { error: 'expected at least one step' })),
      'Calls in their order, by a clock of their own; limits, budgets and prerequisites count over them.',
    ),
  })
  .check(
    z.refine(
      (value) =>
        (value.steps === undefined) !== (value.call === undefined) &&
        (value.call === undefined) === (value.expect === undefined),
      { error: 'expected either call and expect, or steps' },
    ),
  );

/** A policy test file, strict at every level. */
export const policyTestsSchema = z.strictObject({
  $schema: optional(z.string(), 'Address of this schema, for editors.'),
  version: optional(z.union([z.literal('1'), z.literal(1)]), "Version of the format: '1'."),
  policy: optional(text, 'Policy file that is tested, relative to this file. Default: the config in force.'),
  environment: optional(name, 'The environment that rules see in all tests of this file.'),
  defaults: optional(call, 'Members of every call that does not state them itself.'),
  tests: described(
    z
      .array(test)
      .check(
        z.minLength(1, { error: 'expected at least one test' }),
        z.maxLength(POLICY_TESTS_MAX, { error: `expected at most ${POLICY_TESTS_MAX} tests` }),
      ),
    'The tests; each begins with nothing drawn and nothing called.',
  ),
});
descriptions.add(policyTestsSchema, {
  description: 'Tests of a guard policy: calls, and what is expected to become of them.',
});

/** A policy test file after validation, before defaults. */
export type PolicyTestsSource = z.output<typeof policyTestsSchema>;
