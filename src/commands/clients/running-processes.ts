import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { promisify } from 'node:util';
import type { Client, Platform } from '../../clients/table/client.js';
import { PROCESS_LIST_MS } from '../../platform/bounds.js';

/** Programs that run, by path or name; undefined where the system does not tell. */
export type ProcessList = readonly string[] | undefined;

const run = promisify(execFile);

/** The programs that run on this machine. Never throws. */
export async function runningProcesses(platform: Platform): Promise<ProcessList> {
  try {
    if (platform === 'linux') return linuxProcesses();
    const [command, args] =
      platform === 'darwin'
        ? (['ps', ['-axo', 'comm=']] as const)
        : (['tasklist', ['/fo', 'csv', '/nh']] as const);
    const { stdout } = await run(command, args, { timeout: PROCESS_LIST_MS, maxBuffer: 16 * 1024 * 1024 });
    return stdout.split('\n').map((line) => line.trim().replace(/^"([^"]*)".*$/, '$1'));
  } catch {
    return undefined;
  }
}

/** The first word of each command line; what is gone meanwhile is left out. */
function linuxProcesses(): string[] {
  const pids = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      return [fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0] ?? ''];
    } catch {
      return [];
    }
  });
}

/** Whether the client runs and would write its file from memory over what others wrote. */
export function isOverwriting(client: Client, platform: Platform, processes: ProcessList): boolean {
  const names = client.overwritesWhile?.[platform];
  if (names === undefined || processes === undefined) return false;
  return processes.some((running) => {
    const program = running.replaceAll('\\', '/').toLowerCase();
    return names.some((name) => {
      const wanted = name.toLowerCase();
      return program === wanted || program.endsWith(`/${wanted}`);
    });
  });
}
