import { printable } from '../platform/printable.js';

/** One test of a file, for the report. */
interface ReportedTest {
  readonly name: string;
  /** What went wrong, the first line of it first; undefined where nothing did. */
  readonly failure: { readonly message: string; readonly text: string } | undefined;
}

/** The tests of one file. */
export interface ReportedFile {
  readonly path: string;
  readonly tests: readonly ReportedTest[];
}

/**
 * The report in the JUnit XML that CI systems read: one suite per file. Times are left out, as
 * nothing here takes any. What XML cannot hold becomes a visible escape.
 */
export function junitXml(files: readonly ReportedFile[]): string {
  const all = files.flatMap(({ tests }) => tests);
  const suites = files.map(({ path, tests }) => {
    const cases = tests.map((test) => caseXml(path, test));
    return `  <testsuite name="${attribute(path)}" ${counts(tests)} errors="0" skipped="0">\n${cases.join('')}  </testsuite>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="guard test" ${counts(all)} errors="0">\n${suites.join('')}</testsuites>\n`;
}

function counts(tests: readonly ReportedTest[]): string {
  return `tests="${tests.length}" failures="${tests.filter(({ failure }) => failure !== undefined).length}"`;
}

function caseXml(path: string, { name, failure }: ReportedTest): string {
  const head = `    <testcase name="${attribute(name)}" classname="${attribute(path)}"`;
  if (failure === undefined) return `${head}/>\n`;
  const text = failure.text.split('\n').map(content).join('\n');
  return `${head}>\n      <failure type="unexpected" message="${attribute(failure.message)}">${text}</failure>\n    </testcase>\n`;
}

function attribute(text: string): string {
  return content(text).replaceAll('"', '&quot;').replaceAll("'", '&apos;');
}

function content(text: string): string {
  // XML 1.0 has no place for U+FFFE and U+FFFF, which a terminal would show.
  const plain = printable(text).replaceAll(/[\ufffe\uffff]/g, '\ufffd');
  return plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
