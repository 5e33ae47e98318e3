import { expect, test } from 'vitest';
import { broken, compare } from './compare.js';
import type { ScenarioResult } from './suite.js';

function result(scenario: string, failed: number, required = true): ScenarioResult {
  return { scenario, passed: 3 - failed, failed, required, troubles: failed === 0 ? [] : ['failure x: why'] };
}

test('a required scenario that passes directly and not behind the target is lost', () => {
  const rows = compare([result('a', 0), result('b', 0)], [result('a', 0), result('b', 1)]);
  expect(rows.map(({ scenario, outcome }) => [scenario, outcome])).toEqual([
    ['a', 'same'],
    ['b', 'lost'],
  ]);
  expect(rows[1]).toMatchObject({ direct: '3/0', target: '2/1', troubles: ['failure x: why'] });
});

test('a scenario that did not run behind the target is lost', () => {
  expect(compare([result('a', 0)], [])).toMatchObject([{ outcome: 'lost', target: 'did not run' }]);
});

test('what the target may miss, what is not scored, and what the fixture misses itself do not count', () => {
  const direct = [result('may', 0), result('extra', 0, false), result('tasks', 2, false)];
  const behind = direct.map(({ scenario, required }) => result(scenario, 1, required));
  expect(compare(direct, behind, { allowed: ['may'] }).map(({ outcome }) => outcome)).toEqual([
    'allowed',
    'unscored',
    'neither',
  ]);
});

test('an unscored scenario counts where it is asked for', () => {
  const rows = compare([result('extra', 0, false)], [result('extra', 1, false)], { also: ['extra'] });
  expect(rows).toMatchObject([{ outcome: 'lost' }]);
});

test('a fixture that fails what it must pass is no yardstick', () => {
  expect(broken([result('a', 0), result('b', 1), result('c', 1, false)])).toMatchObject([{ scenario: 'b' }]);
});
