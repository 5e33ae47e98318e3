import { expect, test } from 'vitest';
import { simulateCommand } from '../../src/commands/simulate-options.js';
import type { SimulationResult } from '../../src/replay/tally.js';
import { folderWith } from '../config/check-yaml.js';
import { type LoggedCall, logOf, timeAt } from '../replay/records.js';
import { verifies } from '../requirements.js';
import { runCommand } from './check-run.js';

verifies('simulate:changes', 'simulate:undecidable', 'simulate:windows', 'simulate:exit-code');

const POLICY = "version: '1'\npolicies:\n  default: allow\n  rules:\n";

type Options = Readonly<Record<string, unknown>>;

async function simulated(
  rules: string,
  calls: readonly LoggedCall[],
  options: Options = {},
): Promise<SimulationResult> {
  const folder = folderWith({ 'new.yaml': POLICY + rules, 'audit.jsonl': logOf(calls) });
  const ran = await runCommand(simulateCommand, folder, {
    options: { policy: 'new.yaml', audit: 'audit.jsonl', json: true, ...options },
  });
  expect(ran.error, ran.message).toBeUndefined();
  return JSON.parse(ran.stdout) as SimulationResult;
}

/** `from → to rule reason ×count` of each change. */
function shortly({ changes }: SimulationResult): string[] {
  return changes.map(
    ({ from, to, tool, count }) =>
      `${tool ?? ''}: ${from.decision} → ${to?.decision ?? '?'} ${to?.rule ?? ''} ${to?.reason ?? ''} ×${count}`,
  );
}

const WRITES = `    - name: src-only
      match: { tool: write_file, input: { '$.path': { not: { path_within: /srv/src } } } }
      action: deny
`;

test('changes are grouped, with their old and new rule, the reason, and examples', async () => {
  const folder = folderWith({
    'new.yaml': POLICY + WRITES,
    'audit.jsonl': logOf([
      { tool: 'write_file', args: { path: '/srv/src/a' } },
      { tool: 'write_file', args: { path: '/etc/passwd\u001b[31m' } },
      { tool: 'write_file', args: { path: '/etc/shadow' } },
      { tool: 'read_file', args: { path: '/etc/hosts' } },
    ]),
  });
  const { code, stdout } = await runCommand(simulateCommand, folder, {
    options: { policy: 'new.yaml', audit: 'audit.jsonl' },
  });
  expect(code).toBe(0);
  expect(stdout).toBe(`allow → deny  (2)
       2  files write_file  user/default → user/src-only (policy_denied)
          uncertain: $.path path_within: the path has no canonical form
          $.path not path_within: wanted "/srv/src", the call has "/etc/passwd\\u{001b}[31m"
          e.g. ${timeAt(1)}  r1  claude  {"path":"/etc/passwd\\u001b[31m"}
          e.g. ${timeAt(2)}  r2  claude  {"path":"/etc/shadow"}

4 calls from ${timeAt(0)} to ${timeAt(3)}
2 unchanged, 2 changed, 0 cannot be told
`);
});

test('a record without arguments cannot be told where a rule looks at them, and only there', async () => {
  const result = await simulated(WRITES, [
    { tool: 'write_file', args: { path: '/etc/passwd' }, logged: false },
    { tool: 'read_file', args: { path: '/etc/passwd' }, logged: false },
    // Nothing was left out of a call without arguments.
    { tool: 'write_file' },
  ]);
  expect(result).toMatchObject({ calls: 3, undecidable: 1, unchanged: 1, changed: 1 });
  expect(result.undecided).toMatchObject([{ tool: 'write_file', why: ['$.path was not logged'], to: null }]);
});

test('where every way leads to the same decision, missing arguments do not matter', async () => {
  const rules = `${WRITES}    - { name: no-writes, match: { tool: 'write_*' }, action: deny }\n`;
  const result = await simulated(rules, [{ tool: 'write_file', args: { path: 'a' }, logged: false }]);
  expect(result).toMatchObject({ undecidable: 0, changed: 1 });
});

test('what redaction left out is not judged', async () => {
  const rules = `    - { name: known, match: { tool: login, input: { '$.password': { eq: hunter2 } } }, action: deny }
    - { name: user, match: { tool: login, input: { '$.user': { eq: root } } }, action: deny }
`;
  const result = await simulated(rules, [{ tool: 'login', args: { password: 'hunter2', user: 'me' } }]);
  expect(result.undecided).toMatchObject([{ why: ['$.password was redacted in the log'] }]);
});

test('hints are not in the log, and claims are not where somebody may be verified', async () => {
  const rules = `    - { name: hints, match: { annotations: { destructiveHint: true } }, action: deny }
    - { name: scopes, match: { method: resources/read, scopes: { missing: a } }, action: deny }
`;
  const result = await simulated(rules, [
    { tool: 'write_file' },
    { method: 'resources/read', tool: null, target: 'docs://a', http_request_id: 'x' },
    { method: 'resources/read', tool: null, target: 'docs://a' },
  ]);
  expect(result.undecided.flatMap(({ why }) => why)).toEqual([
    'destructiveHint is not in the log',
    'scopes are not in the log',
  ]);
  expect(shortly(result)).toEqual([': allow → deny user/scopes policy_denied ×1']);
});

