import path from 'node:path';
import * as z from 'zod/mini';
import { POLICY_TEST_CALLS_MAX } from '../platform/bounds.js';
import { GuardError, isGuardError } from '../platform/errors.js';
import { isJsonObject, type JsonObject } from '../platform/json.js';
import { durationMs } from '../platform/units.js';
import { type ValueMistake, valueMistakes } from './issues.js';
import { type Mistake, mistakesText, sortedMistakes } from './mistakes.js';
import { parseConfigText } from './parse.js';
import { placed } from './place.js';
import { readConfigText } from './read-file.js';
import { policyTestsSchema, type PolicyTestsSource } from './schema-tests.js';

type TestSource = PolicyTestsSource['tests'][number];
type CallSource = NonNullable<TestSource['call']>;
type StepSource = NonNullable<TestSource['steps']>[number];
type Expectation = Exclude<StepSource['expect'], string>;

/** One call of a policy test, with everything that the file leaves to defaults. */
interface PolicyTestStep {
  readonly call: CallSource;
  /** Milliseconds from the start of the test. */
  readonly atMs: number;
  readonly times: number;
  readonly approved: boolean;
  readonly result: NonNullable<StepSource['result']>;
  readonly expect: Expectation;
}

/** One policy test. */
export interface PolicyTest {
  readonly name: string;
  /** Line in its file, from 1. */
  readonly line: number;
  readonly environment: string | undefined;
  readonly evidence: readonly string[];
  readonly steps: readonly PolicyTestStep[];
}

/** A policy test file. */
export interface PolicyTestFile {
  readonly path: string;
  /** Absolute path of the policy that it names. */
  readonly policy: string | undefined;
  readonly tests: readonly PolicyTest[];
}

/** Reads a policy test file. Throws GuardError `config-not-found`, `config-invalid` with every mistake. */
export function readPolicyTests(file: string): PolicyTestFile {
  const text = textOf(file);
  const { value, mistakes, locate } = parseConfigText(file, text);
  if (value === undefined || mistakes.length > 0) throw invalid(file, mistakes);
  const stripped = isJsonObject(value) ? withoutExtensions(value) : value;
  const parsed = z.safeParse(policyTestsSchema, stripped, { jitless: true });
  const found = parsed.success
    ? testMistakes(parsed.data)
    : valueMistakes(parsed.error.issues, stripped, policyTestsSchema);
  const wrong = found.map((mistake) => placed(mistake, file, locate));
  if (!parsed.success || wrong.length > 0) throw invalid(file, wrong);
  const source = parsed.data;
  return {
    path: file,
    policy: source.policy === undefined ? undefined : path.resolve(path.dirname(file), source.policy),
    tests: source.tests.map((test, index) => ({
      name: test.name,
      line: locate(['tests', index]).line,
      environment: test.environment ?? source.environment,
      evidence: test.evidence ?? [],
      steps: stepsOf(test, source.defaults),
    })),
  };
}

function textOf(file: string): string {
  try {
    return readConfigText(file, 'anyone').text;
  } catch (error) {
    if (!isGuardError(error) || error.code !== 'config-not-found') throw error;
    throw new GuardError('config-not-found', `no test file at ${file}`, { cause: error });
  }
}

function withoutExtensions(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !key.startsWith('x-')));
}

function stepsOf(test: TestSource, defaults: CallSource | undefined): PolicyTestStep[] {
  let atMs = 0;
  return sourcesOf(test).map((step): PolicyTestStep => {
    atMs = step.at === undefined ? atMs + msOf(step.after) : msOf(step.at);
    return {
      call: { ...defaults, ...step.call },
      atMs,
      times: step.times ?? 1,
      approved: step.approved ?? true,
      result: step.result ?? 'ok',
      expect: typeof step.expect === 'string' ? { decision: step.expect } : step.expect,
    };
  });
}

/** The steps of a test; one that is a call and what is expected has one. */
function sourcesOf({ call, expect, steps }: TestSource): readonly StepSource[] {
  if (call !== undefined && expect !== undefined) return [{ call, expect }];
  return steps ?? [];
}

function msOf(text: string | undefined): number {
  return text === undefined ? 0 : (durationMs(text) ?? 0);
}

/** What the schema cannot say: names that come twice, times that go back, too many calls. */
function testMistakes({ tests, defaults }: PolicyTestsSource): ValueMistake[] {
  const mistakes: ValueMistake[] = [];
  const seen = new Map<string, number>();
  for (const [index, test] of tests.entries()) {
    const earlier = seen.get(test.name);
    if (earlier !== undefined) {
      mistakes.push({ path: ['tests', index, 'name'], message: `test ${earlier + 1} has the same name` });
    }
    seen.set(test.name, earlier ?? index);
    mistakes.push(...stepMistakes(test, index, defaults));
  }
  return mistakes;
}

function stepMistakes(test: TestSource, index: number, defaults: CallSource | undefined): ValueMistake[] {
  const mistakes: ValueMistake[] = [];
  const steps = sourcesOf(test);
  let atMs = 0;
  let calls = 0;
  for (const [at, { at: stated, after, times = 1, call }] of steps.entries()) {
    const place = test.steps === undefined ? ['tests', index] : ['tests', index, 'steps', at];
    const { tool, uri, prompt, method } = { ...defaults, ...call };
    const named = [tool, uri, prompt].filter((given) => given !== undefined).length;
    if (named > 1 || (named === 0 && method === undefined)) {
      mistakes.push({
        path: [...place, 'call'],
        message: 'expected one of tool, uri and prompt, or a method',
      });
    }
    if (stated !== undefined && after !== undefined) {
      mistakes.push({ path: place, message: 'at and after exclude each other', at: 'key' });
    }
    const nextMs = stated === undefined ? atMs + msOf(after) : msOf(stated);
    if (nextMs < atMs) mistakes.push({ path: [...place, 'at'], message: 'this is before the step above' });
    atMs = Math.max(atMs, nextMs);
    calls += times;
  }
  if (calls > POLICY_TEST_CALLS_MAX) {
    mistakes.push({
      path: ['tests', index],
      message: `the test makes ${calls} calls, expected at most ${POLICY_TEST_CALLS_MAX}`,
    });
  }
  return mistakes;
}

function invalid(file: string, mistakes: readonly Mistake[]): GuardError {
  const count = mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`;
  return new GuardError(
    'config-invalid',
    `the test file ${file} has ${count}\n${mistakesText(sortedMistakes(mistakes))}`,
    {
      hint: 'correct the file; docs/policy-workflow.md lists its keys',
    },
  );
}
