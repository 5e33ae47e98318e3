import { existsSync } from 'node:fs';
import path from 'node:path';
import { Chalk } from 'chalk';
import { loadConfig, type LoadedConfig } from '../config/load.js';
import { type PolicyTest, type PolicyTestFile, readPolicyTests } from '../config/policy-tests.js';
import { EXIT_CODES, GuardError } from '../platform/errors.js';
import { fileText } from '../platform/file-text.js';
import { guardPaths } from '../platform/paths.js';
import { replaceWhole } from '../platform/whole-file.js';
import { junitXml } from '../replay/junit.js';
import { runPolicyTest, type TestEnd } from '../replay/policy-test.js';
import { printText } from './check-print.js';
import type { CommandInput, Run, Tools } from './command.js';
import { colorLevel } from './explain.js';
import { loadPolicyFile } from './policy-file.js';
import { testsReport, testsText } from './test-text.js';
import { textOption } from './text-option.js';

/** A test with its end. */
export interface RanTest extends Pick<PolicyTest, 'name' | 'line'> {
  readonly end: TestEnd;
}

export interface RanFile {
  readonly path: string;
  readonly tests: readonly RanTest[];
}

/** Test files that are looked for where none is named. */
const USUAL_FILES = ['guard.test.yaml', 'guard.test.yml', 'guard.test.json'];

/** Runs policy tests: 0 where all pass, 1 where one fails; what cannot be run is a GuardError. */
export const run: Run = async (input, tools) => {
  const filter = textOption(input, 'filter')?.toLowerCase();
  const junit = textOption(input, 'junit');
  const isWanted = (test: PolicyTest): boolean => test.name.toLowerCase().includes(filter ?? '');
  const wanted = filesOf(input, tools).map((file): PolicyTestFile => {
    const read = readPolicyTests(file);
    return { ...read, tests: read.tests.filter(isWanted) };
  });
  if (wanted.every(({ tests }) => tests.length === 0)) {
    throw new GuardError('usage', `no test has "${filter ?? ''}" in its name`, {
      hint: 'give another --filter',
    });
  }
  const policies = policyLoader(textOption(input, 'config'), tools);
  const files: RanFile[] = [];
  for (const file of wanted) {
    const tests: RanTest[] = [];
    for (const test of file.tests) {
      const staged = await policies(file, test);
      tests.push({ name: test.name, line: test.line, end: runPolicyTest(staged, test) });
    }
    if (tests.length > 0) files.push({ path: shownPath(file.path, tools.cwd), tests });
  }
  if (junit !== undefined) writeReport(path.resolve(tools.cwd, junit), junitXml(testsReport(files)));
  const isJson = input.options['json'] === true;
  const level = input.options['color'] === false ? 0 : colorLevel(tools);
  await printText(tools.stdout, isJson ? jsonText(files) : testsText(files, new Chalk({ level })));
  return files.every(({ tests }) => tests.every(({ end }) => end.ok)) ? EXIT_CODES.ok : EXIT_CODES.findings;
};

/** As short as it goes without leaving the folder. */
function shownPath(file: string, cwd: string): string {
  const short = path.relative(cwd, file);
  return short.startsWith('..') ? file : short;
}

function filesOf({ args }: CommandInput, { cwd }: Tools): readonly string[] {
  if (args.length > 0) return args.map((file) => path.resolve(cwd, file));
  const usual = USUAL_FILES.map((name) => path.join(cwd, name)).filter((file) => existsSync(file));
  if (usual.length > 0) return usual;
  throw new GuardError('usage', `no test file is named, and there is no ${USUAL_FILES[0]} here`, {
    hint: 'guard test policy.test.yaml',
  });
}

/**
 * The policy of a test: what `--config` names, else what its file names, each by itself; else the
 * config in force. Each is loaded once per environment.
 */
function policyLoader(
  config: string | undefined,
  tools: Tools,
): (file: PolicyTestFile, test: PolicyTest) => Promise<LoadedConfig> {
  const loaded = new Map<string, Promise<LoadedConfig>>();
  const load = (policy: string | undefined, environment: string | undefined): Promise<LoadedConfig> => {
    if (policy !== undefined) {
      return loadPolicyFile(policy, tools, { withSystem: false, enforced: true, environment });
    }
    if (environment === undefined) {
      const { cwd, env } = tools;
      return loadConfig({ cwd, env, paths: guardPaths(env) });
    }
    throw new GuardError('usage', 'a test that states an environment needs to name its policy', {
      hint: 'write policy: guard.yaml into the test file, or give --config',
    });
  };
  return (file, { environment }) => {
    const policy = config ?? file.policy;
    const key = JSON.stringify([policy ?? null, environment ?? null]);
    const known = loaded.get(key) ?? load(policy, environment);
    loaded.set(key, known);
    return known;
  };
}

function writeReport(file: string, text: string): void {
  try {
    replaceWhole(file, text, { mode: 0o644, durable: false });
  } catch (error) {
    throw new GuardError(
      'usage',
      `cannot write the report ${file}: ${error instanceof Error ? error.message : ''}`,
      {
        hint: 'name a file in a folder that is there with --junit',
        cause: error,
      },
    );
  }
}

function jsonText(files: readonly RanFile[]): string {
  const shown = files.map(({ path: file, tests }) => ({
    file,
    tests: tests.map(({ name, line, end }) =>
      end.ok ? { name, line, ok: true } : { name, line, ok: false, ...mismatchJson(end.mismatch) },
    ),
  }));
  const failed = files.flatMap(({ tests }) => tests).filter(({ end }) => !end.ok).length;
  const passed = files.flatMap(({ tests }) => tests).length - failed;
  return fileText({ ok: failed === 0, passed, failed, files: shown });
}

function mismatchJson({
  step,
  time,
  expected,
  got,
  wrong,
  explanation,
}: Extract<TestEnd, { ok: false }>['mismatch']): object {
  return { step, time, expected, got, wrong, layers: explanation?.layers ?? [] };
}
