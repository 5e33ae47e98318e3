import { Writable } from 'node:stream';
import { ERROR_CODES } from '../../jsonrpc/error-codes.js';
import { FrameSplitter } from '../../jsonrpc/frames.js';
import { FRAME_BYTES_CONFIG_MAX, REMOTE_LAST_ANSWERS_MS } from '../../platform/bounds.js';
import type { Clock } from '../../platform/clock.js';
import type { Diagnostics } from '../../platform/diagnostics.js';
import { GuardError } from '../../platform/errors.js';
import type { Environment } from '../../platform/paths.js';
import type { Upstream, UpstreamEnd } from '../upstream.js';
import { Dispatcher } from './dispatcher.js';
import { createWire } from './exchange.js';
import type { RemoteFailure } from './failure.js';
import { readHeaderOptions } from './header-options.js';
import { Incoming } from './incoming.js';
import { OpenPosts } from './open-posts.js';
import { OutputFeed } from './output-feed.js';
import { RemoteSession, type TraceOf } from './session.js';

export interface RemoteOptions {
  readonly url: URL;
  /** Each `Name: value`; `${VAR}` is taken from `env`. */
  readonly headers: readonly string[];
  readonly env: Environment;
  readonly clock: Clock;
  /** Where notes about the connection go; without it they are not made. */
  readonly diagnostics?: Diagnostics;
  /** How long the server may take for the headers of one response, in milliseconds. */
  readonly headersMs?: number;
  /** Largest message taken from the server, in bytes. */
  readonly frameBytesMax?: number;
  /** The error code for an answer that could not be read; without it `garbledAnswer`. */
  readonly garbledCode?: number;
  /** Told of what did not get through, beside the answer that its sender gets. */
  readonly onFailure?: (failure: RemoteFailure) => void;
  /** The trace that a request belongs to by the HTTP request that brought it. */
  readonly traceOf?: TraceOf;
}

/**
 * A remote server as an upstream: frames become POST requests, responses and event streams become
 * frames. Nothing is sent before the first frame. Throws GuardError `usage`.
 */
export function startRemote(options: RemoteOptions): Upstream {
  const { url, clock, diagnostics } = options;
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new GuardError(
      'usage',
      `--url expects an http or https address, got one that begins with "${url.protocol}"`,
    );
  }
  const headers = readHeaderOptions(options.headers, options.env);
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    diagnostics?.note(
      `${url.origin} is reached without encryption: everyone on the way can read and change what is said`,
    );
  }
  const wire = createWire({
    url,
    headers,
    diagnostics,
    headersMs: options.headersMs,
    frameBytesMax: options.frameBytesMax,
  });
  const feed = new OutputFeed();
  const posts = new OpenPosts();
  const session = new RemoteSession(options.traceOf);
  const incoming = new Incoming(wire, feed, posts, session);
  const life = new Life(() => {
    feed.end();
    wire.agent.destroy();
  });
  const dispatcher = new Dispatcher({
    wire,
    clock,
    session,
    incoming,
    feed,
    posts,
    garbledCode: options.garbledCode ?? ERROR_CODES.garbledAnswer,
    onFailure: options.onFailure ?? (() => undefined),
    onLost(description) {
      dispatcher.abort(description);
      life.end({ exitCode: 1, description });
    },
  });
  const input = frameInput((frame) => dispatcher.dispatch(frame));
  const closed = async (): Promise<void> => {
    input.end();
    await within(lastAnswers(input, posts), REMOTE_LAST_ANSWERS_MS);
    await dispatcher.close();
    life.end(CLOSED);
  };
  let closing: Promise<void> | undefined;
  return {
    input,
    output: feed.stream,
    ended: life.ended,
    close() {
      closing ??= life.over ? Promise.resolve() : closed();
      return closing;
    },
    kill() {
      dispatcher.abort();
      life.end(CLOSED);
    },
  };
}

const CLOSED: UpstreamEnd = { exitCode: 0, description: 'was closed' };

/** Whether an upstream has ended, and how; only its first end counts. */
class Life {
  readonly ended: Promise<UpstreamEnd>;
  readonly #onEnd: () => void;
  #over = false;
  #resolve: (end: UpstreamEnd) => void = () => undefined;

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  get over(): boolean {
    return this.#over;
  }

  end(end: UpstreamEnd): void {
    if (this.#over) return;
    this.#over = true;
    this.#onEnd();
    this.#resolve(end);
  }
}

/** Cuts what is written into frames and hands them on one after the other, each when the one before is under way. */
function frameInput(dispatch: (frame: Buffer) => Promise<void>): Writable {
  let frames: Buffer[] = [];
  const splitter = new FrameSplitter(FRAME_BYTES_CONFIG_MAX, {
    frame: (bytes, start, end) => {
      if (end > start) frames.push(bytes.subarray(start, end));
    },
    // The client's lane has a smaller bound and answers for it.
    oversized: () => undefined,
  });
  const take = async (chunk: Buffer, done: () => void): Promise<void> => {
    splitter.push(chunk);
    const ready = frames;
    frames = [];
    for (const frame of ready) await dispatch(frame);
    done();
  };
  return new Writable({
    write(chunk: Buffer, _encoding, callback) {
      // `dispatch` never rejects: each failure is answered where it happens.
      void take(chunk, callback);
    },
  });
}

/** Resolves when everything that was written is sent and every request but a subscription is answered. */
async function lastAnswers(input: Writable, posts: OpenPosts): Promise<void> {
  if (!input.writableFinished && !input.destroyed) {
    await new Promise<void>((resolve) => {
      input.once('finish', resolve);
      input.once('close', resolve);
    });
  }
  await posts.idle();
}

/** Waits for the promise, but no longer than the time. */
async function within(promise: Promise<void>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([promise, timeout]);
  clearTimeout(timer);
}

function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(?:\.\d{1,3}){3}$/.test(hostname)
  );
}
