import { EventEmitter, once } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import type { Upstream, UpstreamEnd } from '../../src/upstream/upstream.js';
import type { Wire } from '../support/spawned.js';

/** Methods that policy judges, of those that the scenarios use. */
const GOVERNED = /^(tools\/call|resources\/read|vendor\/.*)$/;
const TOOLS = ['echo', 'asks', 'write'].map((name) => ({ name, inputSchema: { type: 'object' } }));

/** A server in this process that looks into the log before it believes a call. */
export class FakeServer {
  readonly received: Wire[] = [];
  /** Governed messages that came without a decision in the log: must stay empty. */
  readonly unrecorded: Wire[] = [];
  readonly output = new PassThrough();
  readonly upstream: Upstream;
  /** While set, a write to the server's stdin fails with it. */
  inputError: Error | undefined;
  readonly #isRecorded: (message: Wire) => boolean;
  #rest = '';

  constructor(isRecorded: (message: Wire) => boolean) {
    this.#isRecorded = isRecorded;
    const left = new EventEmitter();
    const ended = once(left, 'end').then((): UpstreamEnd => ({
      exitCode: 0,
      description: 'exited with code 0',
    }));
    const input = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        if (this.inputError !== undefined) return done(this.inputError);
        this.#take(chunk);
        done();
      },
    });
    const close = (): Promise<void> => {
      input.end();
      this.output.end();
      left.emit('end');
      return Promise.resolve();
    };
    this.upstream = { input, output: this.output, ended, close, kill: () => void close() };
  }

  say(message: Wire): void {
    this.output.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }

  #take(chunk: Buffer): void {
    const lines = (this.#rest + chunk.toString('utf8')).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#receive(JSON.parse(line) as Wire);
  }

  #receive(message: Wire): void {
    this.received.push(message);
    const { id, method } = message;
    if (method === undefined) return;
    if (GOVERNED.test(method) && !this.#isRecorded(message)) this.unrecorded.push(message);
    if (id === undefined) return;
    const params = message['params'] as { name?: string } | undefined;
    if (params?.name === 'asks') this.say({ id: `ask-${id}`, method: 'sampling/createMessage', params: {} });
    this.say({ id, result: method === 'tools/list' ? { tools: TOOLS } : { content: [] } });
  }
}
