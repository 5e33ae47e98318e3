import { readFileSync } from 'node:fs';

/** Where Linux tells of its processes; other systems have no such folder. */
const PROCESSES = '/proc';

/** What the system tells of a running process. */
export interface ProcessStat {
  readonly state: string;
  /** Ticks from the machine's start to that of the process: field 22 of proc(5). */
  readonly started: string;
}

/** Undefined where there is no such process, or the system does not tell. */
export function processStat(pid: number): ProcessStat | undefined {
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
