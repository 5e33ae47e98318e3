import * as z from 'zod/mini';
import { endShape, pendingShape } from './approvals.js';
import { entryShape } from './audit.js';
import { count, named, time } from './shapes.js';

/**
 * GET /api/v1/feed: server-sent events. Each has an `id`; after a break the browser sends the last one
 * as `Last-Event-ID`, and gets what it missed, or `gap` where that is not kept any more. A reader that
 * is too slow loses events and gets one `gap` in their place. Comments keep the connection open.
 */
export const feedQuery = z.strictObject({
  /** How many kept events come first, 0 to 1000; without it 0. Does not count after a break. */
  last: z.exactOptional(z.string().check(z.regex(/^\d{1,4}$/))),
});

/** `event: hello`: the first one of each connection. */
const helloEvent = named('HelloEvent', z.object({ now: time, scope: z.enum(['serve', 'machine']) }));

/**
 * `event: entries`: what was recorded, oldest first, at most 50 in one event and two events in a second.
 * A call comes when it is decided and, with the same `id`, again when its outcome is known: the later one
 * replaces the earlier. Records of a kind that the page need not show do not come.
 */
const entriesEvent = named(
  'EntriesEvent',
  z.object({
    entries: z.array(entryShape),
    /** Records that came in between and are not shown: more than a page can. They are in the log. */
    skipped: count,
  }),
);

/** `event: approval`: a request that is new or changed. */
const approvalEvent = pendingShape;

/** `event: approval-end`: a request that is over. */
const approvalEndEvent = named('ApprovalEndEvent', z.object({ id: z.string(), end: z.nullable(endShape) }));

/** `event: gap`: so many events are missing here; null where nobody counted. Read again what is shown. */
const gapEvent = named('GapEvent', z.object({ missed: z.nullable(count) }));

/** `event: signed-out`: the session is over, and the stream with it. Do not connect again before a login. */
const signedOutEvent = named('SignedOutEvent', z.object({ why: z.string() }));

/** Every event by its name. */
export const FEED_EVENTS = {
  hello: helloEvent,
  entries: entriesEvent,
  approval: approvalEvent,
  'approval-end': approvalEndEvent,
  gap: gapEvent,
  'signed-out': signedOutEvent,
} as const;

/** The data of each event by its name. */
export type FeedEvents = { readonly [Name in keyof typeof FEED_EVENTS]: z.infer<(typeof FEED_EVENTS)[Name]> };
