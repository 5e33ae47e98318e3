import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { testCommand } from '../../src/commands/test-options.js';
import { folderWith } from '../config/check-yaml.js';
import { verifies } from '../requirements.js';
import { type Ran, runCommand } from './check-run.js';

verifies('test:policy', 'test:junit');

const POLICY = `version: '1'
environment: dev
policies:
  default: allow
  rules:
    - { name: prod-only, match: { tool: deploy, environment: prod }, action: deny }
    - { name: no-deletes, match: { tool: 'delete_*' }, action: deny, feedback: { message: "Keep it.\\e[31m" } }
    - { name: small, match: { tool: refund, input: { '$.amount': { lte: 10 } } }, action: allow }
    - { name: refunds, match: { tool: refund }, action: require_approval, limits: { max_calls: 2, window: 1h, key: session } }
    - { name: needs, match: { tool: push }, action: allow, requires: [run_tests], requires_evidence: [ticket] }
    - { name: team, match: { tool: admin, not: { claims: { '$.team': { eq: ops } } } }, action: deny }
    - { name: scoped, match: { tool: write, scopes: { missing: w } }, action: deny }
evidence:
  - { name: ticket, match: { tool: ticket }, ttl: 10m }
`;

type Options = Readonly<Record<string, unknown>>;

async function tested(
  tests: string,
  options: Options = {},
  policy = POLICY,
): Promise<Ran & { readonly folder: string }> {
  const folder = folderWith({ 'p.yaml': policy, 'guard.test.yaml': `policy: p.yaml\ntests:\n${tests}` });
  return { folder, ...(await runCommand(testCommand, folder, { options })) };
}

async function passes(tests: string): Promise<void> {
  const ran = await tested(tests);
  expect(ran.message + ran.stdout).toMatch(/^\d+ passed$/m);
  expect(ran.code).toBe(0);
}

test('what is not as expected is told with what came instead, and why', async () => {
  const { code, stdout } = await tested(`
  - { name: reads, call: { tool: read_file }, expect: allow }
  - { name: small refunds, call: { tool: refund, arguments: { amount: 20 } }, expect: { decision: allow, rule: small } }
  - { name: deletes, call: { tool: delete_file }, expect: { rule: no-deletes, message: Gone } }
`);
  expect(code).toBe(1);
  expect(stdout).toBe(`guard.test.yaml
  ok    reads
  FAIL  small refunds  line 5
        step 1: not as expected: decision, rule
        expected  allow by small
        got       require_approval by refunds of the user layer because of rule
          3. small  allow  does not match
             true     tool: wanted "refund", the call has "refund"
             false    $.amount lte: wanted 10, the call has 20
          4. refunds  require_approval  matches
             true     tool: wanted "refund", the call has "refund"
  FAIL  deletes  line 6
        step 1: not as expected: message
        expected  any decision by no-deletes with "Gone" in its message
        got       deny by no-deletes of the user layer because of policy_denied
        message   Keep it.\\u{001b}[31m
          2. no-deletes  deny  matches
             true     tool: wanted "delete_*", the call has "delete_file"

1 passed, 2 failed
`);
});

test('decision, rule, layer, reason and message can be expected', async () => {
  await passes(`
  - { name: a, call: { tool: delete_x }, expect: { decision: deny, rule: no-deletes, layer: user, reason: policy_denied, message: Keep } }
  - { name: b, call: { tool: read }, expect: { decision: allow, rule: default, reason: default } }
  - { name: c, call: { uri: 'docs://a' }, expect: allow }
  - { name: d, call: { prompt: p, arguments: { a: b } }, expect: allow }
  - { name: e, call: { method: sampling/createMessage }, expect: allow }
  - { name: f, call: { tool: x, standing: unlisted }, expect: { decision: deny, reason: unlisted_tool } }
  - { name: g, call: { method: resources/read }, expect: { decision: deny, reason: invalid_params } }
`);
});

