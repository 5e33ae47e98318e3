// Measures the audit commands and the dashboard on a large log: npm run bench:audit -- [records] [runs]
// With all 1,000,000 records it writes its section of docs/performance.md.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { guardPaths } from '../../src/platform/paths.js';
import { type StateFiles, stateFiles } from '../../src/platform/state-files.js';
import { builtGuard } from '../support/built-guard.js';
import { type Asked, askDashboard } from './audit-dashboard.js';
import { writeAuditLog } from './audit-log.js';
import { writeSections } from './performance-page.js';
import { taken } from './report.js';

const RECORDS_DEFAULT = 1_000_000;
const RUNS_DEFAULT = 3;
const PEAK = pathToFileURL(path.join(import.meta.dirname, 'peak.js')).href;

/** Most seconds that a command may take. */
const GOALS = { search: 3, stats: 5, verify: 12, dashboard: 1.5 } as const;

interface Workload {
  readonly what: string;
  readonly words: readonly string[];
  readonly goal?: number;
  /** True where guard finds no call index. */
  readonly isCold?: boolean;
}

function search(what: string, ...words: string[]): Workload {
  return { what: `search, ${what}`, words: ['search', ...words], goal: GOALS.search };
}

const HOUR = ['--since', '2026-01-03T10:00:00Z', '--until', '2026-01-03T11:00:00Z'];

const WORKLOADS: readonly Workload[] = [
  search('a rare tool', '--tool', 'delete_repository'),
  search('a rare tool, newest first', '--tool', 'delete_repository', '--reverse'),
  search('one call in twenty by decision', '--decision', 'deny'),
  search('one call in three by tool', '--tool', '*_file', '--tool', '*_page'),
  search('by result and latency', '--result', 'tool-error', '--latency', '>500'),
  search('text that is not there', '--grep', 'no such text'),
  search('an hour', ...HOUR),
  { what: 'stats, the first time', words: ['stats'], goal: GOALS.stats, isCold: true },
  { what: 'stats, from the call index', words: ['stats'], goal: GOALS.stats },
  { what: 'stats with a filter', words: ['stats', '--server', 'files'], goal: GOALS.stats },
  { what: 'verify', words: ['verify'], goal: GOALS.verify },
  { what: 'export, json', words: ['export'] },
  { what: 'export, csv', words: ['export', '--format', 'csv'] },
  { what: 'export, otlp', words: ['export', '--format', 'otlp'] },
];

interface Measured {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMb: number;
}

interface Place {
  readonly folder: string;
  readonly log: string;
  readonly env: NodeJS.ProcessEnv;
  readonly state: StateFiles;
}

async function measure({ words, isCold }: Workload, { log, env, state }: Place): Promise<Measured> {
  if (isCold === true) fs.rmSync(state.callIndex, { recursive: true, force: true });
  const startMs = performance.now();
  const args = ['--import', PEAK, builtGuard(), 'audit', ...words, '--audit', log];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit', 'pipe'] });
  child.stdout?.resume();
  let said = '';
  child.stdio[3]?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  if (code > 1 || (code === 1 && words[0] === 'verify')) throw new Error(`${words.join(' ')}: code ${code}`);
  const { maxRSS, cpuMs } = JSON.parse(said) as { maxRSS: number; cpuMs: number };
  return { wallMs: performance.now() - startMs, cpuMs, peakMb: maxRSS / 1024 };
}

/** A row: the best run, as what disturbs only adds, and the highest peak. */
function row(what: string, goal: number | undefined, results: readonly Measured[]): string {
  const best = results.toSorted((one, other) => one.wallMs - other.wallMs)[0];
  const peak = Math.max(...results.map(({ peakMb }) => peakMb)).toFixed(0);
  const reach = goal === undefined ? '' : `< ${goal} s`;
  return `| ${what} | ${seconds(best?.wallMs)} | ${seconds(best?.cpuMs)} | ${peak} MB | ${reach} |`;
}

function seconds(ms = 0): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

async function commandRows(place: Place, runs: number): Promise<string[]> {
  const rows: string[] = [];
  for (const workload of WORKLOADS) {
    const results: Measured[] = [];
    for (let run = 0; run < runs; run += 1) results.push(await measure(workload, place));
    rows.push(row(workload.what, workload.goal, results));
  }
  return rows;
}

/** A dashboard of its own for each run: with the index that `stats` left, and without one. */
async function dashboardRows(place: Place, runs: number): Promise<string[]> {
  const found = new Map<string, Measured[]>();
  const keep = (what: string, { wallMs, cpuMs, residentMb }: Asked): void => {
    const results = found.get(what) ?? [];
    found.set(what, results);
    results.push({ wallMs, cpuMs, peakMb: residentMb });
  };
  for (let run = 0; run < runs; run += 1) {
    for (const asked of await askDashboard(place)) keep(asked.what, asked);
    fs.rmSync(place.state.callIndex, { recursive: true, force: true });
    for (const asked of await askDashboard(place, 1))
      keep(`${asked.what}, of a part, without an index`, asked);
    await measure({ what: '', words: ['stats'] }, place);
  }
  return [...found].map(([what, results]) =>
    row(what, what.includes('search') ? GOALS.search : GOALS.dashboard, results),
  );
}

async function main(): Promise<void> {
  const [records = RECORDS_DEFAULT, runs = RUNS_DEFAULT] = process.argv.slice(2).map(Number);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'guard-bench-audit-'));
  const env = { ...process.env, XDG_STATE_HOME: folder, XDG_CONFIG_HOME: folder };
  const place: Place = {
    folder,
    log: path.join(folder, 'audit.jsonl'),
    env,
    state: stateFiles(guardPaths(env)),
  };
  try {
    writeAuditLog(place.log, records, place.state.auditKey);
    const megabytes = (fs.statSync(place.log).size / 1e6).toFixed(0);
    const rows = [...(await commandRows(place, runs)), ...(await dashboardRows(place, runs))];
    const section = `## The audit log

Written by \`npm run bench:audit\`: ${records.toLocaleString('en-US')} records of eight writers, and their checkpoints, in one file of ${megabytes} MB. Each figure is the best of ${runs}; memory is the highest, to stay below 150 MB for a search.

${taken()}

| what | time | of which CPU | peak memory | to reach |
| --- | ---: | ---: | ---: | ---: |
${rows.join('\n')}
`;
    process.stdout.write(section);
    if (records === RECORDS_DEFAULT) writeSections(section);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

await main();
