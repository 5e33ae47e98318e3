import { type ChildProcessByStdio, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { within } from '../support/eventually.js';
import type { ClientEra } from '../support/mcp-client.js';

/** What the load process can be told to do. */
export type Order =
  | { readonly op: 'ready'; readonly url: string }
  | {
      readonly op: 'open';
      readonly name: string;
      readonly url: string;
      readonly era: ClientEra;
      readonly connections: number;
    }
  | { readonly op: 'paced'; readonly name: string; readonly count: number; readonly perSecond: number }
  | { readonly op: 'latency' | 'throughput' | 'big'; readonly name: string; readonly count: number }
  | { readonly op: 'close'; readonly name: string };

export type Reply = { readonly value: number; readonly delivered?: number } | { readonly error: string };

/** Longer than any order takes; a program that does not answer ends the bench. */
const ORDER_MS = 180_000;
const LOAD = path.join(path.dirname(fileURLToPath(import.meta.url)), 'load.ts');

/** The clients of the bench in a process of their own, so that what drives them costs them nothing. */
export class LoadProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting: ((reply: Reply) => void)[] = [];

  constructor() {
    const words = ['--import', 'tsx', LOAD];
    this.#child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.#waiting.shift()?.(JSON.parse(line) as Reply);
    });
  }

  async tell(order: Order): Promise<{ readonly value: number; readonly delivered: number }> {
    const replied = new Promise<Reply>((resolve) => {
      this.#waiting.push(resolve);
      this.#child.stdin.write(`${JSON.stringify(order)}\n`);
    });
    const reply = await within(`the reply to ${JSON.stringify(order)}`, replied, ORDER_MS);
    if ('error' in reply) throw new Error(`${JSON.stringify(order)}: ${reply.error}`);
    return { delivered: 0, ...reply };
  }

  close(): void {
    this.#child.stdin.end();
  }
}
