import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BudgetLayer } from '../../src/limits/budget.js';
import { encodeRecord } from '../../src/limits/ledger-record.js';
import { drawsOf } from '../../src/limits/pots.js';
import type { LimitKey, LimitsSource } from '../../src/policy/source.js';
import type { Subject } from '../../src/policy/subject.js';
import { call } from '../policy/support.js';
import { budget, budgetLayer, budgetsOf, counting, drawn, payment, potsOf, shownDraws } from './support.js';
import { verifies } from '../requirements.js';

verifies('limits:pot:identity', 'limits:pot:key', 'limits:session:unresolved');

const CALLS: LimitsSource = { max_calls: 20, window: '1h' };
const SPEND = { field: '$.amount', limit: '500.00', currency: 'EUR', window: '24h' };

function inProject(baseDir: string): string[] {
  return potsOf(call(), CALLS, {}, { layer: 'project', baseDir });
}

describe('what a call draws', () => {
  test.each<[string, LimitsSource, Partial<Subject>, string[]]>([
    ['calls, by tool', CALLS, {}, ['user/few 1 of 20 tool="read_file"']],
    ['one counter for all', { ...CALLS, key: 'global' }, {}, ['user/few 1 of 20']],
    [
      'combined keys, in one order',
      { ...CALLS, key: ['session', 'client', 'agent', 'tool', 'server'] },
      {},
      [
        'user/few 1 of 20 server="files" tool="read_file" agent="support-1" client="claude-code" session="s1"',
      ],
    ],
    [
      'global beside another key adds nothing',
      { ...CALLS, key: ['global', 'server'] },
      {},
      ['user/few 1 of 20 server="files"'],
    ],
    ['nobody is known', { ...CALLS, key: 'agent' }, { agent: undefined }, ['user/few 1 of 20 agent=-']],
    ['an empty name', { ...CALLS, key: 'agent' }, { agent: '' }, ['user/few 1 of 20 agent=""']],
    [
      'a name that poses',
      { ...CALLS, key: ['agent', 'client'] },
      { agent: '- client="x"' },
      ['user/few 1 of 20 agent="- client=\\"x\\"" client="claude-code"'],
    ],
    ['no tool', CALLS, { tool: undefined, method: 'resources/read' }, ['user/few 1 of 20 tool=-']],
    [
      'money',
      { max_spend: SPEND },
      { input: { amount: 12.5 } },
      ['user/few 12.5 of 500 EUR tool="read_file"'],
    ],
    [
      'calls and money',
      { ...CALLS, max_spend: { ...SPEND, key: 'global' } },
      { input: { amount: 0.1 } },
      ['user/few 1 of 20 tool="read_file"', 'user/few 0.1 of 500 EUR'],
    ],
    [
      'no amount',
      { ...CALLS, max_spend: SPEND },
      {},
      ['user/few 1 of 20 tool="read_file"', 'user/few amount_invalid: $.amount is missing'],
    ],
    [
      'no session',
      { ...CALLS, key: ['session', 'tool'] },
      { session: undefined },
      ['user/few session_unresolved: it counts by session, and the session of this call is not known'],
    ],
  ])('%s', (_what, limits, changes, expected) => {
    expect(shownDraws(drawn(call(changes), [counting(limits)]))).toEqual(expected);
  });

  test('draws say how their pots are counted', () => {
    const { draws } = drawn(payment({ amount: 3 }), [counting({ ...CALLS, refund_on_error: true })]);
    expect(draws).toMatchObject([
      { windowMs: 3_600_000, overage: false, budget: null, terms: { kind: 'calls', refundOnError: true } },
    ]);
  });

  test('the limits of all layers that oblige count, and obligations of other kinds do not', () => {
    const { draws } = drawn(call(), [counting(CALLS, { action: 'require_approval', requires: ['login'] })]);
    expect(draws).toHaveLength(1);
  });

  test('a value that is too long to name a pot counts by its digest', () => {
    const [pot = ''] = potsOf(call({ agent: 'x'.repeat(10_000) }), { ...CALLS, key: 'agent' });
    expect(pot).toMatch(/^[0-9a-f]{32} agent=sha256:[0-9a-f]{32}$/);
    for (const agent of ['\u0001'.repeat(22), '日'.repeat(43), '\uD800'.repeat(22)]) {
      expect(potsOf(call({ agent }), { ...CALLS, key: 'agent' })[0]).toMatch(/ agent=sha256:/);
    }
    expect(potsOf(call({ agent: `${'x'.repeat(200)}\uD800` }), { ...CALLS, key: 'agent' })).not.toEqual(
      potsOf(call({ agent: `${'x'.repeat(200)}\uD801` }), { ...CALLS, key: 'agent' }),
    );
    expect(potsOf(call({ agent: pot.slice(39) }), { ...CALLS, key: 'agent' })).not.toEqual([pot]);
  });
});

