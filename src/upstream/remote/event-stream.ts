import type { IncomingMessage } from 'node:http';
import { TextDecoder } from 'node:util';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { bodyChunks, type Wire } from './exchange.js';
import { garbledFailure, tooLargeFailure } from './failure.js';

export interface EventStreamOptions {
  /** The server says how long to wait before the stream is reopened, in milliseconds. */
  readonly onRetry?: (waitMs: number) => void;
  /** Something came, if only a comment. */
  readonly onLife?: () => void;
}

/**
 * The events of a `text/event-stream` body, in order, until it ends; an event that never ended is
 * dropped. Throws RemoteFailure: the connection broke, the text is not UTF-8, or an event is larger
 * than the wire's bound (in characters, which are never more than bytes).
 */
export async function* readEvents(
  wire: Wire,
  response: IncomingMessage,
  options: EventStreamOptions = {},
): AsyncGenerator<EventSourceMessage> {
  let events: EventSourceMessage[] = [];
  let overflowed = false;
  const parser = createParser({
    maxBufferSize: wire.frameBytesMax,
    onEvent: (event) => events.push(event),
    onRetry: (waitMs) => options.onRetry?.(waitMs),
    onError: (error) => {
      // Unknown fields and bad retry values are ignored, as the standard demands.
      if (error.type === 'max-buffer-size-exceeded') overflowed = true;
    },
  });
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const chunk of bodyChunks(wire.url, response)) {
    options.onLife?.();
    parser.feed(decoded(decoder, chunk, wire.url));
    const ready = events;
    events = [];
    yield* ready;
    if (overflowed) throw tooLargeFailure(wire.url, wire.frameBytesMax);
  }
}

function decoded(decoder: TextDecoder, chunk: Buffer, url: URL): string {
  try {
    return decoder.decode(chunk, { stream: true });
  } catch {
    throw garbledFailure(url, 'sent an event that is not UTF-8');
  }
}
