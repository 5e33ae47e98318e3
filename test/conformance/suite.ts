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
      troubles: readTroubles(folder, result.scenario),
    }));
    if (results.length === 0) throw new Error(`the suite gave no results:\n${output.slice(-2000)}`);
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function suiteOutput(words: readonly string[]): Promise<string> {
  const shim = path.join(HERE, 'node20.js');
  const args = ['--import', shim, path.join(PACKAGE, 'dist', 'index.js'), ...words];
  return new Promise((resolve, reject) => {
    const options = { timeout: SUITE_MS, maxBuffer: OUTPUT_BYTES };
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      // The exit code says that something failed, which the results tell in full.
      if (error === null || stdout.includes('=== SUMMARY ===')) resolve(stdout);
      else reject(new Error(`the suite did not run: ${stderr.slice(-2000)}`, { cause: error }));
    });
  });
}

/** The lines `✓ name: 2 passed, 0 failed` of the summary. */
function readSummary(output: string, revision: Revision): Omit<ScenarioResult, 'troubles'>[] {
  const [, summary = ''] = output.split('=== SUMMARY ===');
  const required = requiredScenarios(revision);
  return [...summary.matchAll(/^[✓✗] (\S+): (\d+) passed, (\d+) failed$/gm)].map(
    ([, scenario = '', passed, failed]) => ({
      scenario,
      passed: Number(passed),
      failed: Number(failed),
      required: required.has(scenario),
    }),
  );
}

/** The list under `server:` of the suite's frozen requirements. */
function requiredScenarios(revision: Revision): Set<string> {
  const text = readFileSync(path.join(PACKAGE, 'requirements', `${revision}.yaml`), 'utf8');
  const [, list = ''] = /^server:\n((?: {2}- .+\n)+)/m.exec(text) ?? [];
  return new Set([...list.matchAll(/- (\S+)/g)].map(([, name = '']) => name));
}

/** The suite names its folders `server-SCENARIO-TIME`. */
function readTroubles(folder: string, scenario: string): string[] {
  const name = readdirSync(folder).find(
    (entry) => entry.replace(/-\d{4}-\d\d-\d\dT.*$/, '') === `server-${scenario}`,
  );
  const file = path.join(folder, name ?? '', 'checks.json');
  if (name === undefined || !existsSync(file)) return [];
  const checks = JSON.parse(readFileSync(file, 'utf8')) as Check[];
  return checks
    .filter(({ status }) => status === 'FAILURE' || status === 'WARNING')
    .map(
      ({ id, status, errorMessage }) => `${status.toLowerCase()} ${id}: ${errorMessage ?? 'no reason given'}`,
    );
}
