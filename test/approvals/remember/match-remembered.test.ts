import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RememberedEntry } from '../../../src/approvals/remember/entry.js';
import { coversCall, isExpired } from '../../../src/approvals/remember/match-remembered.js';
import { entryOf, proposeRemembered, whyNotRemembered } from '../../../src/approvals/remember/proposal.js';
import type { JsonObject, JsonValue } from '../../../src/platform/json.js';
import { ports } from '../../policy/support.js';
import { verifies } from '../../requirements.js';
import { answer, callOf, entry, request } from './requests.js';

const nowMs = Date.parse('2026-01-02T00:00:00.000Z');
const context = { nowMs, ports };
const calls = (input: JsonObject) => callOf(request(), { arguments: input });
const withInput = (input: RememberedEntry['input']) => entry({ input });
const until = (expires_at: string | null) => coversCall(entry({ expires_at }), callOf(request()), context);

describe('an entry covers the call that it was made from', () => {
  verifies('approval:remember:narrow');

  test('and the same call in another session', () => {
    expect(coversCall(entry(), callOf(request()), context)).toBe(true);
  });

  const changes: readonly (readonly [what: string, change: Parameters<typeof callOf>[1]])[] = [
    ['another server', { server: 'files2' }],
    ['another method', { method: 'resources/read' }],
    ['another tool', { tool: 'write_file2' }],
    ['no tool', { tool: null }],
    ['a target', { target: 'file:///a' }],
    ['another definition', { definition: 'sha256:02' }],
    ['an unseen definition', { definition: null }],
    ['a further rule that asks', { rules: ['user/writes', 'project/all'] }],
    ['the same rule of another layer', { rules: ['project/writes'] }],
    ['no rule that asks', { rules: [] }],
    ['a destructive tool', { destructive: true }],
    ['a drifted tool', { standing: 'drifted' }],
    ['an unlisted tool', { standing: 'unlisted' }],
    ['an unknown tool', { standing: 'unknown' }],
    ['another value', { arguments: { path: '/srv/site/a.txt', content: 'hello ' } }],
    ['another argument', { arguments: { path: '/srv/site/a.txt', content: 'hello', mode: 7 } }],
    ['an argument less', { arguments: { path: '/srv/site/a.txt' } }],
    [
      'a key in another case',
      { arguments: { path: '/srv/site/a.txt', content: 'hello', Path: '/etc/passwd' } },
    ],
    ['a value of another type', { arguments: { path: ['/srv/site/a.txt'], content: 'hello' } }],
  ];
  test.each(changes)('but not %s', (_what, change) => {
    expect(coversCall(entry(), callOf(request(), change), context)).toBe(false);
  });

  test('names are compared, never globbed', () => {
    for (const changed of [{ server: '*' }, { tool: '*' }, { tool: 'write_*' }, { rules: ['user/*'] }]) {
      expect(coversCall(entry(changed), callOf(request()), context)).toBe(false);
    }
  });

  test('in its project, and not in another', () => {
    const own = entry({ scope: 'project', project: '/srv/site' });
    expect(coversCall(own, callOf(request()), context)).toBe(true);
    expect(coversCall(own, callOf(request(), { project: '/srv/site2' }), context)).toBe(false);
    expect(coversCall(own, callOf(request(), { project: '/srv/site/sub' }), context)).toBe(false);
    expect(coversCall({ ...own, project: null }, callOf(request()), context)).toBe(false);
  });

  test('until it expires', () => {
    expect(until(null)).toBe(true);
    expect(until('2026-01-02T00:00:00.001Z')).toBe(true);
    expect(until('2026-01-02T00:00:00.000Z')).toBe(false);
    expect(until('2025-01-01T00:00:00.000Z')).toBe(false);
    expect(until('whenever')).toBe(false);
    expect(isExpired(entry({ expires_at: 'whenever' }), nowMs)).toBe(true);
  });
});

