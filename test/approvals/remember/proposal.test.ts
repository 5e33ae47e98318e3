import { describe, expect, test } from 'vitest';
import {
  dropCondition,
  shownConditions,
  widenCondition,
} from '../../../src/approvals/remember/edit-conditions.js';
import {
  entryOf,
  proposeRemembered,
  scopesOf,
  whyNotRemembered,
} from '../../../src/approvals/remember/proposal.js';
import type { ApprovalRequest } from '../../../src/approvals/request.js';
import type { JsonValue } from '../../../src/platform/json.js';
import { verifies } from '../../requirements.js';
import { answer, request } from './requests.js';

describe('an answer is not offered to be remembered', () => {
  verifies('approval:remember:never');

  test.each<readonly [what: string, changes: Partial<ApprovalRequest>, why: RegExp]>([
    ['where the rule does not allow it', { remember: null }, /the rule does not let/],
    ['for a destructive tool', { destructive: true }, /may destroy/],
    ['for a drifted tool', { standing: 'drifted' }, /has changed/],
    ['for a tool that the server did not list', { standing: 'unlisted' }, /not on the list/],
    ['before the list was seen', { standing: 'unknown' }, /has not told/],
    ['without a definition', { definition: null }, /has not told/],
    ['for a resource', { method: 'resources/read', tool: null, target: 'file:///a' }, /only calls of tools/],
    ['for another method with a tool', { method: 'tasks/get' }, /only calls of tools/],
    [
      'where the arguments are not whole',
      { arguments: null, arguments_complete: false },
      /too large to be shown/,
    ],
    ['where they are no object', { arguments: [1] }, /no object/],
    ['where a secret was taken out', { arguments: { a: ['[redacted:api-key]'] } }, /hold a secret/],
    ['where a part was left out', { arguments: { a: '[omitted:too large]' } }, /hold a secret/],
    ['for a number that was rounded', { arguments: { a: 2 ** 53 } }, /cannot be compared/],
    ['for keys that differ in case only', { arguments: { a: 1, A: 1 } }, /cannot be compared/],
    ['for a key that is too long', { arguments: { ['k'.repeat(2000)]: 1 } }, /cannot be compared/],
    [
      'for many arguments',
      { arguments: Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`k${n}`, n])) },
      /more than 64 arguments/,
    ],
    ['for very long ones', { arguments: { a: 'x'.repeat(70_000) } }, /more than 65536 bytes/],
  ])('%s', (_what, changes, why) => {
    const asked = request(changes);
    expect(whyNotRemembered(asked)).toMatch(why);
    expect(scopesOf(asked)).toEqual([]);
    expect(() => proposeRemembered(asked, 'session')).toThrow(why);
  });
});

describe('the proposal', () => {
  test('is equality of every value, at its own path', () => {
    const asked = request({
      arguments: { path: '/a', options: { 'odd key': [1, { x: null }], deep: { n: 1.5 } }, none: {} },
    });
    expect(proposeRemembered(asked, 'session')).toEqual({
      scope: 'session',
      input: {
        '$.path': { eq: '/a' },
        '$.options["odd key"]': { eq: [1, { x: null }] },
        '$.options.deep.n': { eq: 1.5 },
        '$.none': { eq: {} },
      },
      expires_at: null,
    });
    expect(proposeRemembered(request({ arguments: {} }), 'session').input).toEqual({});
  });

  test('ends with the session, or after thirty days', () => {
    expect(proposeRemembered(request(), 'project').expires_at).toBe('2026-01-31T00:00:00.000Z');
    expect(proposeRemembered(request(), 'user').expires_at).toBe('2026-01-31T00:00:00.000Z');
  });

  test('stays within what the rule allows', () => {
    expect(scopesOf(request())).toEqual(['session', 'project', 'user']);
    expect(scopesOf(request({ remember: 'session' }))).toEqual(['session']);
    expect(() => proposeRemembered(request({ remember: 'session' }), 'project')).toThrow('scope project');
  });

  test('becomes an entry that says where it comes from', () => {
    const asked = request({ arguments: { a: 1 } });
    const made = entryOf(asked, answer(asked, proposeRemembered(asked, 'project')), 'rem_b');
    expect(made).toEqual({
      id: 'rem_b',
      scope: 'project',
      project: '/srv/site',
      server: 'files',
      method: 'tools/call',
      tool: 'write_file',
      target: null,
      input: { '$.a': { eq: 1 } },
      definition: 'sha256:01',
      rules: ['user/writes'],
      approver: 'alice',
      channel: 'terminal',
      created_at: '2026-01-01T00:01:00.000Z',
      expires_at: '2026-01-31T00:00:00.000Z',
      approval_id: asked.id,
      signature: null,
    });
    expect(() => entryOf(asked, answer(asked, null), 'rem_b')).toThrow('not to be remembered');
  });
});

