import type * as z from 'zod/mini';
import type { AuditRecord } from '../../audit/record.js';
import {
  DASHBOARD_FEED_COMMENT_MS,
  DASHBOARD_FEED_EVENTS_MAX,
  DASHBOARD_FEED_FLUSH_MS,
  DASHBOARD_FEEDS_MAX,
} from '../../platform/bounds.js';
import type { Clock } from '../../platform/clock.js';
import type { feedQuery, FeedEvents } from '../contract/feed.js';
import { Stop } from '../http/reply.js';
import type { Caller } from '../login/gate.js';
import type { DashboardSource } from '../source.js';
import type { ApprovalViews } from '../views/approval-views.js';
import { type Ask, callerOf } from '../views/handlers.js';
import { EventRing } from './event-ring.js';
import { FeedPage } from './feed-page.js';
import { LiveEntries } from './live-entries.js';

export interface FeedOptions {
  readonly source: Pick<DashboardSource, 'follow' | 'scope'>;
  readonly views: ApprovalViews;
  readonly clock: Clock;
  /** Tells this process from an earlier one at the same address; letters and digits. */
  readonly instance: string;
  /** Whether who asked at first may still see it. */
  readonly mayStay: (caller: Caller) => boolean;
  /** Told of every record that goes by. */
  readonly onRecords: (records: readonly AuditRecord[]) => void;
  /** How long records are gathered, in milliseconds: DASHBOARD_FEED_FLUSH_MS. */
  readonly flushMs?: number | undefined;
}

/** How long the log is followed on after the last page left, for one that comes back. */
const LINGER_MS = 60_000;

/**
 * What happens, to every open page: each event is encoded once. Nothing is followed while no page is
 * open. Records are gathered for `flushMs`, so that the cost does not grow with the calls.
 */
export class Feed {
  readonly #options: FeedOptions;
  readonly #flushMs: number;
  readonly #ring: EventRing;
  readonly #pages = new Set<FeedPage>();
  readonly #entries = new LiveEntries();
  /** The requests that pages know to be pending, as they were last sent. */
  #pending = new Map<string, string>();
  #following: AbortController | undefined;
  #stops: (() => void)[] = [];
  #emptySinceMs = 0;
  #commentedMs = 0;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#flushMs = options.flushMs ?? DASHBOARD_FEED_FLUSH_MS;
    this.#ring = new EventRing(options.instance);
  }

  get isFollowing(): boolean {
    return this.#following !== undefined;
  }

  /** Answers with the stream. Throws Stop `too-many`, `bad-request`. */
  open(ask: Ask<z.infer<typeof feedQuery>>): void {
    const { reply, query } = ask;
    const last = Number(query.last ?? 0);
    if (last > DASHBOARD_FEED_EVENTS_MAX) {
      throw new Stop('bad-request', `last: expected 0 to ${DASHBOARD_FEED_EVENTS_MAX}`);
    }
    if (this.#pages.size >= DASHBOARD_FEEDS_MAX) {
      throw new Stop('too-many', 'too many pages are open', {}, { 'Retry-After': '30' });
    }
    this.#begin();
    const { scope } = this.#options.source;
    const response = reply.beginStream('text/event-stream', { 'X-Accel-Buffering': 'no' });
    const page = new FeedPage(callerOf(ask), response, (missed) => this.#ring.encode('gap', { missed }));
    const seen = reply.request.headers['last-event-id'];
    const missed = typeof seen === 'string' ? this.#ring.after(seen) : this.#ring.newest(last);
    page.send(noId(this.#ring.encode('hello', { now: this.#options.clock.timestamp(), scope })));
    if (missed === undefined) page.send(this.#ring.encode('gap', { missed: null }));
    else for (const { bytes } of missed) page.send(bytes);
    this.#pages.add(page);
    response.on('close', () => {
      this.#pages.delete(page);
      if (this.#pages.size === 0) this.#emptySinceMs = this.#options.clock.monotonicMs();
    });
  }

  /** Ends every stream whose reader may not see it any more. */
  review(): void {
    for (const page of this.#pages) {
      if (this.#options.mayStay(page.caller)) continue;
      this.#pages.delete(page);
      page.end(this.#ring.encode('signed-out', { why: 'the session is over' }));
    }
  }

  close(): void {
    this.#end();
    for (const page of this.#pages) page.end();
    this.#pages.clear();
  }

  #begin(): void {
    if (this.#following !== undefined) return;
    const { source, views, onRecords } = this.#options;
    const following = new AbortController();
    this.#following = following;
    // Who was here before cannot know what it missed.
    this.#ring.clear();
    this.#pending = this.#look();
    source.follow((records, skipped) => {
      onRecords(records);
      this.#entries.add(records, skipped);
    }, following.signal);
    const timer = setInterval(() => this.#tick(), this.#flushMs).unref();
    this.#stops = [() => clearInterval(timer), views.onChange(() => this.#approvals())];
  }

  #end(): void {
    this.#following?.abort();
    this.#following = undefined;
    for (const stop of this.#stops) stop();
    this.#stops = [];
  }

  #tick(): void {
    const nowMs = this.#options.clock.monotonicMs();
    this.review();
    if (this.#pages.size === 0 && nowMs - this.#emptySinceMs > LINGER_MS) return this.#end();
    const taken = this.#entries.take();
    if (taken !== undefined) this.#push('entries', { entries: [...taken.entries], skipped: taken.skipped });
    if (nowMs - this.#commentedMs < DASHBOARD_FEED_COMMENT_MS) return;
    this.#commentedMs = nowMs;
    for (const page of this.#pages) page.comment();
  }

  #approvals(): void {
    const before = this.#pending;
    this.#pending = this.#look();
    for (const id of before.keys()) {
      if (this.#pending.has(id)) continue;
      const end = this.#options.views.findEnded(id)?.end ?? null;
      this.#push('approval-end', { id, end });
    }
    for (const pending of this.#options.views.pending()) {
      const { id } = pending.request;
      if (before.get(id) !== this.#pending.get(id)) this.#push('approval', this.#options.views.view(pending));
    }
  }

  #look(): Map<string, string> {
    return new Map(
      this.#options.views.pending().map(({ request, isOwn }) => [
        request.id,
        // What can change while it waits.
        JSON.stringify([request.escalated_at, request.channels, request.undelivered.length, isOwn]),
      ]),
    );
  }

  #push<Name extends keyof FeedEvents>(name: Name, data: FeedEvents[Name]): void {
    const { bytes } = this.#ring.push(name, data);
    for (const page of this.#pages) page.send(bytes);
  }
}

/** An event that says nothing of the place: one after it may still have to be sent again. */
function noId(bytes: Buffer): Buffer {
  return bytes.subarray(bytes.indexOf(0x0a) + 1);
}
