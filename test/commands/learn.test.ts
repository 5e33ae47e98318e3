import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { checkCommand } from '../../src/commands/check-options.js';
import { learnCommand } from '../../src/commands/learn-options.js';
import { simulateCommand } from '../../src/commands/simulate-options.js';
import type { PolicySource, RuleSource } from '../../src/policy/source.js';
import { folderWith } from '../config/check-yaml.js';
import { type LoggedCall, logOf, timeAt } from '../replay/records.js';
import { verifies } from '../requirements.js';
import { runCommand } from './check-run.js';

verifies('learn:least', 'learn:sound', 'learn:hostile-names');

async function learned(
  calls: readonly LoggedCall[],
): Promise<{ text: string; folder: string; rules: RuleSource[] }> {
  const folder = folderWith({ 'audit.jsonl': logOf(calls) });
  const ran = await runCommand(learnCommand, folder, { options: { audit: 'audit.jsonl' } });
  expect(ran.error, ran.message).toBeUndefined();
  const { policies } = parse(ran.stdout) as { policies: PolicySource };
  expect(policies.default).toBe('deny');
  return { text: ran.stdout, folder, rules: [...policies.rules] };
}

function many(count: number, call: (index: number) => LoggedCall): LoggedCall[] {
  return Array.from({ length: count }, (_none, index) => call(index));
}

test('a rule per server and tool, with the counts behind it', async () => {
  const { text, rules } = await learned([
    { tool: 'read_file', agent: 'a' },
    { tool: 'read_file', agent: 'b' },
    { tool: 'read_file', server: 'docs' },
    { method: 'resources/read', tool: null, target: 'docs://a*', server: 'docs' },
    { method: 'prompts/get', tool: null, target: 'sum', server: 'docs' },
    { method: 'ping', tool: null, decision: 'relay' },
  ]);
  expect(rules).toEqual([
    {
      name: 'used-docs-prompts-get',
      match: { server: 'docs', method: 'prompts/get', prompt: ['sum'] },
      action: 'allow',
    },
    {
      name: 'used-docs-resources-read',
      match: { server: 'docs', method: 'resources/read', uri: [String.raw`docs://a\*`] },
      action: 'allow',
    },
    { name: 'used-docs-read-file', match: { server: 'docs', tool: 'read_file' }, action: 'allow' },
    { name: 'used-files-read-file', match: { server: 'files', tool: 'read_file' }, action: 'allow' },
  ]);
  expect(text).toContain('# What was used, as a policy: 5 calls, all there are, from\n#   "');
  expect(text).toContain(`    # 2 calls by "a", "b", "${timeAt(0)}" to "${timeAt(1)}"\n`);
});

test('bounds where the arguments support them', async () => {
  const { text, rules } = await learned(
    many(30, (index) => ({
      tool: 'mixed',
      args: {
        path: `/srv/project/src/f${index}`,
        amount: index + 0.5,
        offset: -index,
        currency: index % 2 === 0 ? 'EUR' : 'USD',
        url: `https://api.example.com/${index}`,
        dry: true,
        flips: index % 2 === 0,
        prose: `text number ${index}`,
        options: { depth: 3 },
        token: 'hidden',
        ...(index % 3 === 0 ? {} : { sometimes: 'a' }),
        ...(index < 5 ? { rare: 1 } : {}),
        either: index % 2 === 0 ? 1 : 'a',
      },
    })),
  );
  expect(rules[0]?.match.input).toEqual({
    '$.path': { path_within: '/srv/project/src' },
    '$.amount': { gte: 0, lte: 29.5 },
    '$.offset': { gte: -29, lte: 0 },
    '$.currency': { in: ['EUR', 'USD'] },
    '$.url': { host: ['api.example.com'] },
    '$.dry': { eq: true },
    '$.options.depth': { gte: 0, lte: 3 },
    '$.sometimes': { any: [{ exists: false }, { in: ['a'] }] },
  });
  expect(text).toContain(
    '          # from 0.5 to 29.5 in 30 of 30 calls\n          "$.amount": { gte: 0, lte: 29.5 }\n',
  );
});