test('every draw is one that the ledger can record, whatever the names in it are', () => {
  const name = '日'.repeat(42);
  const subject = payment(
    { amount: '9'.repeat(30) },
    { server: name, tool: name, agent: name, client: name, session: name },
  );
  const spend = { ...SPEND, limit: `${'9'.repeat(30)}.${'9'.repeat(30)}`, numeric_strings: true };
  const limits = { key: ['server', 'tool', 'agent', 'client', 'session'] as const, max_spend: spend };
  const { draws } = drawn(subject, [counting(limits, { name: '日'.repeat(256) })]);
  expect(draws).toHaveLength(1);
  expect(encodeRecord({ op: 'reserve', id: 'x', atMs: 0, draws }).kind).toBe('text');
});

describe('a pot is what its rule says, not where the rule stands', () => {
  const one = potsOf(call(), CALLS);

  test.each<[string, string[]]>([
    [
      'another rule above it',
      drawn(call(), [counting(CALLS, { name: 'other', match: { tool: 'x' } }), counting(CALLS)]).draws.map(
        ({ pot }) => pot,
      ),
    ],
    ['the same window in other words', potsOf(call(), { ...CALLS, window: '60m' })],
    ['another match', potsOf(call(), CALLS, { match: { server: '*' } })],
    [
      'another action, feedback and refunds',
      potsOf(
        call(),
        { ...CALLS, refund_on_error: true },
        { action: 'rate_limit', feedback: { message: 'x' } },
      ),
    ],
    ['a key that is its default', potsOf(call(), { ...CALLS, key: ['tool', 'global', 'tool'] })],
    [
      'money beside it',
      potsOf(payment({ amount: 1 }, { tool: 'read_file' }), { ...CALLS, max_spend: SPEND }).slice(0, 1),
    ],
    ['the file in another folder', potsOf(call(), CALLS, {}, { baseDir: '/elsewhere' })],
  ])('%s keeps it', (_what, pots) => expect(pots).toEqual(one));

  test.each<[string, string[]]>([
    ['another limit', potsOf(call(), { ...CALLS, max_calls: 21 })],
    ['another window', potsOf(call(), { ...CALLS, window: '2h' })],
    ['another name', potsOf(call(), CALLS, { name: 'many' })],
    ['another key', potsOf(call(), { ...CALLS, key: 'server' })],
    ['another layer', potsOf(call(), CALLS, {}, { layer: 'system' })],
  ])('%s starts a new one', (_what, pots) => {
    expect(pots).toHaveLength(1);
    expect(pots).not.toEqual(one);
  });

  const spent = (changes: Partial<typeof SPEND>): string[] =>
    potsOf(payment({ amount: 1, total: 1 }), { max_spend: { ...SPEND, ...changes } });

  test('a limit in other digits is the same limit; currency and field are part of the pot', () => {
    expect(spent({ limit: '500' })).toEqual(spent({}));
    expect(spent({ currency: 'USD' })).not.toEqual(spent({}));
    expect(spent({ field: '$.total' })).not.toEqual(spent({}));
  });

  test('rules of two projects never share a pot, whatever they are called', () => {
    expect(inProject('/srv/a')).toEqual(inProject('/srv/a'));
    expect(inProject('/srv/a')).not.toEqual(inProject('/srv/b'));
  });
});

function shownBudgets(subject: Subject, ...layers: readonly BudgetLayer[]): string[] {
  return shownDraws(drawsOf(subject, [], budgetsOf(...layers)));
}

function budgetPot(changes: Parameters<typeof budget>[0]): string | undefined {
  return drawsOf(payment({ amount: 5 }), [], budgetsOf(budgetLayer([budget(changes)]))).draws[0]?.pot;
}

