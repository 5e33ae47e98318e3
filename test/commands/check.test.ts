import { chmodSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkCommand } from '../../src/commands/check-options.js';
import { folderWith } from '../config/check-yaml.js';
import { runCommand } from './check-run.js';

const RULE = "version: '1'\npolicies: { rules: [{ name: no-a, match: { tool: a }, action: deny }] }\n";

test('ok: the layers and their rules', async () => {
  const folder = folderWith({ 'guard.yaml': RULE, 'xdg/guard/guard.yaml': RULE });
  const { code, stdout } = await runCommand(checkCommand, folder);
  expect(code).toBe(0);
  expect(stdout).toBe(
    `user    enforce  1 rule  ${folder}/xdg/guard/guard.yaml\nproject enforce  1 rule  ${folder}/guard.yaml\nok\n`,
  );
});

test('mistakes of all layers, each with its place', async () => {
  const folder = folderWith({
    'guard.yaml': "version: '1'\nmod: x",
    'xdg/guard/guard.json': '{"version": "1", "log": 3}',
  });
  const { code, stdout } = await runCommand(checkCommand, folder);
  expect(code).toBe(1);
  expect(stdout.split('\n')).toEqual([
    `${folder}/xdg/guard/guard.json:1:25  log  expected a map of keys, got 3`,
    `${folder}/guard.yaml:2:1  mod  unknown key mod (did you mean mode?)`,
    '2 mistakes',
    '',
  ]);
});

test('as JSON', async () => {
  const folder = folderWith({ 'guard.yaml': "version: '1'\nmod: x" });
  const { code, stdout } = await runCommand(checkCommand, folder, { options: { json: true } });
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: false,
    mistakes: [
      {
        file: `${folder}/guard.yaml`,
        line: 2,
        column: 1,
        path: 'mod',
        message: 'unknown key mod',
        hint: 'did you mean mode?',
      },
    ],
  });
});

test('one file by itself: the project reads no variables, another file does', async () => {
  const text = "version: '1'\nenvironment: ${STAGE}\npolicies: { default: deny }";
  const folder = folderWith({ 'guard.yaml': text, 'other.yaml': text, 'xdg/guard/guard.yaml': 'broken: [' });
  const env = { STAGE: 'prod' };
  expect((await runCommand(checkCommand, folder, { args: ['guard.yaml'] }, env)).stdout).toContain(
    'not read in a project file',
  );
  expect(await runCommand(checkCommand, folder, { args: ['other.yaml'] }, env)).toMatchObject({ code: 0 });
});

test('files that cannot be read end with 2', async () => {
  const folder = folderWith({ 'dir.yaml/x': '' });
  expect(await runCommand(checkCommand, folder, { args: ['none.yaml'] })).toMatchObject({
    code: 2,
    error: 'config-not-found',
  });
  expect(await runCommand(checkCommand, folder, { args: ['dir.yaml'] })).toMatchObject({
    code: 2,
    error: 'config-invalid',
  });
});

test.skipIf(process.platform === 'win32')('a file that guard would not start with is warned of', async () => {
  const folder = folderWith({ 'mine.yaml': RULE });
  chmodSync(`${folder}/mine.yaml`, 0o666);
  const { code, stdout } = await runCommand(checkCommand, folder, { args: ['mine.yaml'] });
  expect(code).toBe(0);
  expect(stdout).toContain('guard will not start with this file');
});

test('what is allowed but hardly meant is warned of', async () => {
  const project = `version: '1'
mode: observe
audit: { on_error: allow }
self_protection: { enabled: false }
policies:
  denials: error
  rules:
    - { name: all-tools, match: { tool: '*' }, action: deny, limits: { max_calls: 1, window: 1h } }
    - { name: never, match: { tool: 'a*', server: s }, action: deny }
    - { name: other, match: { method: resources/read }, action: require_approval }
    - { name: again, match: { method: resources/read }, action: rate_limit, limits: { max_calls: 1, window: 1h } }
`;
  const { code, stdout } = await runCommand(checkCommand, folderWith({ 'guard.yaml': project }), {
    options: { json: true },
  });
  expect(code).toBe(0);
  const { warnings } = JSON.parse(stdout) as { warnings: { line: number; message: string }[] };
  expect(
    warnings.toSorted((a, b) => a.line - b.line).map(({ line, message }) => `${line} ${message}`),
  ).toEqual([
    '2 mode: observe records what this file would stop and lets it pass',
    '3 audit is ignored in a project file',
    '4 a project file cannot switch self-protection off',
    '6 denials is ignored in a project file',
    '8 limits has no effect on a rule with action: deny',
    '9 this rule never decides: all-tools above matches all that it matches',
    '11 this rule never decides: other above matches all that it matches',
  ]);
});

test('a config that restricts nothing is warned of', async () => {
  const { stdout } = await runCommand(checkCommand, folderWith({ 'guard.yaml': "version: '1'" }));
  expect(stdout).toContain('no rule and no default restricts anything');
});

test.each([
  ['limits', 'policies: { rules: [{ match: {}, action: allow, limits: { max_calls: 1, window: 1h } }] }'],
  [
    'a budget',
    'budgets: [{ name: a, limit: 1, currency: EUR, window: 1h, contributors: [{ match: {}, field: $.a }] }]',
  ],
])('%s restricts something', async (_what, text) => {
  const { code, stdout } = await runCommand(
    checkCommand,
    folderWith({ 'guard.yaml': `version: '1'\n${text}` }),
  );
  expect(code).toBe(0);
  expect(stdout).not.toContain('restricts anything');
});

test('mistakes of limits and budgets are named with their lines', async () => {
  const text = `version: '1'
policies:
  rules: [{ match: {}, action: allow, limits: { max_calls: 1 } }]
budgets:
  - { name: a, limit: 0, currency: EUR, window: 1h, contributors: [{ match: {}, field: amount }] }
`;
  const folder = folderWith({ 'guard.yaml': text });
  const { code, stdout } = await runCommand(checkCommand, folder);
  expect(code).toBe(1);
  expect(stdout.split('\n').filter((line) => !line.startsWith('warning'))).toEqual([
    `${folder}/guard.yaml:3:60  policies.rules[0].limits.max_calls  max_calls needs limits.window, such as window: 1h`,
    `${folder}/guard.yaml:5:23  budgets[0].limit  expected a limit above zero`,
    `${folder}/guard.yaml:5:88  budgets[0].contributors[0].field  an argument path begins with "$", such as $.amount`,
    '3 mistakes',
    '',
  ]);
});

test('no config at all', async () => {
  const { code, stdout } = await runCommand(checkCommand, folderWith());
  expect(code).toBe(0);
  expect(stdout).toContain('no config file found');
});
