import { systemErrorCode } from '../platform/errors.js';

/**
 * Signals a whole process group. Windows has neither groups nor signals in this sense: there the
 * tree is ended by taskkill, forcibly, and stdin's end is the only gentle sign.
 */
export function killGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (process.platform === 'win32') {
    void taskkill(pid);
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: nothing of the group is left, which is what was wanted. EPERM: macOS says it of zombies.
    const code = systemErrorCode(error);
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}

/** Whether any process of the group still runs. On Windows the answer is not to be had: false. */
export function groupAlive(pid: number): boolean {
  if (process.platform === 'win32') return false;
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function taskkill(pid: number): Promise<void> {
  // Loaded only here: it is the largest package of the path and the others never need it.
  const { execa } = await import('execa');
  await execa('taskkill', ['/T', '/F', '/PID', String(pid)], { reject: false, windowsHide: true });
}