describe('conditions', () => {
  verifies('approval:remember:uncertain');

  test.each<readonly [what: string, input: RememberedEntry['input'], args: JsonObject, expected: boolean]>([
    ['none cover a call without arguments', {}, {}, true],
    ['none cover no argument', {}, { a: 1 }, false],
    ['any value must be there', { '$.a': { exists: true } }, {}, false],
    ['any value may be anything', { '$.a': { exists: true } }, { a: { b: [1] } }, true],
    ['any or none may be left out', { '$.a': { any: [{ exists: true }, { exists: false }] } }, {}, true],
    [
      'a folder covers what is in it',
      { '$.path': { path_within: '/srv/site' } },
      { path: '/srv/site/x/y' },
      true,
    ],
    [
      'a folder covers relative paths in it',
      { '$.path': { path_within: '/srv/site' } },
      { path: 'x/y' },
      true,
    ],
    [
      'a folder ends at its name',
      { '$.path': { path_within: '/srv/site' } },
      { path: '/srv/site2/x' },
      false,
    ],
    [
      'a folder is not left by dots',
      { '$.path': { path_within: '/srv/site' } },
      { path: '/srv/site/../x' },
      false,
    ],
    [
      'a folder is not left by a link',
      { '$.path': { path_within: '/srv/site' } },
      { path: '/srv/site/out/x' },
      false,
    ],
    ['a folder and no path are uncertain', { '$.path': { path_within: '/srv/site' } }, { path: 7 }, false],
    [
      'a folder and a lost path are uncertain',
      { '$.path': { path_within: '/srv/site' } },
      { path: 'lost/x' },
      false,
    ],
    ['not, on something uncertain', { '$.path': { not: { path_within: '/etc' } } }, { path: 7 }, false],
    ['a number that may be meant as text', { '$.n': { eq: 100 } }, { n: '100' }, false],
    ['a rounded number', { '$.n': { eq: 2 ** 60 } }, { n: 2 ** 60 }, false],
    ['a condition above covers what is below', { '$.a': { eq: { b: 1 } } }, { a: { b: 1 } }, true],
    ['a condition below covers no sibling', { '$.a.b': { eq: 1 } }, { a: { b: 1, c: 2 } }, false],
    ['a condition on elements covers no list', { '$.a[*]': { eq: 1 } }, { a: [1] }, false],
    ['a condition on one element covers no list', { '$.a[0]': { eq: 1 } }, { a: [1] }, false],
    ['a quoted path is the same path', { '$["a"]': { eq: 1 } }, { a: 1 }, true],
    ['an empty object is a value', { '$.b': { eq: 1 } }, { b: 1, a: {} }, false],
    ['an unknown word is no condition that holds', { '$.a': { equals: 1 } }, { a: 2 }, false],
    ['an unknown word inside', { '$.a': { not: { equals: 1 } } }, { a: 2 }, false],
    ['an unknown word beside a known one', { '$.a': { eq: 1, note: 'x' } }, { a: 1 }, false],
    ['an empty condition', { '$.a': {} }, { a: 1 }, false],
    ['an empty alternative', { '$.a': { any: [] } }, { a: 1 }, false],
    ['a condition that is none', { '$.a': true }, { a: 1 }, false],
    ['operands of odd types', { '$.a': { in: 1 } }, { a: 1 }, false],
    ['a path that is none', { a: { exists: true } }, { a: 1 }, false],
    ['a broken expression', { '$.a': { regex: '(' } }, { a: '(' }, false],
    ['the words of a rule', { '$.n': { gte: 1, lt: 5 } }, { n: 4.5 }, true],
  ])('%s', (_what, input, args, expected) => {
    expect(coversCall(withInput(input), calls(args), context)).toBe(expected);
  });

  test('more than the bound cover nothing', () => {
    const many = Array.from({ length: 65 }, (_, index) => `$.a${index}`);
    const free = { any: [{ exists: true }, { exists: false }] };
    const of = (paths: readonly string[]) => withInput(Object.fromEntries(paths.map((path) => [path, free])));
    expect(coversCall(of(many.slice(1)), calls({ a1: 1 }), context)).toBe(true);
    expect(coversCall(of(many), calls({ a1: 1 }), context)).toBe(false);
  });

  test('a port that throws covers nothing', () => {
    const broken = {
      ...ports,
      canonicalPath: () => {
        throw new Error('broken');
      },
    };
    const folder = withInput({ '$.path': { path_within: '/srv' } });
    expect(coversCall(folder, calls({ path: '/srv/a' }), { nowMs, ports: broken })).toBe(false);
  });
});