test.each([
  ['too few calls', many(19, () => ({ args: { a: 1 } })), 'the values support none'],
  [
    'a call whose arguments were not logged',
    [...many(30, () => ({ args: { a: 1 } })), { args: { a: 99 }, logged: false }],
    'the log holds the arguments of 30 of them',
  ],
  [
    'too many arguments',
    many(30, () => ({ args: Object.fromEntries(many(100, () => ({})).map((_none, key) => [`k${key}`, 1])) })),
    'too many arguments',
  ],
  [
    'paths with nothing in common',
    many(30, (index) => ({ args: { path: `/f${index}/x` } })),
    'the values support none',
  ],
] satisfies [string, LoggedCall[], string][])('no bounds with %s', async (_what, calls, why) => {
  const { text, rules } = await learned(calls);
  expect(rules[0]?.match.input).toBeUndefined();
  expect(text).toContain(`    # no bounds on its arguments: ${why}`);
});

test('a bound that does not hold when it is tried is left out', async () => {
  // A server may read the other key, so a condition on either of them is unknown.
  const { text, rules } = await learned(
    many(30, (index) => ({ tool: 'twins', args: { amount: index, Amount: index } })),
  );
  expect(rules[0]?.match).toEqual({ server: 'files', tool: 'twins' });
  expect(text).toContain('those that its calls suggest did not hold for all of them');
});

test('what may destroy, and what a person was asked about, needs an approval', async () => {
  const { text, rules } = await learned([
    { tool: 'deleteFile' },
    { tool: 'files.drop-all' },
    { tool: 'undeleted' },
    { tool: 'refund', approval: { state: 'approved' } },
  ]);
  expect(rules.map(({ match, action }) => [match.tool, action])).toEqual([
    ['deleteFile', 'require_approval'],
    ['files.drop-all', 'require_approval'],
    ['refund', 'require_approval'],
    ['undeleted', 'allow'],
  ]);
  expect(text).toContain('# A person is asked: the name says delete.');
  expect(text).toContain('# A person is asked: 1 call passed only with an approval.');
  expect(text).toContain('# The log holds no hints of tools');
});

test('what was not allowed is listed and not allowed', async () => {
  const { text, rules } = await learned([
    { tool: 'write', decision: 'deny', reason: 'policy_denied', rule: 'no-writes', result: 'denied' },
    { tool: 'write', decision: 'deny', reason: 'policy_denied', rule: 'no-writes', result: 'denied' },
    { tool: 'asked', decision: 'require_approval', approval: { state: 'pending' }, result: 'cancelled' },
    { tool: 'killed', decision: 'deny', reason: 'kill_switch', result: 'denied' },
    { tool: 'watched', decision: 'deny', enforced: false, reason: 'rule', rule: 'no' },
  ]);
  expect(rules.map(({ match }) => match.tool)).toEqual(['watched']);
  expect(text).toContain('# Not allowed then, and not by these rules:\n');
  expect(text).toContain('#       2  "files" "write": "deny" by "user/no-writes", "policy_denied"\n');
  expect(text).toContain('"files" "asked": "require_approval" by "user/default", "not answered: cancelled"');
  expect(text).toContain('# 1 call passed only since a layer observes');
});

test('--output writes, and replaces nothing without --force', async () => {
  const folder = folderWith({ 'audit.jsonl': logOf([{}]), 'there.yaml': 'mine' });
  const run = (options: Readonly<Record<string, unknown>>): ReturnType<typeof runCommand> =>
    runCommand(learnCommand, folder, { options: { audit: 'audit.jsonl', ...options } });
  expect(await run({ output: 'there.yaml' })).toMatchObject({ code: 2, error: 'file-exists' });
  expect(readFileSync(path.join(folder, 'there.yaml'), 'utf8')).toBe('mine');
  expect(await run({ output: 'there.yaml', force: true })).toMatchObject({ code: 0 });
  const fresh = await run({ output: 'new.yaml' });
  expect(fresh.stdout).toContain('rules: 1, from calls: 1');
  expect(readFileSync(path.join(folder, 'new.yaml'), 'utf8')).toContain('used-files-read-file');
  expect(await run({ output: 'no/folder.yaml' })).toMatchObject({ code: 2, error: 'usage' });
  expect(await run({ audit: 'none.jsonl' })).toMatchObject({ code: 2, error: 'audit-unreadable' });
  expect(await run({ since: timeAt(60) })).toMatchObject({ code: 0 });
});

