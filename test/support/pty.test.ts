import { afterEach, expect, test } from 'vitest';
import { eventually, within } from './eventually.js';
import { type Pty, startPty } from './pty.js';

const open: Pty[] = [];
afterEach(() => {
  for (const pty of open.splice(0)) pty.close();
});

const SCRIPT = `
  const { stdin, stdout } = process;
  stdin.setRawMode(true);
  stdout.write(['at', stdout.columns, stdout.rows, stdin.isTTY, process.argv[1]].join(' '));
  stdin.on('data', (bytes) => {
    if (bytes.includes(0x71)) { stdin.setRawMode(false); process.exit(3); }
    stdout.write('\\x1b[2;1Hgot ' + bytes.toString('hex') + '\\x1b[3;5Hbelow');
  });`;

test('a command in a terminal of a given size reads keys, draws, and ends with its code', async () => {
  const env = { PATH: process.env['PATH'] ?? '' };
  const pty = startPty([process.execPath, '-e', SCRIPT, "it's"], { env, cwd: '/', columns: 60, rows: 12 });
  open.push(pty);
  await eventually('the start', () => pty.output().includes('at 60 12 true'));
  expect(pty.output()).toContain("it's");
  pty.write('\u001b[A');
  await eventually('the key', () => pty.screen()[2] === '    below');
  expect(pty.screen()[1]).toBe('got 1b5b41');
  expect(pty.screen()).toHaveLength(12);
  pty.write('q');
  expect(await within('the end', pty.ended)).toEqual({ code: 3, signal: null });
});