describe('budgets', () => {
  test.each<[string, Parameters<typeof budget>[0], Subject, string[]]>([
    ['a call that contributes', {}, payment({ amount: 5 }), ['user/payments 5 of 100 EUR']],
    ['a call that does not', {}, call(), []],
    ['no amount', {}, payment({}), ['user/payments amount_invalid: $.amount is missing']],
    [
      'the first contributor that matches counts',
      {
        contributors: [
          { match: { tool: 'refund' }, field: '$.refund' },
          { match: { tool: 'p*' }, field: '$.total' },
          { match: { tool: 'pay' }, field: '$.amount' },
        ],
      },
      payment({ amount: 5, total: 2 }),
      ['user/payments 2 of 100 EUR'],
    ],
    [
      'by agent',
      { key: ['agent'] },
      payment({ amount: 5 }),
      ['user/payments 5 of 100 EUR agent="support-1"'],
    ],
    [
      'by session',
      { window: 'session' },
      payment({ amount: 5 }),
      ['user/payments 5 of 100 EUR session="s1"'],
    ],
    [
      'by a session that is not known',
      { window: 'session' },
      payment({ amount: 5 }, { session: undefined }),
      ['user/payments session_unresolved: it counts by session, and the session of this call is not known'],
    ],
    [
      'numeric strings where the contributor says so',
      { contributors: [{ match: { tool: 'pay' }, field: '$.amount', numeric_strings: true }] },
      payment({ amount: '5.50' }),
      ['user/payments 5.5 of 100 EUR'],
    ],
  ])('%s', (_what, changes, subject, expected) => {
    expect(shownBudgets(subject, budgetLayer([budget(changes)]))).toEqual(expected);
  });

  test.each<[string, number | undefined, number | undefined, string]>([
    // Whether $.kind is "card" cannot be told from 7, so both contributors may be meant.
    ['the larger amount stands', 5, 40, '40 of 100 EUR'],
    ['whichever it is', 40, 5, '40 of 100 EUR'],
    ['one that cannot be read stands above all', undefined, 40, 'amount_invalid: $.fee is missing'],
    ['wherever it is', 40, undefined, 'amount_invalid: $.amount is missing'],
  ])('an uncertain contributor is held against what follows: %s', (_what, fee, amount, expected) => {
    const contributors = [
      { match: { tool: 'pay', input: { '$.kind': { glob: 'card*' } } }, field: '$.fee' },
      { match: { tool: 'pay' }, field: '$.amount' },
      { match: { tool: 'pay' }, field: '$.never' },
    ];
    const input = {
      kind: 7,
      ...(fee === undefined ? {} : { fee }),
      ...(amount === undefined ? {} : { amount }),
    };
    expect(shownBudgets(payment(input), budgetLayer([budget({ contributors })]))).toEqual([
      `user/payments ${expected}`,
    ]);
  });

  test('one name in two layers: both count, each by its own name', () => {
    const pots = drawsOf(
      payment({ amount: 5 }),
      [],
      budgetsOf(budgetLayer([budget()]), budgetLayer([budget({ limit: 10 })], { layer: 'project' })),
    );
    expect(shownDraws(pots)).toEqual(['user/payments 5 of 100 EUR', 'project/payments 5 of 10 EUR']);
  });

  test('a further contributor draws on the money that is left', () => {
    const more = [...budget().contributors, { match: { tool: 'wire' }, field: '$.sum' }];
    expect(budgetPot({ contributors: more })).toBe(budgetPot({}));
    expect(budgetPot({ limit: 99 })).not.toBe(budgetPot({}));
  });

  test('the budgets of a layer that observes are drawn only where they are asked for', () => {
    const budgets = budgetsOf(budgetLayer([budget()], { mode: 'observe' }));
    expect(shownDraws(drawsOf(payment({ amount: 5 }), [], budgets))).toEqual([]);
    expect(drawsOf(payment({ amount: 5 }), [], budgets, 'observe').draws).toHaveLength(1);
  });
});

const name = fc.oneof(
  fc.constantFrom(undefined, '', '-', '"', '" agent="', 'a', 'sha256:'),
  fc.string({ maxLength: 100, unit: 'binary' }),
);
const KEYS: readonly LimitKey[] = ['tool', 'server', 'agent', 'client', 'session', 'global'];
const keys = fc.uniqueArray(fc.constantFrom(...KEYS), { minLength: 1 });
const who = fc.record({ tool: name, agent: name, client: name, session: fc.string({ minLength: 1 }) });

test('the same call has the same pots, however the key is written and whatever its arguments are', () => {
  fc.assert(
    fc.property(
      keys,
      fc.array(fc.nat({ max: 100 })),
      who,
      fc.dictionary(fc.string(), fc.integer()),
      (key, order, caller, input) => {
        const shuffled = key
          .map((part, index) => ({ part, at: order[index] ?? 0 }))
          .sort((a, b) => a.at - b.at)
          .map(({ part }) => part);
        const pots = potsOf(call(caller), { ...CALLS, key });
        expect(potsOf(call({ ...caller, input }), { ...CALLS, key: shuffled })).toEqual(pots);
      },
    ),
  );
});

test('two calls share a pot exactly where all parts of its key are equal', () => {
  fc.assert(
    fc.property(keys, who, who, (key, first, second) => {
      const left = potsOf(call(first), { ...CALLS, key });
      const right = potsOf(call(second), { ...CALLS, key });
      const same = key.every(
        (part) => part === 'global' || part === 'server' || first[part] === second[part],
      );
      expect(left[0] === right[0]).toBe(same);
    }),
  );
});

test('limits that differ in anything never share a pot', () => {
  const limits = fc.record({
    max_calls: fc.integer({ min: 1, max: 3 }),
    window: fc.constantFrom('1s', '2s', '1m'),
    key: fc.constantFrom<LimitKey>('tool', 'agent'),
  });
  fc.assert(
    fc.property(limits, limits, (first, second) => {
      const same =
        first.max_calls === second.max_calls && first.window === second.window && first.key === second.key;
      // One value for both keys, so that only the rule can tell the pots apart.
      const subject = call({ tool: 'x', agent: 'x' });
      expect(potsOf(subject, first)[0] === potsOf(subject, second)[0]).toBe(same);
    }),
  );
});
