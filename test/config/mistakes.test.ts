import { describe, expect, test } from 'vitest';
import { tryLoadConfig } from '../../src/config/load.js';
import { mistakeText } from '../../src/config/mistakes.js';
import { folderWith, mistakesOf, pathsIn } from './check-yaml.js';
import { verifies } from '../requirements.js';

verifies('config:mistakes:all');

describe('mistakes of a file', () => {
  /** [what, text, expected]; a text without `version` gets one as its last line. */
  const rows: readonly (readonly [what: string, text: string, expected: readonly string[]])[] = [
    ['empty', '', ["1:1 : the file is empty (begin it with version: '1')"]],
    ['only a comment', '# nothing', ["1:1 : the file is empty (begin it with version: '1')"]],
    ['a list', '[]', ['1:1 : expected a map of keys such as version and policies']],
    ['no version', 'mode: observe', ["1:1 version: version is missing (begin the file with version: '1')"]],
    ['other version', "version: '2'", ['1:10 version: expected 1, got "2" (did you mean 1?)']],
    ['number as version', 'version: 1', []],
    [
      'two documents',
      "version: '1'\n---\nmode: observe",
      ['2:1 : expected one document, found a second one after ---'],
    ],
    [
      'duplicate key',
      "version: '1'\nmode: observe\nmode: enforce",
      ['3:1 mode: this key stands twice in the same place'],
    ],
    ['misspelt key', "version: '1'\npolicy: {}", ['2:1 policy: unknown key policy (did you mean policies?)']],
    [
      'key in the wrong place',
      "version: '1'\nrules: []",
      ['2:1 rules: unknown key rules (it belongs to policies.rules)'],
    ],
    [
      'camel case',
      "version: '1'\npolicies:\n  hideDenied: true",
      ['3:3 policies.hideDenied: unknown key hideDenied (did you mean hide_denied?)'],
    ],
    [
      'key without value',
      "version: '1'\npolicies:",
      ['2:10 policies: expected a map of keys, got nothing (remove the key, or give it a value)'],
    ],
    [
      'anchors under x-',
      "version: '1'\nx-shared: &shared { hide_denied: true }\npolicies: { <<: *shared, default: deny }",
      [],
    ],
    ['self-containing alias', "version: '1'\nx-a: &a [*a]", ['2:10 x-a[0]: alias *a contains itself']],
    [
      'integer that loses digits',
      "version: '1'\nx-n: 12345678901234567890",
      ['2:6 x-n: this integer loses digits; put it in quotes'],
    ],
    ['not a number', "version: '1'\nx-n: .nan", ['2:6 x-n: expected a finite number']],
    ['key that is a list', "version: '1'\n? [a]\n: 1", ['2:3 : expected a key that is text']],
    ['prototype key', "version: '1'\n__proto__: {}", ['2:1 : the key __proto__ is not allowed']],
    [
      'CRLF and a byte order mark',
      "\uFEFFversion: '1'\r\nmode: no\r\n",
      ['2:7 mode: expected one of enforce, observe, dry_run, got "no"'],
    ],
    [
      'JSON with tabs',
      '{\n\t"version": "1",\n\t"mode": 3\n}',
      ['3:10 mode: expected one of enforce, observe, dry_run, got 3'],
    ],
    [
      'zero duration',
      "version: '1'\nrelay: { request_timeout: 0s }",
      ['2:27 relay.request_timeout: expected a duration above zero and of at most ten years, got "0s"'],
    ],
    [
      'a start of more than an hour',
      "version: '1'\nupstreams: [{ name: a, command: a, start_timeout: 2h }]",
      ['2:51 upstreams[0].start_timeout: expected a duration of at most an hour, got "2h"'],
    ],
    [
      'frame above the bound',
      "version: '1'\nrelay: { max_client_frame: 1GiB }",
      ['2:28 relay.max_client_frame: expected at most 512MiB'],
    ],
    [
      'server with nothing to start',
      "version: '1'\nupstreams: [{ name: a }]",
      ['2:13 upstreams[0]: expected command or url'],
    ],
    [
      'issuer without audience',
      "version: '1'\nidentity: { issuer: https://a.example }",
      ['2:11 identity: issuer needs audience (without it, tokens made for other services would be accepted)'],
    ],
    [
      'budget without contributors',
      "version: '1'\nbudgets: [{ name: a, limit: 1, currency: EUR, window: 1h, contributors: [] }]",
      ['2:73 budgets[0].contributors: expected at least one contributor'],
    ],
  ];
  for (const [what, text, expected] of rows) {
    test(what, () => expect(mistakesOf(text)).toEqual(expected));
  }
});

const TEN = `version: '1'
mod: observe
environment: \${NOPE}
policies:
  default: alow
  rules:
    - name: first
      match: { tool: [1, x], input: { '$.a': { gtt: 3 } } }
      action: block
    - match: { input: { '$.path': { regex: '(' } } }
      action: deny
      limits: { max_calls: 1 }
    - name: last
      match: { tool: 'a*', input: { 'path': { eq: 1 } } }
      action: deny
    - name: last
      match: { tool: b }
      action: deny
`;

test('all mistakes at once, at their lines, whichever part of guard finds them', async () => {
  const folder = folderWith({ 'guard.yaml': TEN });
  const result = await tryLoadConfig({
    cwd: folder,
    env: {},
    paths: pathsIn(folder),
    configFile: 'guard.yaml',
  });
  if (result.ok) throw new Error('expected mistakes');
  expect(result.mistakes.map(({ line, path }) => `${line} ${path}`)).toEqual([
    '2 mod',
    '3 environment',
    '5 policies.default',
    '8 policies.rules[0].match.tool[0]',
    '8 policies.rules[0].match.input["$.a"].gtt',
    '9 policies.rules[0].action',
    '10 policies.rules[1].match.input["$.path"].regex',
    '12 policies.rules[1].limits.max_calls',
    '14 policies.rules[2].match.input.path',
    '16 policies.rules[3].name',
  ]);
});

test('mistakes show in one printable line and never hold a secret', async () => {
  const folder = folderWith({
    'guard.yaml':
      "version: '1'\nmode: ${TOKEN}\npolicies: { rules: [{ match: { input: { '$.a': { regex: '(${TOKEN}' } } }, action: deny }] }",
  });
  const env = { TOKEN: 'very-secret-token' };
  const result = await tryLoadConfig({ cwd: folder, env, paths: pathsIn(folder), configFile: 'guard.yaml' });
  const text = result.ok ? '' : result.mistakes.map(mistakeText).join('\n');
  expect(text).toContain('policies.rules[0].match.input["$.a"].regex');
  expect(text).toContain('mode');
  expect(text).not.toContain('very-secret-token');
});

test('aliases that blow up are refused fast', () => {
  const levels = Array.from(
    { length: 12 },
    (_, level) =>
      `x-${level}: &a${level} [${Array(9)
        .fill(level === 0 ? 'x' : `*a${level - 1}`)
        .join(', ')}]`,
  );
  const started = performance.now();
  expect(mistakesOf(`version: '1'\n${levels.join('\n')}`).join('\n')).toContain(
    'aliases expand to more than 100000 values',
  );
  expect(performance.now() - started).toBeLessThan(2000);
});

test('absurd nesting is a mistake, not a crash', () => {
  expect(mistakesOf(`version: '1'\nx-a: ${'['.repeat(300)}${']'.repeat(300)}`).join('\n')).toContain(
    'nested too deeply',
  );
  expect(mistakesOf(`x: ${'['.repeat(200_000)}`)).not.toEqual([]);
});
