import { afterEach, describe, expect, test } from 'vitest';
import { builtGuard } from '../support/built-guard.js';
import { SECRET, serving } from '../dashboard/serving.js';
import { eventually, within } from '../support/eventually.js';
import { type Pty, startPty } from '../support/pty.js';
import { pressUntil, shows } from '../support/pty-screen.js';
import { useSandbox } from '../support/use-sandbox.js';
import { verifies } from '../requirements.js';

verifies('tui:pty', 'dashboard:command');

const sandbox = useSandbox();
const open: Pty[] = [];
afterEach(() => {
  for (const pty of open.splice(0)) pty.close();
});

/** The screen of `guard approve --url` in a terminal. */
function screen(url: string): Pty {
  const home = sandbox();
  const words = [process.execPath, builtGuard(), 'approve', '--as', 'alice', '--url', url];
  const env = { ...home.env, GUARD_DASHBOARD_SECRET: SECRET };
  const pty = startPty(words, { cwd: home.project, env, columns: 100, rows: 30 });
  open.push(pty);
  return pty;
}

async function leave(pty: Pty): Promise<void> {
  pty.write('\u0003');
  expect(await within('the end of the screen', pty.ended)).toEqual({ code: 0, signal: null });
  expect(pty.output()).not.toContain(SECRET);
}

const CALL = {
  server: 'filesystem',
  tool: 'write_file',
  standing: 'listed',
  destructive: false,
  remember: 'project',
  definition: 'sha256:1',
  arguments: { path: '/srv/site/a.txt' },
} as const;

describe('the screen over a remote guard', () => {
  test('shows what waits and what was not delivered, and approves', async () => {
    const served = await serving();
    const undelivered = [{ channel: 'slack', why: 'channel_not_found', at: '2026-11-22T08:00:00.000Z' }];
    const { answers } = served.hold({ ...CALL, undelivered });
    const pty = screen(served.base);
    await shows(pty, 'filesystem write_file');
    await shows(pty, 'slack: channel_not_found');
    await pressUntil(pty, ' ', (text) => text.includes('end of the arguments'));
    await pressUntil(pty, 'a', () => answers.length > 0);
    await shows(pty, 'approved: filesystem');
    expect(answers).toMatchObject([
      { decision: 'approved', approver: 'alice', presence: 'script', channel: 'dashboard', remember: null },
    ]);
    await leave(pty);
  });

  test('a call that comes later is shown; it is denied with a reason', async () => {
    const served = await serving();
    const pty = screen(served.base);
    await shows(pty, 'no call waits');
    const { answers } = served.hold(CALL);
    await shows(pty, 'filesystem write_file');
    await pressUntil(pty, 'd', (text) => text.includes('reason (may be empty)'));
    // Whatever came too often stands in the line by now.
    pty.write('\u0015');
    pty.write('not today');
    await shows(pty, 'not today');
    pty.write('\r');
    await eventually('the answer', () => answers.length > 0);
    expect(answers).toMatchObject([{ decision: 'denied', reason: 'not today', approver: 'alice' }]);
    await leave(pty);
  });

  test('an answer is remembered for the project, for the time that is shown', async () => {
    const saved: unknown[] = [];
    const served = await serving({
      sourceMore: { save: (_request, draft) => Promise.resolve(void saved.push(draft.remember)) },
    });
    const { answers } = served.hold(CALL);
    const pty = screen(served.base);
    await shows(pty, 'filesystem write_file');
    await pressUntil(pty, ' ', (text) => text.includes('end of the arguments'));
    await pressUntil(pty, 'r', (text) => text.includes('remember: filesystem write_file'));
    await pressUntil(pty, 'o', (text) => text.includes('; for 1d'));
    await pressUntil(pty, '\r', (text) => text.includes('save: filesystem write_file'));
    await pressUntil(pty, 'y', () => answers.length > 0);
    await shows(pty, 'approved and remembered');
    const remember = { scope: 'project', input: { '$.path': { eq: '/srv/site/a.txt' } } };
    expect([answers[0]?.remember, saved[0]]).toMatchObject([remember, remember]);
    await leave(pty);
  });

  test('a guard that goes away is said, and nothing is lost of the screen', async () => {
    const served = await serving();
    const pty = screen(served.base);
    await shows(pty, 'no call waits');
    await served.dashboard.close();
    await shows(pty, 'does not answer');
    await leave(pty);
  });
});