test('environment, claims and scopes', async () => {
  await passes(`
  - { name: a, call: { tool: deploy }, expect: allow }
  - { name: b, environment: prod, call: { tool: deploy }, expect: { rule: prod-only } }
  - { name: c, call: { tool: admin, claims: { team: ops } }, expect: allow }
  - { name: d, call: { tool: admin }, expect: { decision: deny, rule: team } }
  - { name: e, call: { tool: write, scopes: [w] }, expect: allow }
  - { name: f, call: { tool: write, scopes: [r] }, expect: { decision: deny, rule: scoped } }
`);
});

test('limits and windows by a clock of their own, each test from nothing', async () => {
  const call = 'call: { tool: refund, arguments: { amount: 50 } }';
  await passes(`
  - name: windows
    steps:
      - { ${call}, times: 2, expect: require_approval }
      - { after: 59m, ${call}, expect: { decision: deny, reason: rate_limited, message: 'allows 2 calls in 1 h' } }
      - { at: 60m, ${call}, expect: require_approval }
  - name: what nobody approved draws nothing
    steps:
      - { ${call}, times: 5, approved: false, expect: require_approval }
  - name: another session has another pot
    steps:
      - { ${call}, times: 2, expect: require_approval }
      - { call: { tool: refund, session: other, arguments: { amount: 50 } }, expect: require_approval }
  - name: a session that is not known
    call: { tool: refund, session: null, arguments: { amount: 50 } }
    expect: { decision: deny, reason: session_unresolved }
`);
});

test('prerequisites and evidence', async () => {
  await passes(`
  - name: in order
    steps:
      - { call: { tool: push }, expect: { decision: deny, reason: dependency_missing } }
      - { call: { tool: run_tests }, result: tool-error, expect: allow }
      - { call: { tool: push }, expect: { reason: dependency_missing } }
      - { call: { tool: run_tests }, expect: allow }
      - { call: { tool: push }, expect: { reason: evidence_missing } }
      - { call: { tool: ticket }, expect: allow }
      - { after: 9m, call: { tool: push }, expect: allow }
      - { after: 1m, call: { tool: push }, expect: { reason: evidence_expired } }
  - name: put in by hand
    evidence: [ticket]
    steps:
      - { call: { tool: run_tests }, expect: allow }
      - { call: { tool: push }, expect: allow }
`);
});

test('the step and the repetition that failed are told', async () => {
  const { stdout } = await tested(`
  - name: x
    steps:
      - { call: { tool: a }, expect: allow }
      - { call: { tool: refund, arguments: { amount: 50 } }, times: 4, expect: require_approval }
`);
  expect(stdout).toContain('step 2, call 3 of 4: not as expected: decision');
});

test('a policy that only observes is tested as if it enforced', async () => {
  const ran = await tested(
    `  - { name: a, call: { tool: delete_x }, expect: deny }`,
    {},
    `mode: observe\n${POLICY}`,
  );
  expect(ran.code).toBe(0);
});

test('--config stands for the policy that the file names, the config in force for none', async () => {
  const folder = folderWith({
    'p.yaml': POLICY,
    'other.yaml': "version: '1'\npolicies: { default: deny }\n",
    'guard.yaml': "version: '1'\npolicies: { default: require_approval }\n",
    'a.yaml': 'policy: p.yaml\ntests: [{ name: a, call: { tool: x }, expect: deny }]',
    'b.json':
      '{ "tests": [{ "name": "b", "call": { "tool": "x" }, "expect": { "decision": "require_approval", "layer": "project" } }] }',
  });
  const run = (args: string[], options: Options = {}): Promise<Ran> =>
    runCommand(testCommand, folder, { args, options });
  expect((await run(['a.yaml'])).code).toBe(1);
  expect((await run(['a.yaml'], { config: 'other.yaml' })).code).toBe(0);
  expect((await run(['b.json'])).code).toBe(0);
});

test('--filter, --json and exit codes', async () => {
  const tests = `
  - { name: Reads, call: { tool: read }, expect: allow }
  - { name: other, call: { tool: read }, expect: deny }
`;
  expect((await tested(tests, { filter: 'READ' })).stdout).toContain('1 passed\n');
  expect(await tested(tests, { filter: 'none' })).toMatchObject({ code: 2, error: 'usage' });
  const { code, stdout } = await tested(tests, { json: true });
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: false,
    passed: 1,
    failed: 1,
    files: [
      { tests: [{ ok: true }, { ok: false, wrong: ['decision'], got: { decision: 'allow' }, layers: [{}] }] },
    ],
  });
});