/** Objects as they come through JSON; keys from a small set, so that two of them often differ little. */
const value: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<JsonValue>(null, true, 0, 1, -1.5, '', 'a', '1', 'true', '/srv/site/x', 'é', '\u202e'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'A', 'a b', '', '0', "'", '"', '\u2028'), tie('value'), {
      maxKeys: 3,
    }),
  ),
})).value;
const argumentsOf = fc
  .dictionary(fc.constantFrom('a', 'b', 'c', 'x.y', '$', '[0]', 'constructor'), value, { maxKeys: 4 })
  .map((made) => JSON.parse(JSON.stringify(made)) as JsonObject);

describe('for any arguments', () => {
  verifies('approval:remember:narrow');

  test('what is proposed covers its own call, and no call with other arguments', () => {
    let offered = 0;
    fc.assert(
      fc.property(argumentsOf, argumentsOf, (own, other) => {
        const asked = request({ arguments: own });
        if (whyNotRemembered(asked) !== null) return;
        offered += 1;
        const made = entryOf(asked, answer(asked, proposeRemembered(asked, 'user')), 'rem_a');
        expect(coversCall(made, calls(own), context)).toBe(true);
        const isSame = JSON.stringify(sorted(own)) === JSON.stringify(sorted(other));
        expect(coversCall(made, calls(other), context)).toBe(isSame);
      }),
      { numRuns: 500 },
    );
    expect(offered).toBeGreaterThan(100);
  });

  test('one member added, removed or changed anywhere is not covered', () => {
    fc.assert(
      fc.property(argumentsOf, fc.nat(), fc.constantFrom('add', 'remove', 'change'), (own, at, how) => {
        const asked = request({ arguments: own });
        if (whyNotRemembered(asked) !== null) return;
        const made = entryOf(asked, answer(asked, proposeRemembered(asked, 'user')), 'rem_a');
        const changed = JSON.parse(JSON.stringify(own)) as JsonObject;
        const objects = objectsIn(changed);
        const object = objects[at % objects.length] ?? changed;
        const key = Object.keys(object)[at % 3];
        if (how === 'add' || key === undefined) object['added'] = null;
        else if (how === 'remove') delete object[key];
        else object[key] = { other: 1 };
        const isSame = JSON.stringify(sorted(own)) === JSON.stringify(sorted(changed));
        expect(coversCall(made, calls(changed), context)).toBe(isSame);
      }),
      { numRuns: 500 },
    );
  });

  test('no condition, however odd, makes matching throw', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), value),
        fc.dictionary(fc.constantFrom('$.a', '$.b', '$'), value),
        argumentsOf,
        (odd, input, own) => {
          const found = coversCall(withInput({ ...odd, ...input }), calls(own), context);
          expect(found).toBeTypeOf('boolean');
        },
      ),
    );
  });
});

function sorted(given: JsonValue): JsonValue {
  if (Array.isArray(given)) return given.map(sorted);
  if (typeof given !== 'object' || given === null) return given;
  const keys = Object.keys(given).toSorted();
  // Not the list alone: an empty object is no empty list.
  return { members: keys.map((key) => [key, sorted(given[key] as JsonValue)]) };
}

function objectsIn(given: JsonValue): JsonObject[] {
  if (Array.isArray(given)) return given.flatMap(objectsIn);
  if (typeof given !== 'object' || given === null) return [];
  return [given, ...Object.values(given).flatMap(objectsIn)];
}
