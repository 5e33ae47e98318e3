import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { builtGuard } from '../support/built-guard.js';
import { eventually, within } from '../support/eventually.js';
import { type HeldCalls, holdCalls } from '../support/held-calls.js';
import { type Pty, startPty } from '../support/pty.js';
import { pressUntil, shows } from '../support/pty-screen.js';
import type { Sandbox } from '../support/sandbox.js';
import { useSandbox } from '../support/use-sandbox.js';
import { verifies } from '../requirements.js';
import { sampleRequest } from './sample-request.js';

verifies('tui:pty', 'tui:sizes');

const sandbox = useSandbox();
const held: HeldCalls[] = [];
const open: Pty[] = [];
afterEach(() => {
  for (const pty of open.splice(0)) pty.close();
  for (const calls of held.splice(0)) calls.close();
});

function holding(home: Sandbox): HeldCalls {
  const calls = holdCalls(home);
  held.push(calls);
  return calls;
}

function screen(
  home: Sandbox,
  { env = {}, ...size }: { columns?: number; rows?: number; env?: Record<string, string> } = {},
  ...options: string[]
): Pty {
  const words = [process.execPath, builtGuard(), 'approve', '--as', 'alice', ...options];
  const pty = startPty(words, { cwd: home.project, env: { ...home.env, ...env }, ...size });
  open.push(pty);
  return pty;
}

async function leave(pty: Pty): Promise<void> {
  pty.write('\u0003');
  expect(await within('the end of the screen', pty.ended)).toEqual({ code: 0, signal: null });
}

describe.each([
  ['80×24', { columns: 80, rows: 24 }],
  ['40×10', { columns: 40, rows: 10 }],
  ['132×50', { columns: 132, rows: 50 }],
])('a terminal of %s', (_size, size) => {
  test('a call is read and approved', async () => {
    const home = sandbox();
    const calls = holding(home);
    calls.hold(sampleRequest());
    const pty = screen(home, size);
    await shows(pty, 'filesystem write_file');
    await pressUntil(pty, ' ', (text) => text.includes('end of the arguments'));
    await pressUntil(pty, 'a', () => calls.answers.length > 0);
    await shows(pty, 'approved: filesystem');
    expect(calls.answers).toMatchObject([
      { decision: 'approved', approver: 'alice', presence: 'terminal', channel: 'terminal', remember: null },
    ]);
    await leave(pty);
  });

  test('a call is denied with a reason', async () => {
    const home = sandbox();
    const calls = holding(home);
    calls.hold(sampleRequest());
    const pty = screen(home, size);
    await shows(pty, 'filesystem write_file');
    await pressUntil(pty, 'd', (text) => text.includes('reason (may be empty)'));
    // Whatever came too often stands in the line by now.
    pty.write('\u0015');
    pty.write('not today');
    await shows(pty, 'not today');
    pty.write('\r');
    await eventually('the answer', () => calls.answers.length > 0);
    expect(calls.answers).toMatchObject([{ decision: 'denied', reason: 'not today' }]);
    await leave(pty);
  });
});

describe('the terminal', () => {
  test('what it answers by itself, and pastes, answer no call', async () => {
    const home = sandbox();
    const calls = holding(home);
    calls.hold(sampleRequest());
    const pty = screen(home);
    await shows(pty, 'filesystem write_file');
    await pressUntil(pty, ' ', (text) => text.includes('end of the arguments'));
    for (const text of [
      '\u001b]11;rgb:aaaa/dddd/aaaa\u0007',
      '\u001b]11;rgb:aaaa/dddd/aaaa\u001b\\',
      '\u001bP>|aaa\u001b\\',
      '\u001b[?62;22c',
      '\u001b[200~a\u001b[201~',
      'aaa',
    ]) {
      pty.write(text);
    }
    // The next key is read after all of them.
    await pressUntil(pty, 'h', (text) => text.includes('nothing was answered yet'));
    expect(calls.answers).toEqual([]);
    await leave(pty);
  });

  test('comes back as it was: the cursor, the first screen, keys and pastes', async () => {
    const pty = screen(sandbox());
    await shows(pty, 'no call waits');
    pty.write('q');
    expect(await within('the end of the screen', pty.ended)).toEqual({ code: 0, signal: null });
    expect(pty.output()).toContain('\u001b[?1049l');
    expect(pty.output()).toContain('\u001b[?2004l');
    expect(pty.output().lastIndexOf('\u001b[?25h')).toBeGreaterThan(pty.output().lastIndexOf('\u001b[?25l'));
  });

  test('rings when a call comes, and notifies only when asked to', async () => {
    const home = sandbox();
    const calls = holding(home);
    const quiet = screen(home, {}, '--no-bell');
    const loud = screen(home, {}, '--notify');
    await shows(quiet, 'no call waits');
    await shows(loud, 'no call waits');
    calls.hold(sampleRequest({ tool: 'write;file' }));
    await shows(quiet, 'filesystem write;file');
    await shows(loud, 'filesystem write;file');
    expect(quiet.output()).not.toContain('\u0007');
    expect(loud.output()).toContain(
      '\u001b]9;guard: a call waits for an answer: filesystem write,file\u0007',
    );
    expect(loud.output()).toContain(
      '\u001b]777;notify;guard;a call waits for an answer: filesystem write,file\u0007',
    );
    await leave(quiet);
    await leave(loud);
  });

  test('another size is drawn anew', async () => {
    const home = sandbox();
    holding(home).hold(sampleRequest());
    const pty = screen(home);
    await shows(pty, 'filesystem write_file');
    const running = home.processes().find(({ command }) => command.includes('guard.js approve'));
    const terminal = fs.readlinkSync(`/proc/${running?.pid}/fd/0`);
    const narrow = /(?<!─)─{40}(?!─)/;
    expect(pty.output()).not.toMatch(narrow);
    execFileSync('stty', ['-F', terminal, 'rows', '10', 'cols', '40']);
    await eventually('the narrow screen', () => narrow.test(pty.output()));
    execFileSync('stty', ['-F', terminal, 'rows', '30', 'cols', '100']);
    await eventually('the wide screen', () => /(?<!─)─{100}(?!─)/.test(pty.output()));
    await leave(pty);
  });

  test('is drawn where the variable CI is set too: a person sits there', async () => {
    const pty = screen(sandbox(), { env: { CI: 'true' } });
    await shows(pty, 'no call waits');
    await leave(pty);
  });

  test('NO_COLOR leaves no color', async () => {
    const home = sandbox();
    holding(home).hold(sampleRequest({ destructive: true }));
    const pty = screen(home, { env: { NO_COLOR: '1' } });
    await shows(pty, 'may destroy');
    // oxlint-disable-next-line no-control-regex -- colors begin with one
    expect(pty.output()).not.toMatch(/\u001b\[[0-9;]*m/);
    await leave(pty);
  });

  test('read aloud it has no lines drawn and no seconds that run', async () => {
    const home = sandbox();
    holding(home).hold(sampleRequest());
    const pty = screen(home, { env: { INK_SCREEN_READER: 'true' } });
    await shows(pty, 'more than 4 minutes left');
    expect(pty.output()).not.toContain('─');
    expect(pty.output()).not.toContain('\u001b[?1049h');
    await leave(pty);
  });

  test('a closed window ends it', async () => {
    const pty = screen(sandbox());
    await shows(pty, 'no call waits');
    pty.close();
    await within('the end of the screen', pty.ended);
  });
});