test('--junit writes a report', async () => {
  const { folder, code } = await tested(
    `
  - { name: 'a <b> & "c"', call: { tool: x }, expect: deny }
  - { name: ok, call: { tool: x }, expect: allow }
`,
    { junit: 'report.xml' },
  );
  expect(code).toBe(1);
  const xml = readFileSync(path.join(folder, 'report.xml'), 'utf8');
  expect(xml.split('\n').slice(0, 5)).toEqual([
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites name="guard test" tests="2" failures="1" errors="0">',
    '  <testsuite name="guard.test.yaml" tests="2" failures="1" errors="0" skipped="0">',
    '    <testcase name="a &lt;b&gt; &amp; &quot;c&quot;" classname="guard.test.yaml">',
    '      <failure type="unexpected" message="expected deny, got allow by default of the user layer because of default">step 1: not as expected: decision',
  ]);
});

test.each([
  ['no tests', '', /expected|missing/],
  [
    'an unknown key',
    '  - { name: a, cal: { tool: x }, expect: allow }',
    /unknown key cal \(did you mean call\?\)/,
  ],
  ['neither call nor steps', '  - { name: a }', /expected either call and expect, or steps/],
  [
    'both',
    '  - { name: a, call: { tool: x }, expect: allow, steps: [{ call: { tool: x }, expect: allow }] }',
    /either call and expect, or steps/,
  ],
  [
    'the same name twice',
    '  - { name: a, call: { tool: x }, expect: allow }\n  - { name: a, call: { tool: x }, expect: allow }',
    /4:\d+ {2}tests\[1\]\.name {2}test 1 has the same name/,
  ],
  [
    'times that go back',
    '  - { name: a, steps: [{ at: 5s, call: { tool: x }, expect: allow }, { at: 4s, call: { tool: x }, expect: allow }] }',
    /before the step above/,
  ],
  [
    'at and after',
    '  - { name: a, steps: [{ at: 5s, after: 5s, call: { tool: x }, expect: allow }] }',
    /exclude each other/,
  ],
  [
    'no subject',
    '  - { name: a, call: { server: x }, expect: allow }',
    /expected one of tool, uri and prompt, or a method/,
  ],
  [
    'two subjects',
    '  - { name: a, call: { tool: x, uri: y }, expect: allow }',
    /expected one of tool, uri and prompt/,
  ],
  ['nothing expected', '  - { name: a, call: { tool: x }, expect: {} }', /expected at least one of decision/],
  ['a word that is no decision', '  - { name: a, call: { tool: x }, expect: alow }', /did you mean allow/],
  [
    'too many calls',
    '  - { name: a, steps: [{ call: { tool: x }, times: 60000, expect: allow }, { call: { tool: x }, times: 60000, expect: allow }] }',
    /120000 calls, expected at most 100000/,
  ],
  ['no YAML', '  - {', /not valid YAML/],
])('a test file with %s is refused', async (_what, tests, message) => {
  const ran = await tested(tests);
  expect(ran).toMatchObject({ code: 2, error: 'config-invalid', stdout: '' });
  expect(ran.message).toMatch(message);
});

test.each([
  ['no file', [], {}, 'usage'],
  ['a test file that is not there', ['x.yaml'], {}, 'config-not-found'],
  ['a policy that is not there', ['a.yaml'], {}, 'config-not-found'],
  ['a broken policy', ['a.yaml'], { config: 'broken.yaml' }, 'config-invalid'],
  ['a report that cannot be written', ['b.yaml'], { junit: 'no/such/folder.xml' }, 'usage'],
  ['an environment without a policy', ['c.yaml'], {}, 'usage'],
] as const)('%s', async (_what, args, options, error) => {
  const test = 'tests: [{ name: a, call: { tool: x }, expect: allow }]';
  const folder = folderWith({
    'a.yaml': `policy: none.yaml\n${test}`,
    'b.yaml': test,
    'c.yaml': `environment: prod\n${test}`,
    'broken.yaml': 'x',
  });
  expect(await runCommand(testCommand, folder, { args, options })).toMatchObject({ code: 2, error });
});
