// Measures the audit commands on a large log: npm run bench:audit -- [records] [runs]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { builtGuard } from '../support/built-guard.js';
import { writeAuditLog } from './audit-log.js';

const RECORDS_DEFAULT = 1_000_000;
const RUNS_DEFAULT = 3;
const PEAK = pathToFileURL(path.join(import.meta.dirname, 'peak.js')).href;

const WORKLOADS: readonly (readonly [what: string, ...words: string[]])[] = [
  ['search, a rare tool', 'search', '--tool', 'delete_repository'],
  ['search, a rare tool, newest first', 'search', '--tool', 'delete_repository', '--reverse'],
  ['search, one call in twenty by decision', 'search', '--decision', 'deny'],
  ['search, one call in three by tool', 'search', '--tool', '*_file', '--tool', '*_page'],
  ['search, by result and latency', 'search', '--result', 'tool-error', '--latency', '>500'],
  ['search, text that is not there', 'search', '--grep', 'no such text'],
  ['search, an hour', 'search', '--since', '2026-01-03T10:00:00Z', '--until', '2026-01-03T11:00:00Z'],
  ['stats', 'stats'],
  ['export, json', 'export'],
  ['export, csv', 'export', '--format', 'csv'],
  ['export, otlp', 'export', '--format', 'otlp'],
];

interface Measured {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMb: number;
}

async function measure(words: readonly string[], log: string): Promise<Measured> {
  const startMs = performance.now();
  const args = ['--import', PEAK, builtGuard(), 'audit', ...words, '--audit', log];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit', 'pipe'] });
  child.stdout?.resume();
  let said = '';
  child.stdio[3]?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await once(child, 'close');
  const { maxRSS, cpuMs } = JSON.parse(said) as { maxRSS: number; cpuMs: number };
  return { wallMs: performance.now() - startMs, cpuMs, peakMb: maxRSS / 1024 };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function seconds(ms = 0): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

async function main(): Promise<void> {
  const [records = RECORDS_DEFAULT, runs = RUNS_DEFAULT] = process.argv.slice(2).map(Number);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'guard-bench-audit-'));
  const log = path.join(folder, 'audit.jsonl');
  try {
    writeAuditLog(log, records);
    const megabytes = (fs.statSync(log).size / 1e6).toFixed(0);
    const load = os.loadavg()[0]?.toFixed(1);
    print(
      `${records} records, ${megabytes} MB, node ${process.version}, ${os.cpus().length} cores, load ${load}, best of ${runs}\n`,
    );
    print('| what | time | of which CPU | peak memory |\n| --- | --- | --- | --- |');
    for (const [what, ...words] of WORKLOADS) {
      const results: Measured[] = [];
      for (let run = 0; run < runs; run += 1) results.push(await measure(words, log));
      const best = results.toSorted((one, other) => one.wallMs - other.wallMs)[0];
      const peak = Math.max(...results.map(({ peakMb }) => peakMb));
      print(`| ${what} | ${seconds(best?.wallMs)} | ${seconds(best?.cpuMs)} | ${peak.toFixed(0)} MB |`);
    }
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

await main();
