import { spawn } from 'node:child_process';
import xterm from '@xterm/headless';
import type { End } from './spawned.js';

export interface PtyOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly columns?: number;
  readonly rows?: number;
}

/** A command in a terminal of its own. */
export interface Pty {
  readonly pid: number;
  /** Types text, as keys. */
  write(text: string): void;
  /** All bytes that the terminal was sent so far, as text. */
  output(): string;
  /** The lines that a person sees now, without spaces at their ends. */
  screen(): string[];
  readonly ended: Promise<End>;
  /** Takes the terminal away, as a closed window does. */
  close(): void;
}

const COLUMNS = 80;
const ROWS = 24;

/**
 * Starts a command in a real pseudo-terminal, which util-linux's `script` makes. What it writes goes
 * to a terminal emulator too, and what that answers to queries goes back as if it had been typed.
 */
export function startPty(
  words: readonly string[],
  { env, cwd, columns = COLUMNS, rows = ROWS }: PtyOptions,
): Pty {
  const command = `stty rows ${rows} cols ${columns} && exec ${words.map(quoted).join(' ')}`;
  const child = spawn('script', ['-qfec', command, '/dev/null'], {
    cwd,
    env: { TERM: 'xterm-256color', ...env, SHELL: '/bin/sh' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 1000 });
  let output = '';
  const type = (text: string): void => void child.stdin.write(text);
  terminal.onData(type);
  child.stdin.on('error', () => undefined);
  // What `script` itself complains of is shown where the test looks first.
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      terminal.write(text);
    });
  }
  const ended = new Promise<End>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  if (child.pid === undefined) throw new Error('script (util-linux) did not start');
  return {
    pid: child.pid,
    write: type,
    output: () => output,
    screen() {
      const buffer = terminal.buffer.active;
      return Array.from({ length: rows }, (_, row) =>
        (buffer.getLine(buffer.viewportY + row)?.translateToString(true) ?? '').trimEnd(),
      );
    },
    ended,
    close: () => void child.kill('SIGTERM'),
  };
}

/** A word as the shell takes it literally. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
