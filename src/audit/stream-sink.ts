import type { Writable } from 'node:stream';
import { AUDIT_STAGED_BYTES_MAX, AUDIT_STREAM_WAITING_BYTES_MAX } from '../platform/bounds.js';
import { GuardError, messageOf } from '../platform/errors.js';
import type { AuditSink } from './sink.js';

/** A stream as a sink, and as a gate for what would make more records. */
export interface StreamSink extends AuditSink {
  /** Whether everything that was committed has left guard; while it has not, new calls are to wait. */
  readonly isOpen: boolean;
  /** Resolves once that is so, or the stream is gone. */
  whenOpen(): Promise<void>;
  /** Throws GuardError `audit-unwritable` where the next commit would; nothing is staged or dropped by it. */
  check(): void;
}

/**
 * Standard output, or any stream, as a sink. A commit hands its lines to the stream in one write: as
 * long as the reader keeps up they are in the system's hands when it returns, like those of a file.
 * Where the reader is slow nothing is dropped: `isOpen` holds new calls back, and the commits of
 * those under way go on until `waitingBytesMax` wait; then they fail, so that their calls are denied.
 * A stream that broke stays broken.
 */
export function createStreamSink(
  stream: Writable,
  waitingBytesMax = AUDIT_STREAM_WAITING_BYTES_MAX,
): StreamSink {
  return new BoundedStream(stream, waitingBytesMax);
}

class BoundedStream implements StreamSink {
  readonly #stream: Writable;
  readonly #waitingBytesMax: number;
  readonly #waiters: (() => void)[] = [];
  #staged: string[] = [];
  #stagedBytes = 0;
  #hasFailed = false;
  /** A stream takes all of a commit or nothing. */
  readonly kept = [0];
  #broken: { readonly error: unknown } | undefined;

  constructor(stream: Writable, waitingBytesMax: number) {
    this.#stream = stream;
    this.#waitingBytesMax = waitingBytesMax;
    stream.on('error', (error) => this.#break(error));
    stream.on('close', () => this.#break(new Error('it was closed')));
  }

  get failing(): boolean {
    return this.#hasFailed || this.#broken !== undefined;
  }

  get isOpen(): boolean {
    return this.#broken !== undefined || this.#stream.writableLength === 0;
  }

  whenOpen(): Promise<void> {
    if (this.isOpen) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiters.push(resolve);
    });
  }

  stage(line: string): void {
    this.#stagedBytes += line.length;
    // Beyond the bound the whole commit fails, so what follows need not be kept.
    if (this.#stagedBytes <= AUDIT_STAGED_BYTES_MAX) this.#staged.push(line);
  }

  check(): void {
    if (this.#broken !== undefined) throw unwritable(messageOf(this.#broken.error), this.#broken.error);
    const waiting = this.#stream.writableLength;
    if (waiting > this.#waitingBytesMax) throw unwritable(`${waiting} bytes wait for a reader that is slow`);
    if (this.#stagedBytes > AUDIT_STAGED_BYTES_MAX) throw unwritable('too many records came at once');
  }

  commit(): void {
    if (this.#stagedBytes === 0) return;
    try {
      this.check();
    } catch (error) {
      this.#hasFailed = true;
      this.#take();
      throw error;
    }
    this.#hasFailed = false;
    this.#stream.write(this.#take(), () => {
      if (this.#stream.writableLength === 0) this.#wake();
    });
  }

  close(): void {
    this.#take();
    this.#wake();
  }

  #take(): string {
    const lines = this.#staged.join('');
    this.#staged = [];
    this.#stagedBytes = 0;
    return lines;
  }

  #break(error: unknown): void {
    this.#broken ??= { error };
    this.#wake();
  }

  #wake(): void {
    for (const waiter of this.#waiters.splice(0)) waiter();
  }
}

function unwritable(why: string, cause?: unknown): GuardError {
  return new GuardError('audit-unwritable', `cannot write audit records to standard output: ${why}`, {
    cause,
    hint: 'see that whatever reads it keeps up; it is one of audit.sinks',
  });
}