test('names that were cut in the log are not compared', async () => {
  const rules = `    - { name: long, match: { tool: '*x' }, action: deny }\n`;
  const result = await simulated(rules, [{ tool: 'x'.repeat(2000) }]);
  expect(result).toMatchObject({ undecidable: 1, changed: 0 });
});

const LIMIT = `    - { name: few, match: { tool: search }, action: rate_limit, limits: { max_calls: 2, window: 1m } }\n`;

test('limits count by the times of the log, and windows slide', async () => {
  const at = [0, 10, 20, 61, 62, 71];
  const result = await simulated(
    LIMIT,
    at.map((seconds) => ({ tool: 'search', at: seconds })),
  );
  expect(shortly(result)).toEqual(['search: allow → deny user/few rate_limited ×2']);
  expect(result.changes[0]?.examples.map(({ ts }) => ts)).toEqual([timeAt(20), timeAt(62)]);
});

test('calls before the period fill the windows and are not told of', async () => {
  const calls = [0, 10, 20, 30].map((at) => ({ tool: 'search', at }));
  const result = await simulated(LIMIT, calls, { since: timeAt(15), until: timeAt(25) });
  expect(result).toMatchObject({ calls: 1, changed: 1 });
});

test('budgets count the amounts of the log, and errors give back what they drew', async () => {
  const rules = `    - { name: x, match: { tool: none }, action: allow }
budgets:
  - { name: pay, limit: 100, currency: EUR, window: 1h, refund_on_error: true, contributors: [{ match: { tool: refund }, field: $.amount }] }
`;
  const result = await simulated(rules, [
    { tool: 'refund', args: { amount: 60 }, result: 'tool-error' },
    { tool: 'refund', args: { amount: 60 } },
    { tool: 'refund', args: { amount: 50 } },
    { tool: 'refund', args: { amount: 10 }, logged: false },
    { tool: 'refund', args: { amount: 40 } },
  ]);
  expect(shortly(result)).toEqual(['refund: allow → deny user/default budget_exceeded ×1']);
  expect(result.changes[0]?.why[0]).toContain('has counted 60 EUR; this call asks for 50 EUR');
  expect(result.undecided.flatMap(({ why }) => why)).toEqual(['$.amount was not logged']);
});

test('prerequisites are met by recorded successes of calls that the policy lets pass', async () => {
  const rules = `    - { name: needs, match: { tool: deploy }, action: allow, requires: [run_tests] }
    - { name: no-b, match: { tool: run_tests, agent: b }, action: deny }
`;
  const result = await simulated(rules, [
    { tool: 'deploy', session: 'a' },
    { tool: 'run_tests', session: 'a', result: 'tool-error' },
    { tool: 'deploy', session: 'a' },
    { tool: 'run_tests', session: 'a' },
    { tool: 'deploy', session: 'a' },
    { tool: 'run_tests', session: 'b', agent: 'b' },
    { tool: 'deploy', session: 'b', agent: 'b' },
  ]);
  expect(shortly(result)).toEqual([
    'deploy: allow → deny user/needs dependency_missing ×3',
    'run_tests: allow → deny user/no-b policy_denied ×1',
  ]);
});

test('where the required call cannot be told, neither can the one that requires it', async () => {
  const rules = `    - { name: needs, match: { tool: deploy }, action: allow, requires: [run_tests] }
    - { name: all, match: { tool: run_tests, input: { '$.suite': { neq: all } } }, action: deny }
`;
  const result = await simulated(rules, [
    { tool: 'run_tests', args: { suite: 'all' }, logged: false },
    { tool: 'deploy' },
  ]);
  expect(result).toMatchObject({ undecidable: 2, changed: 0 });
});

test('a held call is one call, decided when it came', async () => {
  const pending = { state: 'pending', id: 'a1' };
  const held = {
    tool: 'refund',
    request_id: 'h',
    result: null,
    decision: 'require_approval',
    approval: pending,
  } as const;
  const calls: LoggedCall[] = [
    held,
    { tool: 'refund', request_id: 'h', approval: { state: 'approved' } },
    { tool: 'refund', decision: 'deny', reason: 'approval_denied', result: 'denied' },
  ];
  const asks = `    - { name: asks, match: { tool: refund }, action: require_approval }\n`;
  expect(await simulated(asks, calls)).toMatchObject({ calls: 2, unchanged: 2 });
  expect(await simulated(LIMIT, calls)).toMatchObject({
    changes: [
      { from: { decision: 'require_approval', reason: 'default' }, to: { decision: 'allow' }, count: 1 },
      {
        from: { decision: 'require_approval', reason: 'approval_denied' },
        to: { decision: 'allow' },
        count: 1,
      },
    ],
  });
});

test('a call that a person refused draws nothing where one is asked again', async () => {
  const rules = `    - { name: asks, match: { tool: refund }, action: require_approval, limits: { max_calls: 1, window: 1h } }\n`;
  const refused = { tool: 'refund', decision: 'deny', reason: 'approval_denied', result: 'denied' } as const;
  expect(
    await simulated(rules, [refused, { tool: 'refund', approval: { state: 'approved' } }]),
  ).toMatchObject({
    changed: 0,
  });
});

