import { startRemote, type RemoteOptions } from '../../../src/upstream/remote/bridge.js';
import type { Upstream } from '../../../src/upstream/upstream.js';
import { systemClock } from '../../../src/platform/clock.js';
import { createDiagnostics } from '../../../src/platform/diagnostics.js';

/** How long a test waits for a line before it fails with what came instead. */
const LINE_MS = 8000;

/** A message as tests look at it. */
export interface Line {
  readonly text: string;
  readonly id?: unknown;
  readonly method?: string;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
  readonly params?: Record<string, unknown>;
}

/** Drives an upstream with lines of text, the way the door does. */
export class RawDriver {
  readonly upstream: Upstream;
  readonly notes: string[];
  readonly lines: Line[] = [];
  #rest = '';
  #wake: () => void = () => undefined;

  constructor(upstream: Upstream, notes: string[]) {
    this.upstream = upstream;
    this.notes = notes;
    upstream.output.setEncoding('utf8');
    upstream.output.on('data', (chunk: string) => {
      const parts = (this.#rest + chunk).split('\n');
      this.#rest = parts.pop() ?? '';
      for (const text of parts) this.lines.push({ text, ...(JSON.parse(text) as object) });
      this.#wake();
    });
  }

  send(...messages: (string | object)[]): void {
    const texts = messages.map((message) =>
      typeof message === 'string' ? message : JSON.stringify(message),
    );
    this.upstream.input.write(`${texts.join('\n')}\n`);
  }

  /** The first line, from now or before, that the test looks for. */
  async until(wanted: (line: Line) => boolean): Promise<Line> {
    const deadline = performance.now() + LINE_MS;
    for (;;) {
      const found = this.lines.find(wanted);
      if (found !== undefined) return found;
      const leftMs = deadline - performance.now();
      if (leftMs <= 0)
        throw new Error(`the line did not come; came: ${this.lines.map(({ text }) => text).join('\n')}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  answer(id: string | number): Promise<Line> {
    return this.until((line) => line.id === id && line.method === undefined);
  }

  async request(message: { readonly id: string | number } & Record<string, unknown>): Promise<Line> {
    this.send({ jsonrpc: '2.0', ...message });
    return this.answer(message.id);
  }

  /** The legacy handshake, up to and including `notifications/initialized`. */
  async initialize(protocolVersion = '2025-11-25'): Promise<Line> {
    const params = { protocolVersion, capabilities: {}, clientInfo: { name: 'raw', version: '1' } };
    const answer = await this.request({ id: 'init', method: 'initialize', params });
    this.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    return answer;
  }
}

/** Starts a bridge and a driver for it. */
export function drive(url: string, options: Partial<RemoteOptions> = {}): RawDriver {
  const notes: string[] = [];
  const upstream = startRemote({
    url: new URL(url),
    headers: [],
    env: {},
    clock: systemClock(),
    diagnostics: createDiagnostics((line) => notes.push(line)),
    ...options,
  });
  return new RawDriver(upstream, notes);
}

/** The envelope of a modern request. */
export const ENVELOPE = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};
