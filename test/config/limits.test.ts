import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { tryLoadConfig, type LoadResult } from '../../src/config/load.js';
import { drawsOf } from '../../src/limits/pots.js';
import { decimalText } from '../../src/platform/decimal.js';
import { evaluate } from '../../src/policy/evaluate.js';
import { payment, shownDraws } from '../limits/support.js';
import { folderWith, pathsIn } from './check-yaml.js';
import { verifies } from '../requirements.js';

verifies('limits:config:mistakes');

async function load(files: Readonly<Record<string, string>>): Promise<LoadResult> {
  const folder = folderWith({ 'project/keep': '', ...files });
  return tryLoadConfig({ cwd: path.join(folder, 'project'), env: {}, paths: pathsIn(folder) });
}

/** The mistakes of a user's file as `line path: message`. */
async function mistakesOf(text: string): Promise<string[]> {
  const result = await load({ 'user/guard.yaml': text });
  const found = result.ok ? [] : result.mistakes.map((one) => `${one.line} ${one.path}: ${one.message}`);
  // A number that YAML cannot hold is refused, and then missing.
  return found.filter((one) => !one.endsWith('got nothing'));
}

function rule(limits: string, action = 'allow'): string {
  return `version: '1'
policies:
  rules:
    - name: few
      match: { tool: pay }
      action: ${action}
      limits: ${limits}
`;
}

function budget(rest: string): string {
  return `version: '1'
budgets:
  - name: payments
    currency: EUR
    contributors: [{ match: { tool: pay }, field: $.amount }]
    ${rest}
`;
}

const LIMITS = 'policies.rules[0].limits';
const DECIMAL = `expected a decimal number such as 100 or '0.10'`;
const DIGITS = 'expected at most 30 digits before and behind the decimal point';
const DURATION = 'expected a duration above zero and of at most ten years';

describe('limits of a rule that mean nothing', () => {
  test.each<[string, string[]]>([
    ['{ max_calls: 5 }', [`7 ${LIMITS}.max_calls: max_calls needs limits.window, such as window: 1h`]],
    ['{ max_calls: 0, window: 1h }', [`7 ${LIMITS}.max_calls: expected a whole number from 1, got 0`]],
    ['{ max_calls: 1.5, window: 1h }', [`7 ${LIMITS}.max_calls: expected a whole number, got 1.5`]],
    ['{ max_calls: 5, window: 0s }', [`7 ${LIMITS}.window: ${DURATION}, got "0s"`]],
    ['{ max_calls: 5, window: 0 }', [`7 ${LIMITS}.window: expected text, got 0`]],
    ['{ max_calls: 5, window: 4000d }', [`7 ${LIMITS}.window: ${DURATION}, got "4000d"`]],
    [
      '{ window: 1h, key: agent }',
      [`7 ${LIMITS}: limits needs max_calls or max_spend: without them nothing is counted`],
    ],
    [
      '{ refund_on_error: true }',
      [`7 ${LIMITS}: limits needs max_calls or max_spend: without them nothing is counted`],
    ],
    [
      '{ max_calls: 5, window: 1h, key: user }',
      [`7 ${LIMITS}.key: expected one of tool, server, agent, client, session, global, got "user"`],
    ],
    [
      '{ max_calls: 5, window: 1h, key: [] }',
      [`7 ${LIMITS}.key: the list is empty, so it can match nothing`],
    ],
  ])('%s', async (limits, expected) => expect(await mistakesOf(rule(limits))).toEqual(expected));
});

describe('money of a rule that means nothing', () => {
  test.each<[string, string, string]>([
    ['limit: 1e400', 'limit', 'expected a finite number'],
    ['limit: -5', 'limit', 'expected a limit of zero or more'],
    ["limit: '-0.01'", 'limit', 'expected a limit of zero or more'],
    ['limit: 1e300', 'limit', 'this integer loses digits; put it in quotes'],
    ['limit: 1e-31', 'limit', DIGITS],
    ["limit: '1e400'", 'limit', DECIMAL],
    ["limit: '12 EUR'", 'limit', DECIMAL],
    [`limit: '${'9'.repeat(31)}'`, 'limit', DECIMAL],
    ['limit: 5, field: amount', 'field', 'an argument path begins with "$", such as $.amount'],
    ['limit: 5, currency: euro', 'currency', 'expected a currency code of three capital letters'],
    ['limit: 5, window: 0m', 'window', DURATION],
    ["limit: 5, numeric_strings: 'yes'", 'numeric_strings', 'expected true or false'],
  ])('%s', async (spend, key, message) => {
    const given = ['field: $.amount', 'currency: EUR', 'window: 1h'].filter(
      (one) => !spend.includes(one.slice(0, one.indexOf(':'))),
    );
    const [first, ...more] = await mistakesOf(rule(`{ max_spend: { ${[spend, ...given].join(', ')} } }`));
    expect(first?.startsWith(`7 ${LIMITS}.max_spend.${key}: ${message}`), first).toBe(true);
    expect(more).toEqual([]);
  });

  test('a window is missing, here and there', async () => {
    expect(await mistakesOf(rule('{ max_spend: { field: $.a, limit: 5, currency: EUR } }'))).toEqual([
      `7 ${LIMITS}.max_spend: max_spend needs a window, such as window: 24h`,
    ]);
    expect(
      await mistakesOf(rule('{ window: 1h, max_spend: { field: $.a, limit: 0, currency: EUR } }')),
    ).toEqual([]);
  });
});

