import { PAGE_RETRY_MS, PAGE_RETRY_MS_MAX } from '../../../platform/bounds.js';
import type { FeedEvents } from '../../contract/feed.js';

/** `live`: events come. `lost`: the connection broke, and is tried again. */
export type ConnectionState = 'connecting' | 'live' | 'lost';

/** The browser's EventSource, as far as it is used. */
export interface EventStream {
  addEventListener(name: string, listener: (event: { readonly data: string }) => void): void;
  onFailure(listener: () => void): void;
  /** 0: it tries to connect; 1: open; 2: it gave up. */
  readonly readyState: number;
  close(): void;
}

export interface ConnectionParts {
  readonly open: () => EventStream;
  readonly onState: (state: ConnectionState) => void;
  readonly onEvent: <Name extends keyof FeedEvents>(name: Name, data: FeedEvents[Name]) => void;
  /** Asked before each new try; a page that is not logged in any more does not connect again. */
  readonly mayRetry: () => Promise<boolean>;
  /** Calls back after so many milliseconds. */
  readonly later: (run: () => void, ms: number) => void;
}

const NAMES: readonly (keyof FeedEvents)[] = [
  'hello',
  'entries',
  'approval',
  'approval-end',
  'gap',
  'signed-out',
];

/** What the browser says of a stream that it does not open again. */
const GAVE_UP = 2;

/**
 * Keeps the feed open. The browser opens a broken one again by itself, and gets what it missed; it gives up
 * at the first answer that is no stream, such as that of a guard that is just starting. Then a new one is
 * opened, after 1 s, 2 s, … up to 15 s, and what was missed counts as a gap.
 */
export function connect(parts: ConnectionParts): () => void {
  let stream: EventStream | null = null;
  let waitMs = PAGE_RETRY_MS;
  let isOver = false;
  let isNew = false;

  function close(): void {
    isOver = true;
    stream?.close();
  }

  function open(): void {
    if (isOver) return;
    const opened = parts.open();
    stream = opened;
    for (const name of NAMES) {
      opened.addEventListener(name, ({ data }) => {
        if (isOver) return;
        if (name === 'signed-out') close();
        parts.onEvent(name, JSON.parse(data) as FeedEvents[typeof name]);
        if (name === 'hello') hello();
      });
    }
    opened.onFailure(() => {
      if (isOver) return;
      parts.onState('lost');
      if (opened.readyState !== GAVE_UP) return;
      opened.close();
      parts.later(() => void again(), waitMs);
      waitMs = Math.min(PAGE_RETRY_MS_MAX, waitMs * 2);
    });
  }

  function hello(): void {
    waitMs = PAGE_RETRY_MS;
    parts.onState('live');
    if (isNew) parts.onEvent('gap', { missed: null });
    isNew = false;
  }

  async function again(): Promise<void> {
    if (isOver || !(await parts.mayRetry())) return;
    isNew = true;
    open();
  }

  open();
  return close;
}
