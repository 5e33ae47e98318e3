import type { IncomingMessage } from 'node:http';
import { REMOTE_DELETE_MS } from '../../platform/bounds.js';
import { discard, exchange, mediaType, readBody } from './exchange.js';
import { garbledFailure, nameOf, RemoteFailure } from './failure.js';
import { followStream } from './follow-stream.js';
import { ListeningStream } from './listening-stream.js';
import type { OpenPost } from './open-posts.js';
import type { Outgoing } from './outgoing.js';
import { refusalOf } from './refusal-body.js';
import { requestStream, type Reading, type Transport, type TransportParts } from './transport.js';

const POST_HEADERS = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' };

/** MCP's Streamable HTTP: every message is a POST; its answer is one JSON body or an event stream. */
export class StreamableHttp implements Transport {
  readonly #parts: TransportParts;
  readonly #listening: ListeningStream;

  constructor(parts: TransportParts) {
    this.#parts = parts;
    this.#listening = new ListeningStream(parts);
  }

  async post(post: OpenPost): Promise<Reading> {
    const { wire, session } = this.#parts;
    const { message } = post;
    const handshake = message.kind === 'request' && message.method === 'initialize';
    if (handshake) session.reset();
    const headers = session.headersFor(message);
    const response = await exchange(wire, {
      url: wire.url,
      method: 'POST',
      headers: { ...POST_HEADERS, ...headers },
      body: message.bytes,
      signal: post.signal,
    });
    const status = response.statusCode ?? 0;
    if (status < 200 || status > 299) {
      throw await refusalOf(wire, response, message, Object.hasOwn(headers, 'mcp-session-id'));
    }
    if (handshake) session.noteResponse(response);
    const listening = this.#listenAfter(message);
    if (message.kind !== 'request') {
      discard(response);
      return () => listening;
    }
    return this.#readingOf(response, post);
  }

  async close(): Promise<void> {
    this.#listening.abort();
    const { wire, session } = this.#parts;
    if (session.id === undefined) return;
    try {
      const response = await exchange(wire, {
        url: wire.url,
        method: 'DELETE',
        headers: session.legacyHeaders(),
        signal: AbortSignal.timeout(REMOTE_DELETE_MS),
      });
      discard(response);
    } catch (error) {
      // A session that cannot be deleted ends by its own time limit.
      if (!(error instanceof RemoteFailure)) throw error;
    }
  }

  abort(): void {
    this.#listening.abort();
  }

  /** The legacy era has a stream for what the server says unasked, from the end of the handshake on. */
  async #listenAfter(message: Outgoing): Promise<void> {
    if (message.kind === 'response' || message.revision !== undefined) return;
    if (message.method === 'notifications/initialized') await this.#listening.start();
    else this.#listening.restart();
  }

  #readingOf(response: IncomingMessage, post: OpenPost): Reading {
    const { url } = this.#parts.wire;
    const type = mediaType(response);
    switch (type) {
      case 'application/json':
        return () => this.#readJson(response);
      case 'text/event-stream':
        return () => this.#readStream(response, post);
      default:
        discard(response);
        throw garbledFailure(
          url,
          `answered HTTP ${response.statusCode ?? 0} with ${type === '' ? 'no content' : type} in place of a message: check the path of the address`,
        );
    }
  }

  async #readJson(response: IncomingMessage): Promise<void> {
    const { wire, incoming } = this.#parts;
    await incoming.relayBody(await readBody(wire.url, response, wire.frameBytesMax));
  }

  async #readStream(response: IncomingMessage, post: OpenPost): Promise<void> {
    const { wire, clock, incoming } = this.#parts;
    const { message, signal } = post;
    const legacy = message.kind === 'request' && message.revision === undefined;
    await followStream({
      wire,
      clock,
      signal,
      first: response,
      // Only the legacy era can take a stream up again, and only behind an event that has an id.
      wanted: (lastEventId) => legacy && post.awaited && lastEventId !== undefined,
      reopen: async (lastEventId) => {
        const stream = await requestStream(this.#parts, lastEventId, signal);
        if (typeof stream !== 'number') return stream;
        const trouble = `broke its answer off and did not take it up again (HTTP ${stream})`;
        throw new RemoteFailure(`${nameOf(wire.url)} ${trouble}`, { status: stream });
      },
      onData: (data) => incoming.relayBody(Buffer.from(data, 'utf8')),
    });
  }
}
