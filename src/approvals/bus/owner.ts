import { readFileSync } from 'node:fs';
import { systemErrorCode } from '../../platform/errors.js';
import type { RequestOwner } from '../request.js';

/** Where Linux tells of its processes; other systems have no such folder. */
const PROCESSES = '/proc';

/** This process as the owner of the requests that it holds. */
export function currentOwner(): RequestOwner {
  const stat = statOf(process.pid);
  return { pid: process.pid, started: stat?.started ?? null };
}

/**
 * Whether the process is still there. A process that has its pid and another start time is not the
 * owner, and neither is one that has ended and was not yet collected. Where the system does not tell
 * the start time, the pid alone counts: better to show a request too long than to end one that is held.
 */
export function isOwnerAlive(owner: RequestOwner): boolean {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    // EPERM: it is there and another user's.
    if (systemErrorCode(error) !== 'EPERM') return false;
  }
  const stat = statOf(owner.pid);
  if (stat === undefined) return true;
  if (stat.state === 'Z' || stat.state === 'X') return false;
  return owner.started === null || owner.started === stat.started;
}

interface ProcessStat {
  readonly state: string;
  /** Ticks from the machine's start to that of the process: field 22 of proc(5). */
  readonly started: string;
}

function statOf(pid: number): ProcessStat | undefined {
  let text: string;
  try {
    text = readFileSync(`${PROCESSES}/${pid}/stat`, 'latin1');
  } catch {
    // No such folder on this system, or it is hidden from this user.
    return undefined;
  }
  // The second field is the program's name in parentheses, which can hold spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  const started = fields[19];
  return state === undefined || started === undefined ? undefined : { state, started };
}
