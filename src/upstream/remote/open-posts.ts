import { REMOTE_ANSWER_MS, REMOTE_POSTS_MAX, REMOTE_STREAM_GRACE_MS } from '../../platform/bounds.js';
import type { RpcId } from '../../jsonrpc/message.js';
import type { Outgoing, OutgoingRequest } from './outgoing.js';

/** One message under way: its POST, and for a request also the wait for its answer. */
export class OpenPost {
  readonly message: Outgoing;
  /** Resolves when the answer was relayed or nobody waits for it any longer. */
  readonly over: Promise<void>;
  readonly #controller = new AbortController();
  #state: 'open' | 'answered' | 'withdrawn' = 'open';
  readonly #limit: NodeJS.Timeout;
  #grace: NodeJS.Timeout | undefined;
  #finish: () => void = () => undefined;

  constructor(message: Outgoing) {
    this.message = message;
    this.#limit = setTimeout(() => this.abort(), REMOTE_ANSWER_MS);
    this.over = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  /** Aborted when the POST and its response stream are to be dropped. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether the request still has no answer and wants one. */
  get awaited(): boolean {
    return this.#state === 'open' && this.message.kind === 'request';
  }

  /** The answer was relayed; what the server still sends on this stream may follow for a short time. */
  answer(): void {
    this.#leave('answered');
  }

  /** The client gave the request up; closing the stream tells a modern server so. */
  withdraw(atOnce: boolean): void {
    this.#leave('withdrawn');
    if (atOnce) this.abort();
  }

  abort(): void {
    this.dispose();
    this.#controller.abort();
    this.#finish();
  }

  /** Forgets the timers once the POST has ended. */
  dispose(): void {
    clearTimeout(this.#limit);
    clearTimeout(this.#grace);
  }

  #leave(state: 'answered' | 'withdrawn'): void {
    if (this.#state !== 'open') return;
    this.#state = state;
    this.#finish();
    this.#grace = setTimeout(() => this.abort(), REMOTE_STREAM_GRACE_MS);
  }
}

/** Everything under way toward the remote server. */
export class OpenPosts {
  readonly #posts = new Set<OpenPost>();
  readonly #requests = new Map<RpcId, OpenPost>();
  readonly #waiting: (() => void)[] = [];

  add(message: Outgoing): OpenPost {
    const post = new OpenPost(message);
    this.#posts.add(post);
    if (message.kind === 'request') this.#requests.set(message.id, post);
    // An answered request no longer holds up the end, though its stream may go on.
    void post.over.then(() => this.#changed());
    return post;
  }

  /** The request under way with this id. */
  find(id: RpcId): OpenPost | undefined {
    return this.#requests.get(id);
  }

  /** The POST has ended; its place is free. */
  remove(post: OpenPost): void {
    post.dispose();
    this.#posts.delete(post);
    const { message } = post;
    if (message.kind === 'request' && this.#requests.get(message.id) === post)
      this.#requests.delete(message.id);
    this.#changed();
  }

  /** Resolves when a further request may start. */
  async room(): Promise<void> {
    while (this.#requests.size >= REMOTE_POSTS_MAX) await this.#change();
  }

  /** Resolves when nothing is under way but subscriptions, which never end by themselves. */
  async idle(): Promise<void> {
    while (this.#busy()) await this.#change();
  }

  /** Drops everything; returns the requests that still waited for an answer. */
  abandon(): OutgoingRequest[] {
    const awaited: OutgoingRequest[] = [];
    for (const post of this.#posts) {
      if (post.awaited && post.message.kind === 'request') awaited.push(post.message);
      post.withdraw(true);
    }
    return awaited;
  }

  #busy(): boolean {
    for (const { message, awaited } of this.#posts) {
      const listens = message.kind === 'request' && message.method === 'subscriptions/listen';
      if (message.kind !== 'request' || (awaited && !listens)) return true;
    }
    return false;
  }

  #changed(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }
}
