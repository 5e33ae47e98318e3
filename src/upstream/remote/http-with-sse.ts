import type { EventSourceMessage } from 'eventsource-parser';
import { REMOTE_ENDPOINT_MS } from '../../platform/bounds.js';
import { readEvents } from './event-stream.js';
import { discard, exchange, mediaType, type Wire } from './exchange.js';
import { nameOf, RemoteFailure } from './failure.js';
import type { OpenPost } from './open-posts.js';
import { refusalOf } from './refusal-body.js';
import { NOTHING_TO_READ, type Reading, type Transport, type TransportParts } from './transport.js';

/** The stream of the older transport, open, and where its messages are to be sent. */
interface OpenedStream {
  readonly endpoint: URL;
  readonly events: AsyncGenerator<EventSourceMessage>;
  readonly controller: AbortController;
}

/**
 * The older HTTP+SSE transport (2024-11-05): one event stream for everything that the server says,
 * which names the address that messages are POSTed to. When the stream ends, so does the session.
 */
export class HttpWithSse implements Transport {
  readonly #parts: TransportParts;
  readonly #stream: OpenedStream;
  readonly #onLost: (description: string) => void;

  constructor(parts: TransportParts, stream: OpenedStream, onLost: (description: string) => void) {
    this.#parts = parts;
    this.#stream = stream;
    this.#onLost = onLost;
    // Reports its end through `onLost` and never rejects.
    void this.#run();
  }

  async post(post: OpenPost): Promise<Reading> {
    const { wire, session } = this.#parts;
    const { message } = post;
    const response = await exchange(wire, {
      url: this.#stream.endpoint,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...session.headersFor(message) },
      body: message.bytes,
      signal: post.signal,
    });
    const status = response.statusCode ?? 0;
    if (status < 200 || status > 299) throw await refusalOf(wire, response, message, false);
    discard(response);
    return message.kind === 'request' ? () => post.over : NOTHING_TO_READ;
  }

  close(): Promise<void> {
    this.abort();
    return Promise.resolve();
  }

  abort(): void {
    this.#stream.controller.abort();
  }

  async #run(): Promise<void> {
    const { incoming } = this.#parts;
    const { events, controller } = this.#stream;
    let description = 'closed its event stream';
    try {
      for await (const { event, data } of events) {
        if (data !== '' && (event === undefined || event === 'message'))
          await incoming.relayBody(Buffer.from(data, 'utf8'));
      }
    } catch (error) {
      if (error instanceof Error) description = `lost its event stream (${error.message})`;
    }
    if (!controller.signal.aborted) this.#onLost(description);
  }
}

/**
 * Opens the older transport's stream. Null where the server shows no sign of it: another status or
 * type, another first event, or none within REMOTE_ENDPOINT_MS. Throws RemoteFailure for an
 * endpoint on another origin, since messages and credentials are for this one only.
 */
export async function openStream(wire: Wire): Promise<OpenedStream | null> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), REMOTE_ENDPOINT_MS);
  const opened = await firstEvent(wire, controller.signal);
  clearTimeout(timer);
  try {
    if (opened !== null)
      return { endpoint: endpointOf(wire.url, opened.endpoint), events: opened.events, controller };
  } catch (error) {
    controller.abort();
    throw error;
  }
  controller.abort();
  return null;
}

async function firstEvent(
  wire: Wire,
  signal: AbortSignal,
): Promise<{ endpoint: string; events: AsyncGenerator<EventSourceMessage> } | null> {
  try {
    const response = await exchange(wire, {
      url: wire.url,
      method: 'GET',
      headers: { accept: 'text/event-stream' },
      signal,
    });
    if (response.statusCode !== 200 || mediaType(response) !== 'text/event-stream') {
      discard(response);
      return null;
    }
    const events = readEvents(wire, response);
    const first = await events.next();
    if (first.done === true || first.value.event !== 'endpoint') return null;
    return { endpoint: first.value.data, events };
  } catch (error) {
    // No stream, no older transport: how the first message failed is what the client is told.
    if (error instanceof RemoteFailure) return null;
    throw error;
  }
}

function endpointOf(url: URL, data: string): URL {
  const endpoint = URL.canParse(data, url.href) ? new URL(data, url) : null;
  if (endpoint?.origin === url.origin) return endpoint;
  const place = endpoint === null ? 'no address' : `the other origin ${endpoint.origin}`;
  throw new RemoteFailure(`${nameOf(url)} asks for messages to be sent to ${place}, which is not done`);
}
