import fs from 'node:fs';

/** The variable that every process of one test inherits. */
export const MARK = 'TEST_MARK';

export interface MarkedProcess {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** The running processes that carry the mark, found in /proc; zombies have no environment any more. */
export function processesMarked(mark: string): MarkedProcess[] {
  const found: MarkedProcess[] = [];
  for (const entry of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      if (!fs.readFileSync(`/proc/${entry}/environ`, 'latin1').includes(`${MARK}=${mark}`)) continue;
      const stat = fs.readFileSync(`/proc/${entry}/stat`, 'latin1');
      const command = fs.readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      // The second field is the name in parentheses and may hold anything; the parent is the fourth.
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      found.push({ pid: Number(entry), parent, command });
    } catch {
      // Ended while it was looked at, or another user's.
    }
  }
  return found;
}

/** Ends what a failed test left behind. */
export function killMarked(mark: string): void {
  for (const { pid } of processesMarked(mark)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone already.
    }
  }
}
