import { errorFrame } from '../../jsonrpc/replies.js';
import { messageOf } from '../../platform/errors.js';
import { member } from '../../platform/json.js';
import { garbledFailure, nameOf, RemoteFailure } from './failure.js';
import { HttpWithSse, openStream } from './http-with-sse.js';
import type { OpenPost, OpenPosts } from './open-posts.js';
import { readOutgoing, type Outgoing, type OutgoingNotification } from './outgoing.js';
import type { OutputFeed } from './output-feed.js';
import { StreamableHttp } from './streamable-http.js';
import type { Reading, Transport, TransportParts } from './transport.js';

/** The statuses by which a server of the older transport refuses a POST to its stream's address. */
const OLDER_TRANSPORT_STATUSES = new Set<number | undefined>([400, 404, 405]);

export interface DispatcherParts extends TransportParts {
  readonly feed: OutputFeed;
  readonly posts: OpenPosts;
  /** The error code for an answer that could not be read. */
  readonly garbledCode: number;
  /** The server is gone for good; told as `the server …`. */
  readonly onLost: (description: string) => void;
}

/**
 * Sends the client's messages in the order in which they came, and sees to it that each request
 * gets exactly one answer: the server's, or an error that says what went wrong.
 */
export class Dispatcher {
  readonly #parts: DispatcherParts;
  #transport: Transport;
  /** Whether the server has shown which transport it speaks. */
  #settled = false;
  #looking: Promise<boolean> | undefined;
  /** What the next message has to wait for: an unfinished handshake. */
  #turn: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
    this.#transport = new StreamableHttp(parts);
  }

  /** Starts to send one frame; resolves when the next one may follow. Never rejects. */
  async dispatch(frame: Buffer): Promise<void> {
    const { posts, wire } = this.#parts;
    const message = readOutgoing(frame);
    if (message === null)
      return wire.diagnostics?.repeated('remote-frame', 'a frame that is no message was not sent');
    if (this.#isWithdrawal(message)) return;
    // The server may ask something in the middle of the handshake; the client's answer cannot wait for its end.
    if (message.kind !== 'response') await this.#turn;
    if (message.kind === 'request') await posts.room();
    if (this.#closed) return;
    const post = posts.add(message);
    const run = this.#run(post);
    if (isHandshake(message)) this.#turn = Promise.race([run, post.over]);
  }

  /** Takes no more messages, drops those under way, and ends the session with the server. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#parts.posts.abandon();
    await this.#transport.close();
  }

  /** Drops everything at once. Requests that still waited are answered with what happened, if it is given. */
  abort(description?: string): void {
    this.#closed = true;
    this.#transport.abort();
    const { posts, feed, wire } = this.#parts;
    for (const { id } of posts.abandon()) {
      if (description === undefined) continue;
      // What waits in the feed is bounded by the requests; nobody is left who could be held up.
      void feed.send(this.#errorLine(id, new RemoteFailure(`${nameOf(wire.url)} ${description}`)));
    }
  }

  async #run(post: OpenPost): Promise<void> {
    const { posts, wire } = this.#parts;
    try {
      const read = await this.#post(post);
      await read();
      if (post.awaited) throw garbledFailure(wire.url, 'ended its response without the answer');
    } catch (error) {
      await this.#fail(post, error);
    } finally {
      posts.remove(post);
    }
  }

  /** Sends the message over the transport; the first refusals may show that it has to be the older one. */
  async #post(post: OpenPost): Promise<Reading> {
    const transport = this.#transport;
    try {
      const read = await transport.post(post);
      this.#settled = true;
      return read;
    } catch (error) {
      if (!(error instanceof RemoteFailure)) throw error;
      if (error.detail.spokeRpc === true) this.#settled = true;
      if (!OLDER_TRANSPORT_STATUSES.has(error.detail.status)) throw error;
      // Another message may have found the older transport while this one was under way.
      const changed = transport !== this.#transport;
      if (!changed && (this.#settled || !(await this.#useOlder()))) throw error;
      return this.#transport.post(post);
    }
  }

  /** Looks for the older transport, once at a time; whether it is there and used from now on. */
  #useOlder(): Promise<boolean> {
    this.#looking ??= this.#lookForOlder();
    return this.#looking;
  }

  async #lookForOlder(): Promise<boolean> {
    try {
      const stream = await openStream(this.#parts.wire);
      if (stream === null) return false;
      this.#transport = new HttpWithSse(this.#parts, stream, this.#parts.onLost);
      this.#settled = true;
      if (this.#closed) this.#transport.abort();
      return true;
    } finally {
      this.#looking = undefined;
    }
  }

  async #fail(post: OpenPost, error: unknown): Promise<void> {
    const { feed, wire, onLost, onFailure } = this.#parts;
    if (this.#closed) return;
    const failure =
      error instanceof RemoteFailure ? error : new RemoteFailure(`guard failed: ${messageOf(error)}`);
    const { message } = post;
    // Whoever took a request back is the one who ended it.
    if (message.kind !== 'request' || post.awaited) onFailure(failure);
    if (message.kind !== 'request') {
      const what = message.kind === 'response' ? 'an answer of the client' : message.method;
      wire.diagnostics?.repeated('remote-message', `${what} was not delivered: ${failure.message}`);
    } else if (post.awaited) {
      post.answer();
      await feed.send(failure.detail.answer ?? this.#errorLine(message.id, failure));
    }
    if (failure.detail.sessionEnded === true)
      onLost('ended the session (HTTP 404), so that it has to be started anew');
  }

  /**
   * Whether the message takes a modern request back. That is done by closing its response stream,
   * so there is nothing to send; a legacy server is sent the notification.
   */
  #isWithdrawal(message: Outgoing): boolean {
    if (message.kind !== 'notification' || message.method !== 'notifications/cancelled') return false;
    const post = this.#withdrawn(message);
    if (post === undefined) return !this.#parts.session.legacy;
    const modern = post.message.kind === 'request' && post.message.revision !== undefined;
    post.withdraw(modern);
    return modern;
  }

  #errorLine(id: string | number, { rpcCode, message, failureClass }: RemoteFailure): Buffer {
    const code = failureClass === 'garbled' ? this.#parts.garbledCode : rpcCode;
    return errorFrame(id, code, `guard: ${message}`, { failure_class: failureClass }).subarray(0, -1);
  }

  #withdrawn({ params }: OutgoingNotification): OpenPost | undefined {
    const id = params === undefined ? undefined : member(params, 'requestId');
    return typeof id === 'string' || typeof id === 'number' ? this.#parts.posts.find(id) : undefined;
  }
}

/** The two messages that have to have arrived before the server understands what follows. */
function isHandshake(message: Outgoing): boolean {
  if (message.kind === 'response' || message.revision !== undefined) return false;
  return message.method === 'initialize' || message.method === 'notifications/initialized';
}