/** Texts that try to leave their quotes, their comment or their pattern, and any others. */
const hostile = fc.oneof(
  fc.constantFrom(
    'a"\n  action: allow\n#',
    "x' }\n    - { name: evil, match: {}, action: allow }",
    '${HOME}',
    '$${HOME}',
    '${GUARD_NOT_SET}',
    '*',
    'a?b\\',
    '# x',
    '\u2028x\u0085y',
    '\u{e0041}\u202e',
    '\ud800',
    '- &a *a',
    '__proto__',
    '<<',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

const argument = fc.oneof(
  hostile,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.string({ maxLength: 12 }).map((name) => `/srv/app/${name}`),
  fc.constantFrom(
    'EUR',
    'USD',
    '~/a',
    'https://a.example/x',
    'https://b.example:8/y',
    'sk_live_4eC39HqLyjWDarjtT1zdp7dc',
  ),
  fc.dictionary(hostile, fc.integer(), { maxKeys: 2 }),
);

/** Calls of few tools many times, so that bounds come about. */
const logs = fc.array(
  fc.record({
    tool: fc.oneof(
      fc.constantFrom('read', 'delete_x', 'pay'),
      hostile.filter((name) => name !== ''),
    ),
    server: fc.oneof(
      fc.constant('files'),
      hostile.filter((name) => name !== ''),
    ),
    agent: fc.option(hostile, { nil: null }),
    arguments: fc.array(
      fc.dictionary(fc.oneof(fc.constantFrom('path', 'amount', 'Path'), hostile), argument, { maxKeys: 4 }),
      { minLength: 1, maxLength: 4 },
    ),
    logged: fc.integer({ min: 0, max: 9 }).map((dice) => dice > 0),
    times: fc.constantFrom(1, 7, 25),
    fate: fc.constantFrom('allow', 'allow', 'approved', 'observed', 'denied'),
  }),
  { minLength: 1, maxLength: 5 },
);

const FATES = {
  allow: {},
  approved: { approval: { state: 'approved' } },
  observed: { decision: 'deny', enforced: false, reason: 'rule', rule: 'x' },
  denied: { decision: 'deny', reason: 'policy_denied', result: 'denied' },
} as const satisfies Record<string, LoggedCall>;

test(
  'over its own log a learned policy denies nothing that was let pass, and it is valid',
  { timeout: 240_000 },
  async () => {
    const folder = folderWith();
    await fc.assert(
      fc.asyncProperty(logs, async (kinds) => {
        const calls = kinds.flatMap(({ tool, server, agent, arguments: given, logged, times, fate }) =>
          many(times, (index): LoggedCall => {
            const args = given[index % given.length] ?? {};
            return { tool, server, agent, args, logged, ...FATES[fate] };
          }),
        );
        writeFileSync(path.join(folder, 'audit.jsonl'), logOf(calls));
        const options = { audit: 'audit.jsonl' };
        const output = { ...options, output: 'learned.yaml', force: true };
        expect(await runCommand(learnCommand, folder, { options: output })).toMatchObject({
          message: '',
          code: 0,
        });
        expect(await runCommand(checkCommand, folder, { args: ['learned.yaml'] })).toMatchObject({ code: 0 });

        const text = readFileSync(path.join(folder, 'learned.yaml'), 'utf8');
        // Every line is one that this writes: no foreign text begins one.
        for (const line of text.split('\n')) expect(line).toMatch(LINE);
        const { policies } = parse(text) as { policies: PolicySource };
        const used = calls.filter(({ decision, enforced }) => decision !== 'deny' || enforced === false);
        expect(policies.rules).toHaveLength(
          new Set(used.map(({ tool, server }) => JSON.stringify([server, tool]))).size,
        );

        const { stdout } = await runCommand(simulateCommand, folder, {
          options: { ...options, policy: 'learned.yaml', json: true },
        });
        const { changes, undecidable } = JSON.parse(stdout) as {
          changes: { from: { decision: string }; to: { decision: string } }[];
          undecidable: number;
        };
        expect(undecidable).toBe(0);
        expect(changes.filter(({ from, to }) => from.decision !== 'deny' && to.decision === 'deny')).toEqual(
          [],
        );
      }),
      { numRuns: 60 },
    );
  },
);

/** Comments and keys, and behind them only printable text. */
const LINE =
  /^(?: *#[^\p{Cc}\p{Cs}\u2028\u2029]*|(?: *(?:- )?(?:version|policies|default|rules|name|match|server|tool|input|action|"\$(?:[^"\\]|\\.)*"):[^\p{Cc}\p{Cs}\u2028\u2029]*)?)$/u;
