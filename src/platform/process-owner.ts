import { systemErrorCode } from './errors.js';
import { processStat } from './process-stat.js';

/** A process that answers for what it has put into a file. */
export interface ProcessOwner {
  readonly pid: number;
  /** When the process started, as the system counts it, so that a reused pid is not taken for it; null where unknown. */
  readonly started: string | null;
}

/** This process as the owner of what it writes. */
export function currentOwner(): ProcessOwner {
  const stat = processStat(process.pid);
  return { pid: process.pid, started: stat?.started ?? null };
}

/**
 * Whether the process is still there. A process that has its pid and another start time is not the
 * owner, and neither is one that has ended and was not yet collected. Where the system does not tell
 * the start time, the pid alone counts: better to show a request too long than to end one that is held.
 */
export function isOwnerAlive(owner: ProcessOwner): boolean {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    // EPERM: it is there and another user's.
    if (systemErrorCode(error) !== 'EPERM') return false;
  }
  const stat = processStat(owner.pid);
  if (stat === undefined) return true;
  if (stat.state === 'Z' || stat.state === 'X') return false;
  return owner.started === null || owner.started === stat.started;
}
