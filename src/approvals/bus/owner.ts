import { systemErrorCode } from '../../platform/errors.js';
import { processStat } from '../../platform/process-stat.js';
import type { RequestOwner } from '../request.js';

/** This process as the owner of the requests that it holds. */
export function currentOwner(): RequestOwner {
  const stat = processStat(process.pid);
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
  const stat = processStat(owner.pid);
  if (stat === undefined) return true;
  if (stat.state === 'Z' || stat.state === 'X') return false;
  return owner.started === null || owner.started === stat.started;
}
