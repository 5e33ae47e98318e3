import { describe, expect, test } from 'vitest';
import { decisionDenial, unavailableDenial } from '../../src/pipeline/denial-text.js';
import type { DecisionReason } from '../../src/policy/decision.js';
import { decisionWith, governed } from './support.js';

describe('a denial says what was denied, why, and what would pass', () => {
  test.each<[DecisionReason, string, RegExp]>([
    ['rule', 'policy_denied', /^The tool "read_file" is blocked by the policy rule "r"\.$/],
    ['default', 'policy_denied', /^The tool "read_file" is not allowed/],
    ['unlisted-tool', 'unlisted_tool', /^The tool "read_file" is not available\.$/],
    ['unknown-method', 'unknown_method', /is not a method that the policy knows/],
    ['tool-drift', 'tool_definition_drift', /its definition changed/],
    ['self-protection', 'self_protection', /files of the guard/],
    ['kill-switch', 'kill_switch', /stopped all tools/],
    ['evaluation-failed', 'policy_failed', /could not be evaluated/],
  ])('%s', (reason, expected, message) => {
    const denial = decisionDenial(governed(), decisionWith({ effect: 'deny', reason }));
    expect(denial).toMatchObject({
      reason: expected,
      rule: 'r',
      action: 'deny',
      retryAllowed: false,
      requestId: 'w-1',
    });
    expect(denial.message).toMatch(message);
    expect(denial.suggestion).not.toBe('');
  });

  test.each([
    [{ tool: 'a' }, 'The tool "a"'],
    [{ tool: undefined, prompt: 'p' }, 'The prompt "p"'],
    [{ tool: undefined, method: 'tasks/get' }, 'The request "tasks/get"'],
  ])('%j', (changes, subject) => {
    expect(decisionDenial(governed(changes), decisionWith()).message.startsWith(`${subject} is `)).toBe(true);
  });
});

test.each([
  [{ message: 'M', suggestion: 'S' }, 'M', 'S'],
  [{ message: 'M' }, 'M', ''],
])("the rule's own feedback %j comes first", (feedback, message, suggestion) => {
  expect(decisionDenial(governed(), decisionWith({ feedback }))).toMatchObject({ message, suggestion });
});

test("a suggestion alone keeps guard's message", () => {
  const denial = decisionDenial(governed(), decisionWith({ feedback: { suggestion: 'S' } }));
  expect([denial.message, denial.suggestion]).toEqual([
    'The tool "read_file" is blocked by the policy rule "r".',
    'S',
  ]);
});

/** The whole denial of a tool that is not on the list, its name made the same for all. */
function unlistedDenial(tool: string): string {
  const denial = decisionDenial(governed({ tool }), decisionWith({ reason: 'unlisted-tool' }));
  return JSON.stringify(denial).replaceAll(tool, 'T');
}

test('a tool that is hidden and one that does not exist are denied in the same words', () => {
  expect(unlistedDenial('hidden')).toBe(unlistedDenial('missing'));
});

test.each([
  ['approval_unavailable', 'require_approval', false],
  ['audit_unavailable', 'deny', true],
] as const)('%s', (reason, action, retryAllowed) => {
  const denial = unavailableDenial(governed(), decisionWith(), reason);
  expect(denial).toMatchObject({ reason, action, retryAllowed, rule: 'r', requestId: 'w-1' });
  expect(denial.message).toMatch(/^The tool "read_file" is blocked: /);
});
