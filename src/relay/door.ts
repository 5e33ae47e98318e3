import {
  EXPIRY_POLL_MS_MAX,
  PARENT_POLL_MS,
  REPLY_BYTES_MAX,
  SHUTDOWN_KILL_MS,
  TIMER_MS_MAX,
} from '../platform/bounds.js';
import { ClientLane } from '../conversation/client-lane.js';
import type { Conversation } from '../conversation/conversation.js';
import { Outlet } from '../conversation/outlet.js';
import { ServerLane } from '../conversation/server-lane.js';
import type { Upstream, UpstreamEnd } from '../upstream/upstream.js';

/** After the server ended, how long what it wrote may still be on its way through the pipe. */
const LAST_WORDS_MS = 500;

/** What is said of a server that not even SIGKILL ended in time. */
const UNKILLABLE: UpstreamEnd = { exitCode: 1, description: 'could not be ended' };

export interface DoorOptions {
  readonly conversation: Conversation;
  readonly upstream: Upstream;
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WriteStream;
  /** Aborted when guard is told to stop. */
  readonly signal: AbortSignal;
  readonly clientFrameBytesMax: number;
  readonly serverFrameBytesMax: number;
  readonly requestTimeoutMs: number;
}

/**
 * The stdio door: relays between the client on stdin and stdout and one server until either is
 * gone, then ends the other. Resolves, with everything answered, written and ended, to how the
 * server ended.
 */
export async function runDoor(options: DoorOptions): Promise<UpstreamEnd> {
  const { conversation, upstream, stdin, stdout, signal } = options;
  const toServer = new Outlet(upstream.input, () => flow(stdin, toServer.blocked || toClient.blocked));
  const toClient = new Outlet(stdout, (blocked) => {
    flow(upstream.output, blocked);
    flow(stdin, toServer.blocked || toClient.blocked);
  });
  const client = new ClientLane(conversation, toServer, toClient, options.clientFrameBytesMax);
  const server = new ServerLane(conversation, toServer, toClient, options.serverFrameBytesMax);
  const outputEnded = ending(upstream.output);
  const inputEnded = ending(upstream.input);

  stdin.on('data', (chunk: Buffer) => client.receive(chunk));
  upstream.output.on('data', (chunk: Buffer) => {
    server.receive(chunk);
    if (toServer.waitingBytes > REPLY_BYTES_MAX) pauseUntilRead(upstream.output, toServer);
  });
  const expiry = setInterval(
    () => server.expire(options.requestTimeoutMs),
    Math.min(EXPIRY_POLL_MS_MAX, options.requestTimeoutMs),
  );
  const clientLeft = Promise.race([ending(stdin), ending(stdout), parentGone(), aborted(signal)]);
  void clientLeft.then(() => client.end());

  // Whoever goes first, the way out is the same: end the server, hear its last words, answer what is open.
  await Promise.race([clientLeft, upstream.ended, outputEnded, inputEnded]);
  // An answer that comes while the server is being ended releases nothing any more.
  client.stopHolding('the session is over');
  await upstream.close();
  const end = await Promise.race([upstream.ended, delay(LAST_WORDS_MS).then(() => UNKILLABLE)]);
  await Promise.race([outputEnded, delay(LAST_WORDS_MS)]);
  clearInterval(expiry);
  stdin.pause();
  client.stopHolding(`the session is over: the server ${end.description}`);
  server.end();
  server.abandon(`the server ${end.description} before it answered`);
  await toClient.drained(SHUTDOWN_KILL_MS);
  return end;
}

function flow(stream: NodeJS.ReadableStream, blocked: boolean): void {
  if (blocked) stream.pause();
  else stream.resume();
}

function pauseUntilRead(stream: NodeJS.ReadableStream, outlet: Outlet): void {
  stream.pause();
  void outlet.drained(TIMER_MS_MAX).then(() => stream.resume());
}

/** Resolves when a stream is over, however it went. */
function ending(stream: NodeJS.ReadableStream | NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => {
    for (const event of ['end', 'close', 'error']) stream.once(event, () => resolve());
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Resolves when the process that started guard is gone, which some clients do without closing a pipe. */
function parentGone(): Promise<void> {
  const parent = process.ppid;
  return new Promise((resolve) => {
    const poll = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(poll);
      resolve();
    }, PARENT_POLL_MS);
    poll.unref();
  });
}

function delay(timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, timeoutMs);
  });
}
