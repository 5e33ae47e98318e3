import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The revisions whose required scenarios the suite knows. */
export const REVISIONS = ['2025-11-25', '2026-07-28'] as const;
export type Revision = (typeof REVISIONS)[number];

/** One run of one scenario. */
export interface ScenarioResult {
  readonly scenario: string;
  readonly passed: number;
  readonly failed: number;
  /** Whether the revision requires it; the others run too and are not scored. */
  readonly required: boolean;
  /** What failed or was warned of: the check and why. */
  readonly troubles: readonly string[];
}

interface Check {
  readonly id: string;
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';
  readonly errorMessage?: string;
}

const HERE = path.dirname(fileURLToPath(import.meta.url));
const PACKAGE = path.dirname(
  createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json'),
);
/** Longer than all scenarios of a revision with a server that answers none of them. */
const SUITE_MS = 300_000;
/** How long the suite waits for one scenario: they take tens of milliseconds, some two seconds. */
const SCENARIO_MS = 10_000;
const OUTPUT_BYTES = 64 * 1024 * 1024;

/** Runs every server scenario of the revision against the address. Throws when the suite itself does not run. */
export async function runSuite(url: string, revision: Revision): Promise<ScenarioResult[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'guard-conformance-'));
  try {
    const options = `--url ${url} --requirements ${revision} --output-dir ${folder} --timeout ${SCENARIO_MS}`;
    const output = await suiteOutput(['server', ...options.split(' ')]);
    const results = readSummary(output, revision).map((result) => ({
      ...result,
      troubles: troublesIn(readChecks(folder, `server-${result.scenario}`)),
    }));
    if (results.length === 0) throw new Error(`the suite gave no results:\n${output.slice(-2000)}`);
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs one client scenario of the revision; the suite adds the address of its server to the command. */
export async function runClientScenario(
  command: string,
  scenario: string,
  revision: Revision,
): Promise<ScenarioResult> {
  const folder = mkdtempSync(path.join(tmpdir(), 'guard-conformance-'));
  try {
    const options = `--scenario ${scenario} --spec-version ${revision} --output-dir ${folder}`;
    const output = await suiteOutput(['client', '--command', command, ...options.split(' ')], 'OVERALL:');
    const checks = readChecks(folder, scenario);
    const counted = (status: Check['status']): number => checks.filter((one) => one.status === status).length;
    const ended = /CLIENT EXITED WITH ERROR.*/.exec(output);
    return {
      scenario,
      passed: counted('SUCCESS'),
      // What a client must do and what it should do: both are lost where they pass without guard.
      failed: counted('FAILURE') + counted('WARNING') + (ended === null ? 0 : 1),
      required: requiredScenarios(revision, 'client').has(scenario),
      troubles: [...troublesIn(checks), ...(ended === null ? [] : [ended[0]])],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function suiteOutput(words: readonly string[], mark = '=== SUMMARY ==='): Promise<string> {
  const shim = path.join(HERE, 'node20.js');
  const args = ['--import', shim, path.join(PACKAGE, 'dist', 'index.js'), ...words];
  return new Promise((resolve, reject) => {
    const options = { timeout: SUITE_MS, maxBuffer: OUTPUT_BYTES };
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      // The exit code says that something failed, which the results tell in full.
      if (error === null || stdout.includes(mark)) resolve(stdout);
      else reject(new Error(`the suite did not run: ${stderr.slice(-2000)}`, { cause: error }));
    });
  });
}

/** The lines `✓ name: 2 passed, 0 failed` of the summary. */
function readSummary(output: string, revision: Revision): Omit<ScenarioResult, 'troubles'>[] {
  const [, summary = ''] = output.split('=== SUMMARY ===');
  const required = requiredScenarios(revision, 'server');
  return [...summary.matchAll(/^[✓✗] (\S+): (\d+) passed, (\d+) failed$/gm)].map(
    ([, scenario = '', passed, failed]) => ({
      scenario,
      passed: Number(passed),
      failed: Number(failed),
      required: required.has(scenario),
    }),
  );
}

/** The list under `server:` or `client:` of the suite's frozen requirements. */
export function requiredScenarios(revision: Revision, role: 'server' | 'client'): Set<string> {
  const text = readFileSync(path.join(PACKAGE, 'requirements', `${revision}.yaml`), 'utf8');
  const [, list = ''] = new RegExp(`^${role}:\\n((?: {2}- .+\\n)+)`, 'm').exec(text) ?? [];
  return new Set([...list.matchAll(/- (\S+)/g)].map(([, name = '']) => name));
}

/** The suite names its folders `server-SCENARIO-TIME`, and `SCENARIO-TIME` for clients. */
function readChecks(folder: string, wanted: string): Check[] {
  const name = readdirSync(folder).find((entry) => entry.replace(/-\d{4}-\d\d-\d\dT.*$/, '') === wanted);
  const file = path.join(folder, name ?? '', 'checks.json');
  return name === undefined || !existsSync(file) ? [] : (JSON.parse(readFileSync(file, 'utf8')) as Check[]);
}

function troublesIn(checks: readonly Check[]): string[] {
  return checks
    .filter(({ status }) => status === 'FAILURE' || status === 'WARNING')
    .map(
      ({ id, status, errorMessage }) => `${status.toLowerCase()} ${id}: ${errorMessage ?? 'no reason given'}`,
    );
}
