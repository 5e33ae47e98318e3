import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { builtGuard } from '../support/built-guard.js';
import { eventually } from '../support/eventually.js';
import { cpuMs, residentMb } from './peer.js';

export interface DashboardInput {
  readonly log: string;
  /** For the config. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** One question to the dashboard's API. */
export interface Asked {
  readonly what: string;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly residentMb: number;
}

const SECRET = 'bench-0123456789-abcdefghijklmnop';
const ALL = 'since=2026-01-01T00:00:00Z';

/** What the page asks: first right after the start, as the index is then, and again. */
const QUESTIONS: readonly (readonly [what: string, path: string])[] = [
  ['dashboard, first view of Analytics', `/stats?${ALL}`],
  ['dashboard, Analytics again', `/stats?${ALL}&top=11`],
  ['dashboard, search, a rare tool', `/audit?${ALL}&tool=delete_repository`],
  ['dashboard, search, text that is not there', `/audit?${ALL}&text=no%20such%20text`],
];

/** Starts `guard dashboard` over the log and asks it; `questions` is how many of them. */
export async function askDashboard(input: DashboardInput, questions = QUESTIONS.length): Promise<Asked[]> {
  const config = path.join(input.folder, 'dashboard.yaml');
  fs.writeFileSync(config, `version: '1'\ndashboard: { api_secret: ${SECRET} }\n`, { mode: 0o600 });
  const args = [builtGuard(), 'dashboard', '--config', config, '--audit', input.log, '--port', '0'];
  const child = spawn(process.execPath, args, { env: input.env, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const base = await eventually('the dashboard', () => /http:\/\/[\w.]+:\d+/.exec(said)?.[0]);
  const pid = child.pid ?? 0;
  const asked: Asked[] = [];
  for (const [what, place] of QUESTIONS.slice(0, questions)) {
    const [begin, cpu] = [performance.now(), cpuMs(pid)];
    const response = await fetch(`${base}/api/v1${place}`, {
      headers: { authorization: `Bearer ${SECRET}` },
    });
    if (!response.ok) throw new Error(`${place}: ${response.status} ${await response.text()}`);
    await response.text();
    const wallMs = performance.now() - begin;
    asked.push({ what, wallMs, cpuMs: cpuMs(pid) - cpu, residentMb: residentMb(pid, 'VmHWM') });
  }
  child.kill();
  await exited;
  return asked;
}
