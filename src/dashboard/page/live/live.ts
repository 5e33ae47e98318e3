import { PAGE_BACKFILL_ENTRIES, PAGE_FEED_ENTRIES_MAX } from '../../../platform/bounds.js';
import type { Clock } from '../../../platform/clock.js';
import type { FeedEvents } from '../../contract/feed.js';
import type { Api } from '../api/client.js';
import { connect, type ConnectionParts, type ConnectionState, type EventStream } from './connection.js';
import { FeedLog } from './feed-log.js';
import { NOTHING_WAITS, over, readWhole, taken, type WaitingCalls } from './waiting.js';

/** What the page knows as it happens; a new object with each change. */
export interface LiveState {
  readonly connection: ConnectionState;
  readonly calls: WaitingCalls;
  /** False until the waiting calls were read once. */
  readonly isRead: boolean;
  /** Why the waiting calls could not be read. */
  readonly trouble: string | null;
  /** Grows with each change of the feed. */
  readonly feedVersion: number;
  /** Records that the feed does not show, since they were too many; null where nobody counted. */
  readonly missed: number | null;
}

export interface Live {
  readonly log: FeedLog;
  state(): LiveState;
  subscribe(listener: () => void): () => void;
  /** Reads the waiting calls anew. */
  refresh(): Promise<void>;
  close(): void;
}

export interface LiveParts {
  readonly api: Pick<Api, 'approvals' | 'audit' | 'session'>;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly openFeed: () => EventStream;
  readonly later: ConnectionParts['later'];
  readonly onSignedOut: (why: string) => void;
}

/** Opens the feed and keeps what comes. */
export function openLive({ api, clock, openFeed, later, onSignedOut }: LiveParts): Live {
  const log = new FeedLog(PAGE_FEED_ENTRIES_MAX);
  const listeners = new Set<() => void>();
  let state: LiveState = {
    connection: 'connecting',
    calls: NOTHING_WAITS,
    isRead: false,
    trouble: null,
    feedVersion: 0,
    missed: 0,
  };
  function change(part: Partial<LiveState>): void {
    state = { ...state, ...part };
    for (const listener of listeners) listener();
  }
  async function refresh(): Promise<void> {
    const answer = await api.approvals();
    if (answer.ok) {
      const calls = readWhole(state.calls, answer.value, clock.monotonicMs());
      change({ calls, isRead: true, trouble: null });
    } else change({ trouble: answer.failure.message });
  }
  /** What was recorded while nobody listened, as far as one page of a search goes. */
  async function backfill(): Promise<void> {
    const answer = await api.audit({ limit: String(PAGE_BACKFILL_ENTRIES) });
    if (!answer.ok) return;
    log.merge(answer.value.entries);
    change({ feedVersion: state.feedVersion + 1 });
  }
  const take: { readonly [Name in keyof FeedEvents]: (data: FeedEvents[Name]) => void } = {
    hello: () => void refresh(),
    entries: ({ entries, skipped }) => {
      log.add(entries);
      change({ feedVersion: state.feedVersion + 1, missed: sum(state.missed, skipped) });
    },
    approval: (view) => change({ calls: taken(state.calls, view, clock.monotonicMs()) }),
    'approval-end': ({ id, end }) => change({ calls: over(state.calls, id, end) }),
    gap: ({ missed }) => {
      change({ missed: sum(state.missed, missed) });
      void refresh();
      void backfill();
    },
    'signed-out': ({ why }) => onSignedOut(why),
  };
  const close = connect({
    open: openFeed,
    onState: (connection) => change({ connection }),
    onEvent: (name, data) => take[name](data),
    mayRetry: async () => {
      const answer = await api.session();
      return answer.ok || answer.failure.status !== 401;
    },
    later,
  });
  void backfill();
  return {
    log,
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    refresh,
    close,
  };
}

function sum(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : one + other;
}
