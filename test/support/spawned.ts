import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { eventually, within } from './eventually.js';

/** A message as a test reads it. */
export interface Wire {
  readonly [key: string]: unknown;
  readonly id?: string | number | null;
  readonly method?: string;
  readonly result?: Wire;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: Wire };
}

export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const STDERR_CHARS_KEPT = 1024 * 1024;
const LF = 0x0a;

/** A process that speaks lines on its pipes, with everything that it wrote. */
export class Spawned {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly ended: Promise<End>;
  /** Every line of stdout as it came, without its line feed. */
  readonly lines: Buffer[] = [];
  stderr = '';
  stderrBytes = 0;
  #rest: Buffer[] = [];

  constructor(words: readonly string[], options: { cwd: string; env: Record<string, string> }) {
    const [command = '', ...args] = words;
    this.child = spawn(command, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
    this.ended = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      // `close` and not `exit`: nothing that was written may be missed.
      this.child.once('close', (code, signal) => resolve({ code, signal }));
    });
    this.child.stdin.on('error', () => undefined);
    this.child.stdout.on('data', (chunk: Buffer) => this.#take(chunk));
    this.child.stderr.on('data', (chunk: Buffer) => {
      this.stderrBytes += chunk.length;
      if (this.stderr.length < STDERR_CHARS_KEPT) this.stderr += chunk.toString('utf8');
    });
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('the process did not start');
    return this.child.pid;
  }

  /** Writes bytes as they are. */
  send(bytes: string | Uint8Array): void {
    this.child.stdin.write(bytes);
  }

  /** Writes messages, a line each, in one write. */
  say(...messages: readonly Wire[]): void {
    this.send(messages.map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`).join(''));
  }

  /** Sends a request and waits for its answer. */
  async ask(id: string | number, method: string, params?: unknown): Promise<Wire> {
    this.say(params === undefined ? { id, method } : { id, method, params });
    return this.answer(id);
  }

  /** Calls a tool and waits for the answer. */
  call(id: string | number, tool: string, args: unknown = {}): Promise<Wire> {
    return this.ask(id, 'tools/call', { name: tool, arguments: args });
  }

  answer(id: string | number | null): Promise<Wire> {
    return eventually(
      `the answer to ${JSON.stringify(id)}; stderr: ${this.stderr.slice(-2000)}`,
      () => this.answers(id)[0],
    );
  }

  /** Every answer with this id that came so far. */
  answers(id: string | number | null): Wire[] {
    return this.messages().filter((message) => message.id === id && message.method === undefined);
  }

  messages(): Wire[] {
    return this.lines.map((line) => JSON.parse(line.toString('utf8')) as Wire);
  }

  /** Waits until stderr holds the text. */
  async told(text: string): Promise<void> {
    await eventually(`"${text}" on stderr`, () => this.stderr.includes(text));
  }

  closeStdin(): void {
    this.child.stdin.end();
  }

  /** Closes stdin and waits for the end. */
  async finish(): Promise<End> {
    this.closeStdin();
    return within('the end of the process', this.ended);
  }

  /** Fails on a process warning, an unhandled rejection or an unexpected error of this process. */
  assertCalm(): void {
    const own = [
      `(node:${this.pid})`,
      'guard: unexpected error',
      'UnhandledPromiseRejection',
      "Unhandled 'error'",
    ];
    const complaint = own.map((text) => this.stderr.indexOf(text)).find((at) => at !== -1);
    if (complaint !== undefined) {
      throw new Error(
        `the process complained about itself: ${this.stderr.slice(complaint, complaint + 2000)}`,
      );
    }
    if (this.#rest.length > 0) throw new Error('the last line on stdout was not finished');
  }

  #take(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      this.lines.push(Buffer.concat([...this.#rest, chunk.subarray(start, end)]));
      this.#rest = [];
      start = end + 1;
    }
    if (start < chunk.length) this.#rest.push(chunk.subarray(start));
  }
}