test('a retry after questions of the server counts once', async () => {
  const rules = LIMIT.replace('max_calls: 2', 'max_calls: 1');
  const result = await simulated(rules, [
    { tool: 'search', args: { q: 'a' }, result: 'input-required' },
    { tool: 'search', args: { q: 'a' } },
    { tool: 'search', args: { q: 'a' } },
  ]);
  expect(shortly(result)).toEqual(['search: allow → deny user/few rate_limited ×1']);
});

test('what no policy file decides is set aside, what observe mode let pass was allowed', async () => {
  const result = await simulated(WRITES, [
    { tool: 'read_file', decision: 'deny', reason: 'kill_switch', result: 'denied' },
    { tool: 'read_file', decision: 'deny', enforced: false, reason: 'rule', rule: 'x' },
    { method: 'ping', tool: null, decision: 'relay' },
    { tool: 'gone', decision: 'deny', reason: 'unlisted_tool', result: 'denied' },
  ]);
  expect(result).toMatchObject({ calls: 2, unchanged: 2, setAside: [{ why: 'kill_switch', count: 1 }] });
});

test('a policy that only observes is tried as if it enforced', async () => {
  const folder = folderWith({
    'new.yaml': "version: '1'\nmode: observe\npolicies: { default: deny }\n",
    'audit.jsonl': logOf([{}]),
  });
  const { stdout } = await runCommand(simulateCommand, folder, {
    options: { policy: 'new.yaml', audit: 'audit.jsonl', json: true },
  });
  expect(JSON.parse(stdout)).toMatchObject({ changed: 1 });
});

test.each([
  ['nothing changes', [{ tool: 'read_file' }], 0],
  ['a decision changes', [{ tool: 'write_file', args: { path: '/etc' } }], 2],
  ['one cannot be told', [{ tool: 'write_file', args: { path: '/etc' }, logged: false }], 2],
] satisfies [string, LoggedCall[], number][])('--fail-on-change where %s', async (_what, calls, code) => {
  const folder = folderWith({ 'new.yaml': POLICY + WRITES, 'audit.jsonl': logOf(calls) });
  const options = { policy: 'new.yaml', audit: 'audit.jsonl' };
  expect(
    await runCommand(simulateCommand, folder, { options: { ...options, failOnChange: true } }),
  ).toMatchObject({ code });
  expect(await runCommand(simulateCommand, folder, { options })).toMatchObject({ code: 0 });
});

test('where a default decides, the rule that is about such calls says why it does not match', async () => {
  const rules = `    - { name: src, match: { tool: write_file, input: { '$.path': { path_within: /srv/src } } }, action: allow }\n`;
  const folder = folderWith({
    'new.yaml': (POLICY + rules).replace('default: allow', 'default: deny'),
    'audit.jsonl': logOf([{ tool: 'write_file', args: { path: '/etc/passwd' } }]),
  });
  const options = { policy: 'new.yaml', audit: 'audit.jsonl', json: true };
  const { stdout } = await runCommand(simulateCommand, folder, { options });
  const { changes } = JSON.parse(stdout) as SimulationResult;
  expect(changes[0]?.why).toEqual([
    'The tool "write_file" is not allowed: no policy rule permits it.',
    'src does not match: $.path path_within: wanted "/srv/src", the call has "/etc/passwd"',
  ]);
});

test('torn lines are passed over and counted, several files are one log', async () => {
  const [first = '', second = ''] = logOf([{ tool: 'search' }]).split('\n');
  const folder = folderWith({
    'new.yaml': POLICY + LIMIT,
    'a.jsonl': `${first}\n${second.slice(0, 50)}\n`,
    'b.jsonl': logOf([{ at: 5, request_id: 'other' }]),
  });
  const { stdout } = await runCommand(simulateCommand, folder, {
    options: { policy: 'new.yaml', audit: ['a.jsonl', 'b.jsonl'], json: true },
  });
  expect(JSON.parse(stdout)).toMatchObject({ calls: 2, unreadableLines: 1 });
});

test.each([
  ['no log', { audit: 'none.jsonl' }, 'audit-unreadable'],
  ['no policy', { policy: 'none.yaml' }, 'config-not-found'],
  ['a broken policy', { policy: 'broken.yaml' }, 'config-invalid'],
  ['a time that is none', { since: 'yesterday' }, 'usage'],
  ['a period that ends before it begins', { since: '2026-02-01', until: '2026-01-01' }, 'usage'],
])('%s', async (_what, options, error) => {
  const folder = folderWith({
    'new.yaml': POLICY + LIMIT,
    'broken.yaml': 'version: 2',
    'audit.jsonl': logOf([{}]),
  });
  const ran = await runCommand(simulateCommand, folder, {
    options: { policy: 'new.yaml', audit: 'audit.jsonl', ...options },
  });
  expect(ran).toMatchObject({ code: 2, error });
});
