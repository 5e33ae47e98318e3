import path from 'node:path';
import { expect, test } from 'vitest';
import { tryLoadConfig, type LoadResult } from '../../src/config/load.js';
import { givenBy } from '../../src/limits/evidence.js';
import { call } from '../policy/support.js';
import { folderWith, pathsIn } from './check-yaml.js';

async function load(files: Readonly<Record<string, string>>): Promise<LoadResult> {
  const folder = folderWith({ 'project/keep': '', ...files });
  return tryLoadConfig({ cwd: path.join(folder, 'project'), env: {}, paths: pathsIn(folder) });
}

async function mistakesOf(evidence: string, requires = '[tests]'): Promise<string[]> {
  const text = `version: '1'
policies:
  rules: [{ match: { tool: deploy }, action: allow, requires_evidence: ${requires} }]
evidence:
  ${evidence}
`;
  const result = await load({ 'user/guard.yaml': text });
  return result.ok ? [] : result.mistakes.map((one) => `${one.line} ${one.path}: ${one.message}`);
}

const TESTS = '{ name: tests, match: { tool: run }, ttl: 30m }';

test.each<[string, string]>([
  ['- { name: tests, match: { tool: run }, ttl: 0m }', '5 evidence[0].ttl: expected a duration'],
  ['- { name: tests, match: { tool: run } }', '5 evidence[0].ttl: '],
  ['- { name: my tests, match: {}, ttl: 1m }', '5 evidence[0].name: expected 1 to 64 letters'],
  [`- ${TESTS}\n  - ${TESTS}`, '6 evidence[1].name: the name tests is taken'],
  ['- { name: tests, match: { environment: prod }, ttl: 1m }', '5 evidence[0].match.environment: '],
  ["- { name: tests, match: { input: { $.a: { regex: '(' } } }, ttl: 1m }", '5 evidence[0].match.input'],
])('%s', async (evidence, expected) => {
  const [first, ...more] = await mistakesOf(evidence);
  expect(first?.startsWith(expected), first).toBe(true);
  expect(more).toEqual([]);
});

test('a rule requires evidence by names', async () => {
  expect(await mistakesOf(`- ${TESTS}`)).toEqual([]);
  const [first] = await mistakesOf(`- ${TESTS}`, "['my tests']");
  expect(first).toContain('3 policies.rules[0].requires_evidence[0]: expected 1 to 64 letters');
});

test('too many pieces of evidence', async () => {
  const many = Array.from({ length: 257 }, (_, index) => `- ${TESTS.replace('tests', `t${index}`)}`);
  expect(await mistakesOf(many.join('\n  '))).toEqual([expect.stringContaining('more than 256')]);
});

test('every layer tells of its own, the expressions of its matches included', async () => {
  const evidence = `version: '1'
evidence: [{ name: tests, match: { tool: run, input: { $.suite: { regex: '^all$' } } }, ttl: 30m }]
`;
  const result = await load({ 'user/guard.yaml': evidence, 'project/guard.yaml': evidence });
  if (!result.ok) throw new Error(JSON.stringify(result.mistakes));
  const given = givenBy(call({ tool: 'run', input: { suite: 'all' } }), result.config.evidence);
  expect(given.map(({ ttlMs }) => ttlMs)).toEqual([1_800_000, 1_800_000]);
  expect(given.map(({ key }) => key.replace(/:.*? /, ':… '))).toEqual([
    'evidence user tests',
    'evidence project:… tests',
  ]);
  expect(givenBy(call({ tool: 'run', input: { suite: 'one' } }), result.config.evidence)).toEqual([]);
});
