import { chmodSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import type { LoadedConfig, LoadOptions } from '../../src/config/load.js';
import { DEFAULT_HINTS } from '../../src/mcp/hints.js';
import { evaluate } from '../../src/policy/evaluate.js';
import type { Subject } from '../../src/policy/subject.js';
import { folderWith, pathsIn } from './check-yaml.js';

const DENY_A = "version: '1'\npolicies: { rules: [{ name: no-a, match: { tool: a }, action: deny }] }\n";
const ALLOW_A = "version: '1'\npolicies: { rules: [{ name: yes-a, match: { tool: a }, action: allow }] }\n";

function load(
  files: Readonly<Record<string, string>>,
  options: Partial<LoadOptions> = {},
): Promise<LoadedConfig> {
  const folder = folderWith(files);
  const cwd = path.join(folder, 'project');
  mkdirSync(cwd, { recursive: true });
  return loadConfig({ cwd, env: {}, paths: pathsIn(folder), ...options });
}

function subjectOf(tool: string, input: Subject['input'] = {}): Subject {
  return {
    method: 'tools/call',
    knownMethod: true,
    server: 'server',
    agent: undefined,
    client: undefined,
    session: undefined,
    claims: undefined,
    scopes: undefined,
    tool,
    uri: undefined,
    prompt: undefined,
    standing: 'listed',
    hints: DEFAULT_HINTS,
    input,
  };
}

function effectOf(config: LoadedConfig, tool: string, input?: Subject['input']): string {
  const decision = evaluate(config.policy, subjectOf(tool, input));
  return `${decision.effect} ${decision.rule.layer} ${decision.rule.name}`;
}

describe('layers', () => {
  test('the strictest decides, whoever else allows', async () => {
    for (const [system, user, project] of [
      [DENY_A, ALLOW_A, ALLOW_A],
      [ALLOW_A, DENY_A, ALLOW_A],
      [ALLOW_A, ALLOW_A, DENY_A],
    ] as const) {
      const config = await load({
        'etc/guard.yaml': system,
        'user/guard.yaml': user,
        'project/guard.yaml': project,
      });
      expect(config.layers.map(({ layer }) => layer)).toEqual(['system', 'user', 'project']);
      expect(effectOf(config, 'a')).toMatch(/^deny .* no-a$/);
      expect(effectOf(config, 'b')).toMatch(/^allow/);
    }
  });

  test('a project file cannot switch off, loosen or redirect anything', async () => {
    const hostile = {
      version: '1',
      mode: 'observe',
      policies: {
        default: 'allow',
        unlisted_tools: 'allow',
        on_tool_drift: 'log',
        denials: 'error',
        rules: [{ match: {}, action: 'allow' }],
      },
      audit: { path: '/tmp/elsewhere', on_error: 'allow' },
      approval: {
        approvers: [{ name: 'mallory', public_key: '11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=' }],
      },
      relay: { max_client_frame: '500MiB' },
      log: { level: 'error' },
      self_protection: { enabled: false, paths: ['./more'] },
    };
    const files = { 'user/guard.yaml': DENY_A, 'project/.guardrc.json': JSON.stringify(hostile) };
    const config = await load(files);
    const plain = await load({ 'user/guard.yaml': DENY_A });
    expect(effectOf(config, 'a')).toBe('deny user no-a');
    expect({
      ...config.settings,
      selfProtection: null,
      audit: { ...config.settings.audit, path: '' },
    }).toEqual({
      ...plain.settings,
      selfProtection: null,
      audit: { ...plain.settings.audit, path: '' },
    });
    expect(config.settings.audit.path).toMatch(/state.audit\.jsonl$/);
    expect(config.settings.selfProtection.enabled).toBe(true);
    expect(config.settings.selfProtection.paths).toEqual([expect.stringMatching(/project.more$/)]);
    expect(evaluate(config.policy, { ...subjectOf('b'), standing: 'unlisted' }).effect).toBe('deny');
  });

  test('observe leaves the system layer in force', async () => {
    const files = {
      'etc/guard.yaml': DENY_A,
      'user/guard.yaml': DENY_A.replaceAll('a,', 'b,').replace('tool: a ', 'tool: b '),
    };
    const config = await load(files, { observe: true });
    expect(config.layers.map(({ mode }) => mode)).toEqual(['enforce', 'observe']);
    expect(config.mode).toBe('enforce');
    expect(effectOf(config, 'a')).toMatch(/^deny system/);
    expect(effectOf(config, 'b')).toMatch(/^allow/);
  });

  test.each([
    [{ 'etc/guard.yaml': DENY_A, 'user/guard.yaml': ALLOW_A }, ['enforce', 'dry_run']],
    [{ 'etc/guard.yaml': DENY_A }, ['enforce']],
    [{ 'user/guard.yaml': DENY_A }, ['dry_run']],
    [{ 'user/guard.yaml': `mode: observe\n${DENY_A}` }, ['dry_run']],
    [{}, []],
  ])('a dry run lets nothing pass, and what the system layer denies is denied: %j', async (files, modes) => {
    const config = await load(files, { dryRun: true });
    expect(config.layers.map(({ mode }) => mode)).toEqual(modes);
    expect(config.mode).toBe('dry_run');
    expect(config.notes).toEqual([expect.stringContaining('no governed call reaches the server')]);
    expect(effectOf(config, 'a')).toMatch('etc/guard.yaml' in files ? /^deny system/ : /^dry_run user/);
    expect(effectOf(config, 'b')).toMatch(/^dry_run/);
  });

  test('no file: everything passes and is noted, but guard protects itself', async () => {
    const folder = folderWith();
    const config = await loadConfig({ cwd: folder, env: {}, paths: pathsIn(folder) });
    expect(config).toMatchObject({
      layers: [],
      mode: 'observe',
      notes: [expect.stringContaining('no config file found')],
    });
    expect(effectOf(config, 'a')).toMatch(/^allow/);
    for (const file of [
      path.join(folder, 'user', 'guard.yaml'),
      path.join(homedir(), '.claude.json'),
      '.mcp.json',
      path.join(folder, 'state', 'x'),
    ]) {
      expect(evaluate(config.policy, subjectOf('write_file', { path: file })).reason).toBe('self-protection');
    }
    expect(
      evaluate(config.policy, subjectOf('write_file', { path: path.join(folder, 'package.json') })).effect,
    ).toBe('allow');
  });

  test('a layer without environment has that of the layers above', async () => {
    const rule = 'policies: { rules: [{ name: prod-only, match: { environment: prod }, action: deny }] }';
    const files = {
      'etc/guard.yaml': "version: '1'\nenvironment: prod",
      'project/guard.yaml': `version: '1'\n${rule}`,
    };
    expect(effectOf(await load(files), 'a')).toBe('deny project prod-only');
    await expect(load({ 'project/guard.yaml': `version: '1'\n${rule}` })).rejects.toThrow(
      'no environment is set',
    );
  });
});

describe('the file that is named', () => {
  test('takes the place of the user and the project, not of the system', async () => {
    const files = {
      'etc/guard.yaml': DENY_A,
      'user/guard.yaml': DENY_A,
      'project/guard.yaml': DENY_A,
      'project/other.yaml': ALLOW_A,
    };
    for (const options of [{ configFile: 'other.yaml' }, { env: { GUARD_CONFIG: 'other.yaml' } }]) {
      const config = await load(files, options);
      expect(config.layers.map(({ layer, path: file }) => `${layer} ${path.basename(file)}`)).toEqual([
        'system guard.yaml',
        'user other.yaml',
      ]);
      expect(effectOf(config, 'a')).toBe('deny system no-a');
    }
  });
  test('must be there', async () => {
    await expect(load({}, { configFile: 'none.yaml' })).rejects.toMatchObject({ code: 'config-not-found' });
  });
});

test('relative paths in rules start at the file that states them', async () => {
  const rule =
    "version: '1'\npolicies: { rules: [{ name: inside, match: { input: { '$.path': { not: { path_within: './' } } } }, action: deny }] }";
  const config = await load({ 'guard.yaml': rule, 'project/x': '' });
  const folder = path.dirname(config.layers[0]?.path ?? '');
  expect(effectOf(config, 'a', { path: path.join(folder, 'project', 'x') })).toMatch(/^allow/);
  expect(effectOf(config, 'a', { path: path.dirname(folder) })).toBe('deny project inside');
});

test('regular expressions run in linear time', async () => {
  const rule =
    "version: '1'\npolicies: { rules: [{ name: bad, match: { input: { '$.a': { regex: '^(a+)+$' } } }, action: deny }] }";
  const config = await load({ 'user/guard.yaml': rule });
  const started = performance.now();
  expect(effectOf(config, 't', { a: `${'a'.repeat(8000)}!` })).toMatch(/^allow/);
  expect(effectOf(config, 't', { a: 'aaa' })).toBe('deny user bad');
  expect(performance.now() - started).toBeLessThan(1000);
});

test('secrets of all layers are told', async () => {
  const config = await load(
    {
      'etc/guard.yaml': "version: '1'\ndashboard: { api_secret: '${ONE}' }",
      'user/guard.yaml': "version: '1'\nidentity: { audience: '${TWO}' }",
    },
    { env: { ONE: 'first-secret-value, long enough to be one', TWO: 'second' } },
  );
  expect(config.secrets).toEqual({
    names: ['ONE', 'TWO'],
    values: ['first-secret-value, long enough to be one', 'second'],
  });
});

test.skipIf(process.platform === 'win32')('insecure files stop guard, project files do not', async () => {
  const folder = folderWith({ 'user/guard.yaml': ALLOW_A, 'project/guard.yaml': DENY_A });
  const options = { cwd: path.join(folder, 'project'), env: {}, paths: pathsIn(folder) };
  chmodSync(path.join(folder, 'project', 'guard.yaml'), 0o666);
  expect((await loadConfig(options)).layers).toHaveLength(2);
  chmodSync(path.join(folder, 'user', 'guard.yaml'), 0o664);
  await expect(loadConfig(options)).rejects.toMatchObject({ code: 'config-insecure' });
});
