import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';

/** One program under measurement, driven as a client drives it: frames in, frames out, no SDK. */
export class Peer {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting = new Map<number, () => void>();
  #parts: Buffer[] = [];
  #id = 0;
  #frames = '';

  constructor(words: readonly string[], env: NodeJS.ProcessEnv = process.env) {
    const [command = '', ...args] = words;
    const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'ignore'] });
    this.#child = child;
    child.stdout.on('data', (chunk: Buffer) => this.#take(chunk));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Sends one request; resolves when its answer is whole. */
  request(method: string, params: object): Promise<void> {
    this.#id += 1;
    const id = this.#id;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#send(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    });
  }

  initialize(): Promise<void> {
    const clientInfo = { name: 'bench', version: '1' };
    return this.request('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo });
  }

  call(name: string): Promise<void> {
    return this.request('tools/call', {
      name,
      arguments: { path: '/srv/data/report.txt', lines: 40, note: 'for the bench' },
    });
  }

  async close(): Promise<void> {
    const exited = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.stdin.end();
    await exited;
  }

  /** Requests of one turn leave in one write, so that the client is not what limits the others. */
  #send(frame: string): void {
    if (this.#frames === '') {
      process.nextTick(() => {
        const frames = this.#frames;
        this.#frames = '';
        this.#child.stdin.write(frames);
      });
    }
    this.#frames += frame;
  }

  #take(chunk: Buffer): void {
    let start = 0;
    for (let lf = chunk.indexOf(10); lf !== -1; lf = chunk.indexOf(10, start)) {
      const tail = chunk.subarray(start, lf);
      this.#answered(
        this.#parts.length === 0 ? tail : Buffer.concat([...this.#parts.slice(-2), tail].slice(-3)),
      );
      this.#parts = [];
      start = lf + 1;
    }
    if (start < chunk.length) this.#parts.push(chunk.subarray(start));
  }

  #answered(line: Buffer): void {
    const text = line.subarray(-64).toString('latin1') + line.subarray(0, 64).toString('latin1');
    const id = Number(/"id":(\d+)/.exec(text)?.[1]);
    const done = this.#waiting.get(id);
    this.#waiting.delete(id);
    done?.();
  }
}

/** CPU time of all threads of a process so far, in milliseconds. */
export function cpuMs(pid: number): number {
  let total = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    total += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]);
  }
  return total / 1e6;
}

/** Resident memory of a process in MB, now or at its peak. */
export function residentMb(pid: number, field: 'VmRSS' | 'VmHWM' = 'VmRSS'): number {
  const line = new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1]) / 1024;
}
