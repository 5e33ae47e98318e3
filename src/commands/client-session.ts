import { readFileSync, readlinkSync } from 'node:fs';
import { processStat, type ProcessStat } from '../platform/process-stat.js';
import { textDigest } from '../platform/text-digest.js';

/** What the session of a client is told by. */
export interface ClientProcess {
  /** The process that started guard. */
  readonly pid: number;
  readonly stat: (pid: number) => ProcessStat | undefined;
  /** Tells one run of one machine, or of one container, from all others. */
  readonly machine: () => string;
}

/** Digits of the digest that names a session: short in records, and no two clients share one. */
const DIGITS = 16;
/** The first process takes in those whose parent is gone. */
const FIRST_PROCESS = 1;

/**
 * The session that all guards share which one client process started, as a short text that stays the
 * same as long as that process lives. Undefined where the client is gone already, or where the system
 * does not tell when it started: a process id alone is used again.
 */
export function clientSession(client: ClientProcess = PARENT): string | undefined {
  const { pid, stat, machine } = client;
  if (pid <= FIRST_PROCESS) return undefined;
  const found = stat(pid);
  if (found === undefined || found.state === 'Z' || found.state === 'X') return undefined;
  const text = `guard session v1\n${machine()}\n${pid}\n${found.started}`;
  return `client-${textDigest(text).slice(0, DIGITS)}`;
}

/** The parent of this process. */
const PARENT: ClientProcess = {
  get pid() {
    return process.ppid;
  },
  stat: processStat,
  machine: () =>
    [
      // Process ids and start times begin again with each start of a machine, and in each container.
      told(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()),
      told(() => readlinkSync('/proc/self/ns/pid')),
    ].join(' '),
};

function told(read: () => string): string {
  try {
    return read();
  } catch {
    return '-';
  }
}
