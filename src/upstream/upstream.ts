import type { Readable, Writable } from 'node:stream';

/** How a server ended, and what the program's exit code says of it. */
export interface UpstreamEnd {
  readonly exitCode: number;
  /** For people and for the answers of the requests that were open: `exited with code 3`. */
  readonly description: string;
}

/** A server that frames go to and come from: a child process, or a bridge to a remote one. */
export interface Upstream {
  /** Takes frames, each with its line feed. Ending it is the portable signal to stop. */
  readonly input: Writable;
  /** Gives the server's bytes. */
  readonly output: Readable;
  /** Resolves when the server has ended, by itself or through `close`. Never rejects. */
  readonly ended: Promise<UpstreamEnd>;
  /** Ends the server and everything it started, gently first. Safe to call twice. */
  close(): Promise<void>;
  /** Ends it at once. */
  kill(): void;
}