const proposed = (value: JsonValue) => proposeRemembered(request({ arguments: { a: value } }), 'user');

const kinds = (value: JsonValue) => {
  const first = proposed(value);
  const second = widenCondition(first, '$.a');
  const third = widenCondition(second, '$.a');
  return [first, second, third].map(
    ({ input }) => shownConditions(input).map(({ kind, shown }) => `${kind}: ${shown}`)[0],
  );
};

describe('a condition that a person edits', () => {
  test.each<readonly [value: JsonValue, folder: string]>([
    ['/srv/site/a.txt', '/srv/site'],
    ['/srv/site/', '/srv/site'],
    ['C:\\work\\a.txt', 'C:\\work'],
  ])('the path %j is widened to its folder, then to any value', (value, folder) => {
    expect(kinds(value)).toEqual([
      `equals: ${JSON.stringify(value)}`,
      `within folder: ${folder}`,
      'any: any value',
    ]);
  });

  test.each<JsonValue>([
    'a.txt',
    '/etc',
    '/',
    'C:\\x',
    '/srv/../etc/x',
    '/srv/./x',
    '/srv//x',
    'file:///srv/x',
    7,
    null,
    ['/srv/a'],
  ])('the value %j is widened to any value at once', (value) => {
    expect(kinds(value).slice(1)).toEqual(['any: any value', 'any: any value']);
  });

  test('is dropped: the argument may be left out', () => {
    const dropped = dropCondition(proposed(1), '$.a');
    expect(dropped.input).toEqual({ '$.a': { any: [{ exists: true }, { exists: false }] } });
    expect(shownConditions(dropped.input)[0]).toMatchObject({
      kind: 'any or none',
      shown: 'any value or none',
    });
    expect(widenCondition(dropped, '$.a')).toBe(dropped);
  });

  test('must be there', () => {
    const made = proposed(1);
    expect(widenCondition(made, '$.b')).toBe(made);
    expect(dropCondition(made, '$.b')).toBe(made);
  });

  test('is shown without hostile characters, and in full', () => {
    const hostile = '\u202e\u001b[2J';
    const made = proposeRemembered(request({ arguments: { [hostile]: hostile + 'x'.repeat(5000) } }), 'user');
    const [shown] = shownConditions(made.input);
    const text = `${shown?.shownPath}${shown?.shown}`;
    expect(['\u202e', '\u001b'].filter((character) => text.includes(character))).toEqual([]);
    expect(shown?.shown).toContain('x'.repeat(5000));
    expect(widenCondition(made, shown?.path ?? '').input).toEqual({ [shown?.path ?? '']: { exists: true } });
  });

  test('in the words of a rule is shown as it is', () => {
    expect(shownConditions({ '$.n': { gte: 1, lt: 5 }, '$.p': { path_within: ['/a', '/b'] } })).toEqual([
      { path: '$.n', shownPath: '$.n', kind: 'other', shown: '{"gte":1,"lt":5}' },
      { path: '$.p', shownPath: '$.p', kind: 'other', shown: '{"path_within":["/a","/b"]}' },
    ]);
  });
});