describe('budgets that mean nothing', () => {
  test.each<[string, string]>([
    ['limit: 0', '6 budgets[0].limit: expected a limit above zero'],
    ["limit: '0.00'", '6 budgets[0].limit: expected a limit above zero'],
    ['limit: -1', '6 budgets[0].limit: expected a limit of zero or more'],
    ['limit: 1e-31', `6 budgets[0].limit: ${DIGITS}`],
    ['limit: 1e400', '6 budgets[0].limit: expected a finite number'],
  ])('%s', async (rest, expected) => {
    const [first, ...more] = await mistakesOf(budget(`${rest}\n    window: 1h`));
    expect(first?.startsWith(expected), first).toBe(true);
    expect(more).toEqual([]);
  });

  test.each<[string, string]>([
    ['window: 0s', `7 budgets[0].window: ${DURATION}`],
    ['window: day', '7 budgets[0].window: expected'],
    ['window: session\n    key: agent', '7 budgets[0].window: window: session needs key: session'],
    ['window: 1h\n    key: user', '8 budgets[0].key: expected one of tool, server'],
    ['window: 1h\n    approval: {}', '8 budgets[0].approval: approval needs on_exceed: require_approval'],
    ['window: 1h\n    refund: true', '8 budgets[0].refund: unknown key refund'],
  ])('%s', async (rest, expected) => {
    const [first, ...more] = await mistakesOf(budget(`limit: 5\n    ${rest}`));
    expect(first?.startsWith(expected), first).toBe(true);
    expect(more).toEqual([]);
  });

  test('two of one name in one file, and what stands in contributors', async () => {
    const text = `version: '1'
budgets:
  - name: payments
    limit: 5
    currency: EUR
    window: 1h
    contributors:
      - { match: { tool: [a, b] }, field: $.a }
      - { match: { input: { amount: { gt: 1 } } }, field: amount }
      - { match: { input: { $.a: { regex: '(' } } }, field: $.a }
  - name: payments
    limit: 6
    currency: EUR
    window: 1h
    contributors: [{ match: { environment: prod }, field: $.a }]
`;
    const found = await mistakesOf(text);
    expect(found.map((one) => one.slice(0, 70))).toEqual([
      expect.stringMatching(/^9 budgets\[0\]\.contributors\[1\]\.match\.input\.amount: an argument path/),
      expect.stringMatching(/^9 budgets\[0\]\.contributors\[1\]\.field: an argument path/),
      expect.stringMatching(
        /^10 budgets\[0\]\.contributors\[2\]\.match\.input\["\$\.a"\]\.regex: |^10 budgets\[0\]\.contributors\[2\]\.match\.input\.\$\.a\.regex: /,
      ),
      '11 budgets[1].name: the name payments is taken: a budget above has it ',
      expect.stringMatching(/^15 budgets\[1\]\.contributors\[0\]\.match\.environment: /),
    ]);
  });

  test('too many budgets, too many contributors', async () => {
    const one = '{ match: { tool: a }, field: $.a }';
    const many = (count: number, contributors: number): string =>
      `version: '1'\nbudgets:\n${Array.from(
        { length: count },
        (_, index) =>
          `  - { name: b${index}, limit: 1, currency: EUR, window: 1h, contributors: [${Array(contributors).fill(one).join(', ')}] }\n`,
      ).join('')}`;
    expect(await mistakesOf(many(256, 1))).toEqual([]);
    expect(await mistakesOf(many(257, 1))).toEqual(['3 budgets: more than 256 budgets']);
    expect(await mistakesOf(many(1, 257))).toEqual(['3 budgets[0].contributors: more than 256 contributors']);
  });
});

describe('limits and budgets that hold', () => {
  test('the default key of a pot by session is the session', async () => {
    const result = await load({ 'user/guard.yaml': budget('limit: 5\n    window: session') });
    if (!result.ok) throw new Error('no mistakes expected');
    expect(result.config.budgets.list[0]?.terms).toMatchObject({ windowMs: null, keys: ['session'] });
  });

  test('rules and budgets of all layers are drawn on, expressions and environments included', async () => {
    const contributors =
      "[{ match: { tool: pay, environment: prod, input: { $.to: { regex: '^acct_' } } }, field: $.amount }]";
    const result = await load({
      'user/guard.yaml': `version: '1'
environment: prod
policies:
  rules:
    - { name: pays, match: { tool: pay }, action: spend_limit, limits: { window: 1d, key: global, max_spend: { field: $.amount, limit: '0.30', currency: EUR } } }
budgets:
  - { name: payments, limit: '500.00', currency: EUR, window: 24h, contributors: ${contributors} }
`,
      'project/guard.yaml': `version: '1'
budgets:
  - { name: payments, limit: 50, currency: EUR, window: 24h, key: client, contributors: ${contributors} }
`,
      'etc/guard.yaml': `version: '1'
mode: observe
environment: prod
budgets:
  - { name: payments, limit: 1, currency: EUR, window: 24h, contributors: ${contributors} }
`,
    });
    if (!result.ok) throw new Error(JSON.stringify(result.mistakes));
    const { policy, budgets } = result.config;
    const subject = payment({ amount: 0.1, to: 'acct_1' });
    expect(shownDraws(drawsOf(subject, evaluate(policy, subject).obligations, budgets))).toEqual([
      'user/pays 0.1 of 0.3 EUR',
      'user/payments 0.1 of 500 EUR',
      'project/payments 0.1 of 50 EUR client="claude-code"',
    ]);
    expect(drawsOf(subject, [], budgets, 'observe').draws.map(({ limit }) => decimalText(limit))).toEqual([
      '1',
    ]);
  });
});
