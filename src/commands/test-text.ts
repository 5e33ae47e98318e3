import { Chalk, type ChalkInstance } from 'chalk';
import { printable } from '../platform/printable.js';
import type { Explanation, RuleReport } from '../policy/explain.js';
import type { Expected, Got, Mismatch } from '../replay/policy-test.js';
import type { ReportedFile } from '../replay/junit.js';
import { ruleLines } from './explain-view.js';
import type { RanFile, RanTest } from './test.js';

/** What a test runner prints: each file, each test, and of those that failed what was expected, what came and why. */
export function testsText(files: readonly RanFile[], color: ChalkInstance): string {
  const lines: string[] = [];
  for (const { path, tests } of files) {
    lines.push(printable(path));
    for (const test of tests) lines.push(...testLines(test, color));
    lines.push('');
  }
  const all = files.flatMap(({ tests }) => tests);
  const failed = all.filter(({ end }) => !end.ok).length;
  const passed = `${all.length - failed} passed`;
  lines.push(failed === 0 ? color.green(passed) : `${passed}, ${color.red.bold(`${failed} failed`)}`);
  return `${lines.join('\n')}\n`;
}

/** The same for JUnit. */
export function testsReport(files: readonly RanFile[]): ReportedFile[] {
  const plain = new Chalk({ level: 0 });
  return files.map(({ path, tests }) => ({
    path,
    tests: tests.map(({ name, end }) => ({
      name,
      failure: end.ok
        ? undefined
        : {
            message: `expected ${expectedText(end.mismatch.expected)}, got ${gotText(end.mismatch.got)}`,
            text: mismatchLines(end.mismatch, plain).join('\n'),
          },
    })),
  }));
}

function testLines({ name, line, end }: RanTest, color: ChalkInstance): string[] {
  if (end.ok) return [`  ${color.green('ok')}    ${printable(name)}`];
  const head = `  ${color.red.bold('FAIL')}  ${color.bold(printable(name))}  ${color.dim(`line ${line}`)}`;
  return [head, ...mismatchLines(end.mismatch, color).map((text) => `        ${text}`)];
}

function mismatchLines(mismatch: Mismatch, color: ChalkInstance): string[] {
  const { step, time, times, expected, got, wrong, explanation } = mismatch;
  const which = times > 1 ? `step ${step}, call ${time} of ${times}` : `step ${step}`;
  const lines = [
    `${which}: not as expected: ${wrong.join(', ')}`,
    `expected  ${expectedText(expected)}`,
    `got       ${gotText(got)}`,
  ];
  if (got.message !== '') lines.push(`message   ${printable(got.message)}`);
  if (explanation === undefined) return lines;
  const told = reportsOf(explanation, expected, got).flatMap((report) => ruleLines(report, color));
  lines.push(...explanation.decision.uncertain.map((note) => `uncertain ${printable(note)}`), ...told);
  return lines;
}

/** The rules that a person asks about: the one that was expected, and the one that decided. */
function reportsOf({ layers }: Explanation, expected: Expected, got: Got): RuleReport[] {
  return layers.flatMap(({ layer, rules }) =>
    rules.filter(
      ({ rule }) => rule.name === expected.rule || (rule.name === got.rule && layer === got.layer),
    ),
  );
}

function expectedText({ decision, rule, layer, reason, message }: Expected): string {
  const parts = [
    decision ?? 'any decision',
    ...(rule === undefined ? [] : [`by ${printable(rule)}`]),
    ...(layer === undefined ? [] : [`of the ${layer} layer`]),
    ...(reason === undefined ? [] : [`because of ${printable(reason)}`]),
    ...(message === undefined ? [] : [`with "${printable(message)}" in its message`]),
  ];
  return parts.join(' ');
}

function gotText({ decision, rule, layer, reason }: Got): string {
  const by = rule === '' ? '' : ` by ${printable(rule)} of the ${layer} layer`;
  return `${decision}${by} because of ${printable(reason)}`;
}
