import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { TEST_SCHEMA_FILE, testJsonSchema } from '../../scripts/schemas.js';
import { readPolicyTests } from '../../src/config/policy-tests.js';
import { ROOT } from '../support/source-files.js';
import { folderWith } from './check-yaml.js';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

const PAGE = readFileSync(path.join(ROOT, 'docs/policy-workflow.md'), 'utf8');

test('the committed schema of test files is what `npm run schemas` writes', () => {
  expect(readFileSync(TEST_SCHEMA_FILE, 'utf8')).toBe(testJsonSchema());
});

test('the test file of docs/policy-workflow.md is one, and every key stands in the page', () => {
  const [, text = ''] = /^```yaml\n(# yaml-language-server.*?)^```$/ms.exec(PAGE) ?? [];
  const file = path.join(folderWith({ 'a.yaml': text }), 'a.yaml');
  expect(readPolicyTests(file).tests).toHaveLength(2);
  const { properties } = JSON.parse(testJsonSchema()) as Schema;
  const test = properties?.['tests']?.items?.properties;
  const step = test?.['steps']?.items?.properties;
  const keys = [properties, test, step, test?.['call']?.properties].flatMap((map) => Object.keys(map ?? {}));
  expect(keys).toEqual(expect.arrayContaining(['policy', 'evidence', 'approved', 'standing']));
  const documented = keys.filter((key) => PAGE.includes(key));
  expect(documented).toEqual(keys);
});

test('steps have times from the start, and members from the defaults', () => {
  const text = `environment: prod
defaults: { server: shop, agent: a }
tests:
  - name: a
    steps:
      - { at: 10s, call: { tool: x }, expect: allow }
      - { after: 500ms, call: { tool: x, agent: b }, times: 3, approved: false, result: error, expect: { rule: r } }
  - { name: b, environment: dev, evidence: [e], call: { tool: y }, expect: deny }
`;
  const file = path.join(folderWith({ 'a.yaml': text }), 'a.yaml');
  expect(readPolicyTests(file)).toEqual({
    path: file,
    policy: undefined,
    tests: [
      {
        name: 'a',
        line: 4,
        environment: 'prod',
        evidence: [],
        steps: [
          {
            call: { server: 'shop', agent: 'a', tool: 'x' },
            atMs: 10_000,
            times: 1,
            approved: true,
            result: 'ok',
            expect: { decision: 'allow' },
          },
          {
            call: { server: 'shop', agent: 'b', tool: 'x' },
            atMs: 10_500,
            times: 3,
            approved: false,
            result: 'error',
            expect: { rule: 'r' },
          },
        ],
      },
      {
        name: 'b',
        line: 8,
        environment: 'dev',
        evidence: ['e'],
        steps: [
          {
            call: { server: 'shop', agent: 'a', tool: 'y' },
            atMs: 0,
            times: 1,
            approved: true,
            result: 'ok',
            expect: { decision: 'deny' },
          },
        ],
      },
    ],
  });
});
