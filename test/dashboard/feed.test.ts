import { Writable } from 'node:stream';
import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { EventRing } from '../../src/dashboard/feed/event-ring.js';
import { FeedPage } from '../../src/dashboard/feed/feed-page.js';
import { LiveEntries } from '../../src/dashboard/feed/live-entries.js';
import type { AuditRecord } from '../../src/audit/record.js';
import {
  DASHBOARD_FEED_ENTRIES_MAX,
  DASHBOARD_FEED_EVENTS_MAX,
  DASHBOARD_FEED_WAITING_BYTES_MAX,
} from '../../src/platform/bounds.js';
import { verifies } from '../requirements.js';
import { eventually, within } from '../support/eventually.js';
import { auditRecords } from './record-fields.js';
import { login, post, SECRET, type Served, serving } from './serving.js';

verifies('dashboard:feed');

interface Heard {
  readonly events: { readonly id: string; readonly name: string; readonly data: never }[];
  readonly ended: Promise<void>;
  readonly closed: () => boolean;
  close(): void;
}

async function hear(served: Served, headers: Record<string, string> = {}, query = ''): Promise<Heard> {
  const aborted = new AbortController();
  const bearer = headers['cookie'] === undefined ? { authorization: `Bearer ${SECRET}` } : {};
  const response = await fetch(`${served.base}/api/v1/feed${query}`, {
    headers: { ...bearer, ...headers },
    signal: aborted.signal,
  });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const events: { id: string; name: string; data: never }[] = [];
  let isClosed = false;
  const read = async (): Promise<void> => {
    let text = '';
    for await (const piece of response.body ?? []) {
      text += Buffer.from(piece).toString();
      const whole = text.split('\n\n');
      text = whole.pop() ?? '';
      for (const one of whole) {
        const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(one)?.[1] ?? '';
        if (field('event') === '') continue;
        events.push({ id: field('id'), name: field('event'), data: JSON.parse(field('data')) as never });
      }
    }
  };
  const ended = read()
    .catch(() => undefined)
    .finally(() => (isClosed = true));
  await eventually('the hello', () => events.length > 0);
  return { events, ended, closed: () => isClosed, close: () => aborted.abort() };
}

function named(heard: Heard, name: string): { readonly id: string; readonly data: never }[] {
  return heard.events.filter((event) => event.name === name);
}

describe('a page', () => {
  test('sees calls when they are decided and again when they end, under one id', async () => {
    const served = await serving();
    const page = await hear(served);
    expect(page.events[0]).toMatchObject({ name: 'hello', id: '', data: { scope: 'machine' } });
    const [decision, outcome] = auditRecords(1);
    served.tell([decision as AuditRecord]);
    await eventually('the decision', () => named(page, 'entries').length === 1);
    served.tell([outcome as AuditRecord], 7);
    await eventually('the outcome', () => named(page, 'entries').length === 2);
    const [first, second] = named(page, 'entries').map(
      ({ data }) => data as { entries: { id: string }[]; skipped: number },
    );
    expect(first?.entries[0]).toMatchObject({ result: null, decision: 'allow' });
    expect(second?.entries[0]).toMatchObject({ id: first?.entries[0]?.id, result: 'ok', decision: 'allow' });
    expect(second?.skipped).toBe(7);
    page.close();
  });

  test('sees what waits come and go', async () => {
    const served = await serving();
    const page = await hear(served);
    const { request } = served.hold({});
    await eventually('the request', () => named(page, 'approval').length > 0);
    expect(named(page, 'approval')[0]?.data).toMatchObject({ request: { id: request.id } });
    await served.ask(`/api/v1/approvals/${request.id}/deny`, post({ digest: request.digest }));
    await eventually('its end', () => named(page, 'approval-end').length > 0);
    expect(named(page, 'approval-end')[0]?.data).toMatchObject({ id: request.id, end: { state: 'denied' } });
    page.close();
  });

  test('that comes back gets what it missed, once; one that was away for too long is told so', async () => {
    const served = await serving();
    const page = await hear(served);
    served.tell(auditRecords(1));
    await eventually('the first', () => named(page, 'entries').length === 1);
    const last = named(page, 'entries')[0]?.id ?? '';
    const other = await hear(served);
    page.close();
    served.tell(auditRecords(2).slice(2));
    await eventually('the second', () => named(other, 'entries').length === 1);
    const again = await hear(served, { 'last-event-id': last });
    await eventually('what was missed', () => named(again, 'entries').length === 1);
    const lost = await hear(served, { 'last-event-id': 'another-3' });
    await eventually('the gap', () => named(lost, 'gap').length === 1);
    expect(named(lost, 'gap')[0]?.data).toEqual({ missed: null });
    const newest = await hear(served, {}, '?last=1');
    await eventually('the last one', () => named(newest, 'entries').length === 1);
    for (const one of [other, again, lost, newest]) one.close();
  });

  test('is signed out when its session ends, and when the secret changes', async () => {
    const served = await serving();
    const { cookie } = await login(served.base);
    const first = await hear(served, { cookie });
    await fetch(`${served.base}/api/v1/logout`, post({}, { cookie }));
    await within('the end of the stream', first.ended);
    expect(first.events.at(-1)?.name).toBe('signed-out');
    const script = await hear(served);
    served.dashboard.useSecret(`${SECRET} anew`);
    await within('the end of the stream', script.ended);
    expect(script.events.at(-1)?.name).toBe('signed-out');
  });
});

test('a page that does not read loses events, is told how many, and holds nothing', async () => {
  let release: (() => void) | undefined;
  const written: string[] = [];
  const slow = new Writable({
    highWaterMark: 1,
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk.toString().slice(0, 20));
      release = done;
    },
  });
  const page = new FeedPage(
    { by: 'bearer', name: 'x', id: 'x', secret: '' },
    slow as unknown as ServerResponse,
    (missed) => Buffer.from(`gap ${missed}`),
  );
  const large = Buffer.alloc(100 * 1024, 0x61);
  for (let count = 0; count < 100; count += 1) page.send(large);
  expect(slow.writableLength).toBeLessThanOrEqual(DASHBOARD_FEED_WAITING_BYTES_MAX + large.length);
  const drained = new Promise<void>((resolve) => slow.once('drain', () => resolve()));
  const pump = setInterval(() => release?.(), 1);
  await within('the reader to catch up', drained);
  await eventually('the gap', () => written.some((text) => /^gap \d+$/.test(text)));
  clearInterval(pump);
});

test('what is kept for pages is bounded, and an event is encoded once', () => {
  const ring = new EventRing('abc');
  for (let count = 0; count < DASHBOARD_FEED_EVENTS_MAX + 50; count += 1) ring.push('gap', { missed: count });
  expect(ring.newest(10_000)).toHaveLength(DASHBOARD_FEED_EVENTS_MAX);
  expect(ring.after('abc-1')).toBeUndefined();
  expect(ring.after(`abc-${DASHBOARD_FEED_EVENTS_MAX + 49}`)).toHaveLength(1);
  expect(ring.after('other-5')).toBeUndefined();
});

test('more than a page can show is counted and not kept', () => {
  const live = new LiveEntries();
  const records = auditRecords(DASHBOARD_FEED_ENTRIES_MAX + 40);
  live.add(records, 3);
  const taken = live.take();
  expect(taken?.entries).toHaveLength(DASHBOARD_FEED_ENTRIES_MAX);
  expect(taken?.skipped).toBe(3 + 2 * 40);
  expect(live.take()).toBeUndefined();
});
