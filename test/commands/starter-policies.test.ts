import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkCommand } from '../../src/commands/check-options.js';
import { subjectOf } from '../../src/commands/explain-subject.js';
import { initCommand } from '../../src/commands/init-options.js';
import { STARTER_SERVERS } from '../../src/commands/starter-names.js';
import { strictly } from '../../src/commands/starter-policies.js';
import { loadConfig } from '../../src/config/load.js';
import type { CompiledPolicy } from '../../src/policy/compiled.js';
import { evaluate } from '../../src/policy/evaluate.js';
import { serverNameOf } from '../../src/upstream/server-name.js';
import { folderWith, pathsIn } from '../config/check-yaml.js';
import { verifies } from '../requirements.js';
import { ROOT } from '../support/source-files.js';
import { runCommand } from './check-run.js';
import { ARGUMENTS_TABLE, STARTER_TABLE } from './starter-table.js';

verifies('starter:tools');
verifies('starter:unknown-tools');

interface Recorded {
  readonly server: string;
  readonly version: string | null;
  readonly source: string;
  readonly tools: readonly {
    readonly name: string;
    readonly hints: Readonly<Record<string, boolean>>;
    readonly inputs: readonly string[];
  }[];
}

/** Arguments that are nothing special, for the inputs that rules look at. */
const EVERYDAY: Readonly<Record<string, unknown>> = {
  url: 'https://example.com/',
  sql: 'SELECT name FROM products',
  branch: 'a-branch',
};
const PRESETS = ['balanced', 'strict'] as const;

function recorded(name: string): Recorded {
  const file = path.join(ROOT, 'test/fixtures/server-tools', `${name}.json`);
  return JSON.parse(readFileSync(file, 'utf8')) as Recorded;
}

function starterFile(name: string): string {
  return readFileSync(path.join(ROOT, 'examples/policies', `${name}.yaml`), 'utf8');
}

async function policyOf(text: string): Promise<CompiledPolicy> {
  const folder = folderWith({ 'a.yaml': text });
  const configFile = path.join(folder, 'a.yaml');
  const { policy } = await loadConfig({ cwd: folder, env: {}, paths: pathsIn(folder), configFile });
  return policy;
}

/** The policies of one server in which its tools must be judged alike: its file, and what init makes of it. */
async function policiesOf(name: string): Promise<readonly (readonly [CompiledPolicy, CompiledPolicy])[]> {
  const file = starterFile(name);
  const made = await Promise.all(
    PRESETS.map((preset) =>
      runCommand(initCommand, folderWith(), {
        options: { user: true, stdout: true, preset, for: `${name},memory` },
      }),
    ),
  );
  const [balanced, strict] = made.map(({ stdout }) => stdout);
  return [
    [await policyOf(file), await policyOf(strictly(file))],
    [await policyOf(balanced ?? ''), await policyOf(strict ?? '')],
  ];
}

/** `allow`, `ask` or `deny` with each of the two policies. */
function decisions(
  policies: readonly CompiledPolicy[],
  server: string,
  tool: string,
  args: object,
  hints: Readonly<Record<string, boolean>> = {},
): string {
  const hint = Object.entries(hints).map(([key, value]) => `${key.replace('Hint', '')}=${value}`);
  const options = { tool, server, args: JSON.stringify(args), hint };
  const subject = subjectOf({ args: [], options, rest: [] });
  const words = policies.map((policy) => {
    const { effect, obligations } = evaluate(policy, subject);
    return effect === 'allow' && obligations.some(({ kind }) => kind === 'approval') ? 'ask' : effect;
  });
  return words.join(' ');
}

function named(folder: string, ending: string): string[] {
  return readdirSync(path.join(ROOT, folder)).map((file) => path.basename(file, ending));
}

test('there is a file, a recording and a table for each server that init knows', () => {
  expect(named('examples/policies', '.yaml').toSorted()).toEqual(STARTER_SERVERS);
  expect(named('test/fixtures/server-tools', '.json').toSorted()).toEqual(STARTER_SERVERS);
  expect(Object.keys(STARTER_TABLE)).toEqual(STARTER_SERVERS);
});

describe.each(STARTER_SERVERS)('%s', (name) => {
  const recording = recorded(name);

  test('every tool of its list, and no other, is in the table', () => {
    const promised = Object.values(STARTER_TABLE[name] ?? {}).flatMap((tools) => tools.split(/\s+/));
    expect(promised.toSorted()).toEqual(recording.tools.map((tool) => tool.name).toSorted());
  });

  test('every tool gets the promised decision, alone and in what init writes', async () => {
    const promised = Object.entries(STARTER_TABLE[name] ?? {}).flatMap(([words, tools]) =>
      tools.split(/\s+/).map((tool): readonly [string, string] => [tool, words]),
    );
    for (const policies of await policiesOf(name)) {
      const found = recording.tools.map(({ name: tool, inputs, hints }): readonly [string, string] => {
        const args = Object.fromEntries(Object.entries(EVERYDAY).filter(([key]) => inputs.includes(key)));
        return [tool, decisions(policies, name, tool, args, hints)];
      });
      expect(Object.fromEntries(found)).toEqual(Object.fromEntries(promised));
    }
  });

  test('a tool that it did not have is asked about or denied, whatever its hints claim', async () => {
    const harmless = { readOnlyHint: true, destructiveHint: false, openWorldHint: false };
    for (const policies of await policiesOf(name)) {
      expect(decisions(policies, name, 'get_brand_new', {}, harmless)).toBe('ask deny');
      expect(decisions(policies, name, 'get_brand_new', {})).toBe('ask deny');
      expect(decisions(policies, 'another-server', 'delete_all', {})).toBe('ask deny');
    }
  });

  test('the file passes guard check in both forms, and names what it was made from', async () => {
    const text = starterFile(name);
    for (const form of [text, strictly(text)]) {
      const folder = folderWith({ 'a.yaml': form });
      const { stdout } = await runCommand(checkCommand, folder, {
        args: ['a.yaml'],
        options: { json: true },
      });
      expect(JSON.parse(stdout)).toMatchObject({ ok: true, mistakes: [], warnings: [] });
    }
    const { server, version } = recording;
    expect(text).toContain(version === null ? `${name}: ${server}` : `${name}: ${server} ${version}, `);
    expect(text).toMatch(recording.source === 'tools/list' ? /as it lists them/ : /documentation/);
  });

  test('guard calls the server by the name that the rules have', () => {
    expect(serverNameOf('npx', ['-y', `${recording.server}@latest`])).toBe(name);
  });
});

test.each(ARGUMENTS_TABLE)('%s %s %j: %s', async (server, tool, args, expected) => {
  const { hints } = recorded(server).tools.find(({ name }) => name === tool) ?? { hints: {} };
  for (const policies of await policiesOf(server)) {
    expect(decisions(policies, server, tool, args, hints)).toBe(expected);
  }
});
