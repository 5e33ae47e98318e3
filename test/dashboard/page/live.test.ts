import { describe, expect, test } from 'vitest';
import type { Approvals, PendingApprovalView } from '../../../src/dashboard/contract/approvals.js';
import { createApi, exportAddress } from '../../../src/dashboard/page/api/client.js';
import type { EventStream } from '../../../src/dashboard/page/live/connection.js';
import { openLive } from '../../../src/dashboard/page/live/live.js';
import { NOTHING_WAITS, over, readWhole, taken } from '../../../src/dashboard/page/live/waiting.js';
import { verifies } from '../../requirements.js';
import { approvalRequest } from '../../support/approval-requests.js';
import { eventually } from '../../support/eventually.js';
import { auditEntry } from './page-entries.js';

verifies('page:live');

/** A stream that a test speaks into. */
class FakeStream implements EventStream {
  readyState = 0;
  isClosed = false;
  readonly #listeners = new Map<string, (event: { readonly data: string }) => void>();
  #onFailure: () => void = () => undefined;

  addEventListener(name: string, listener: (event: { readonly data: string }) => void): void {
    this.#listeners.set(name, listener);
  }
  onFailure(listener: () => void): void {
    this.#onFailure = listener;
  }
  close(): void {
    this.isClosed = true;
  }
  say(name: string, data: unknown): void {
    this.#listeners.get(name)?.({ data: JSON.stringify(data) });
  }
  fail(readyState: number): void {
    this.readyState = readyState;
    this.#onFailure();
  }
}

function pendingView(count: number): PendingApprovalView {
  const {
    v: _v,
    owner: _owner,
    ...request
  } = approvalRequest(count, {
    created_at: `2026-11-22T08:00:0${count}.000Z`,
  });
  return {
    request: { ...request, rules: [...request.rules], channels: [...request.channels] },
    remaining_ms: 5000,
    answerable: { approve: true, deny: true, why: null, command: null },
    undelivered: [],
  };
}

const END = {
  state: 'denied',
  approver: 'ana',
  channel: 'terminal',
  reason: null,
  waited_ms: 1,
  ended_at: '',
} as const;
const idOf = (count: number): string => pendingView(count).request.id;

describe('what waits', () => {
  test('new ones stand behind older ones, whenever they come', () => {
    const calls = taken(taken(NOTHING_WAITS, pendingView(2), 0), pendingView(1), 0);
    expect(calls.pending.map(({ view }) => view.request.id)).toEqual([idOf(1), idOf(2)]);
    expect(taken(calls, pendingView(2), 900).pending.map(({ overAtMs }) => overAtMs)).toEqual([5000, 5900]);
  });

  test('one that is over is not pending, and says how it ended', () => {
    const calls = over(taken(NOTHING_WAITS, pendingView(1), 0), idOf(1), END);
    expect([calls.pending.length, calls.ended.get(idOf(1)), calls.history.length]).toEqual([0, END, 1]);
  });

  test('what vanished while nobody listened is over, and nobody knows how', () => {
    const read: Approvals = { pending: [], ended: [], troubles: [] };
    expect(readWhole(taken(NOTHING_WAITS, pendingView(1), 0), read, 0).ended.get(idOf(1))).toBeNull();
  });
});

interface Rig {
  readonly streams: FakeStream[];
  readonly waits: { readonly run: () => void; readonly ms: number }[];
  readonly signedOut: string[];
  readonly asked: { approvals: number; audit: number };
  readonly session: { status: number };
  readonly live: ReturnType<typeof openLive>;
}

function rig(): Rig {
  const streams: FakeStream[] = [];
  const waits: { readonly run: () => void; readonly ms: number }[] = [];
  const signedOut: string[] = [];
  const asked = { approvals: 0, audit: 0 };
  const session = { status: 0 };
  const live = openLive({
    api: {
      approvals: () => {
        asked.approvals += 1;
        return Promise.resolve({ ok: true, value: { pending: [], ended: [], troubles: [] } });
      },
      audit: () => {
        asked.audit += 1;
        const entries = [auditEntry('earlier', { at: '2026-11-22T01:00:00Z' })];
        return Promise.resolve({ ok: true, value: { entries, next: null, complete: true, troubles: [] } });
      },
      session: () =>
        Promise.resolve({ ok: false, failure: { status: session.status, code: 'x', message: 'x' } }),
    },
    clock: { monotonicMs: () => 0 },
    openFeed: () => {
      const stream = new FakeStream();
      streams.push(stream);
      return stream;
    },
    later: (run, ms) => void waits.push({ run, ms }),
    onSignedOut: (why) => void signedOut.push(why),
  });
  return { streams, waits, signedOut, asked, session, live };
}

describe('the feed', () => {
  test('shows what was recorded before it, and what comes', async () => {
    const { streams, live } = rig();
    streams[0]?.say('hello', { now: '', scope: 'machine' });
    streams[0]?.say('entries', { entries: [auditEntry('now')], skipped: 7 });
    await eventually('the earlier one', () => live.log.size === 2);
    expect(live.log.entries().map(({ id }) => id)).toEqual(['earlier', 'now']);
    expect(live.state()).toMatchObject({ connection: 'live', missed: 7, isRead: true });
  });

  test('a break is shown, and the browser’s own attempt makes it good', () => {
    const { streams, waits, live } = rig();
    streams[0]?.say('hello', {});
    streams[0]?.fail(0);
    expect(live.state().connection).toBe('lost');
    streams[0]?.say('hello', {});
    expect([live.state().connection, waits.length, live.state().missed]).toEqual(['live', 0, 0]);
  });

  test('a stream that the browser gave up is opened anew, later each time, and leaves a gap', async () => {
    const { streams, waits, asked, live } = rig();
    streams[0]?.fail(2);
    waits[0]?.run();
    await eventually('the second stream', () => streams.length === 2);
    streams[1]?.fail(2);
    expect(waits.map(({ ms }) => ms)).toEqual([1000, 2000]);
    waits[1]?.run();
    await eventually('the third stream', () => streams.length === 3);
    streams[2]?.say('hello', {});
    expect(live.state()).toMatchObject({ connection: 'live', missed: null });
    expect(asked.audit).toBe(2);
    expect(streams[0]?.isClosed).toBe(true);
  });

  test('a page that is not logged in any more does not connect again', async () => {
    const { streams, waits, session } = rig();
    session.status = 401;
    streams[0]?.fail(2);
    waits[0]?.run();
    await Promise.resolve();
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    expect(streams.length).toBe(1);
  });

  test('a session that ended closes it', () => {
    const { streams, signedOut } = rig();
    streams[0]?.say('signed-out', { why: 'the secret changed' });
    expect([signedOut, streams[0]?.isClosed]).toEqual([['the secret changed'], true]);
  });

  test('a gap has everything read again', async () => {
    const { streams, asked } = rig();
    streams[0]?.say('gap', { missed: 3 });
    await eventually('the reading', () => asked.approvals > 0 && asked.audit > 1);
  });
});

function answering(status: number, body: unknown): typeof fetch {
  return () => Promise.resolve(new Response(status === 204 ? null : JSON.stringify(body), { status }));
}

describe('the API as the page sees it', () => {
  test('a write carries the header that no other site can send, and JSON', async () => {
    const seen: RequestInit[] = [];
    const api = createApi(
      (_address, init) => {
        seen.push(init ?? {});
        return Promise.resolve(new Response(null, { status: 204 }));
      },
      () => undefined,
    );
    expect(await api.logout()).toEqual({ ok: true, value: null });
    expect(seen[0]).toMatchObject({
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Guard-Request': '1' },
      credentials: 'same-origin',
    });
  });

  test.each([
    [
      'an error of the API',
      answering(422, { error: { code: 'refused', message: 'no' } }),
      { status: 422, code: 'refused' },
    ],
    ['an answer without an error', answering(502, {}), { status: 502, code: 'internal' }],
    ['no JSON', () => Promise.resolve(new Response('<html>')), { status: 0, code: 'unreachable' }],
    ['nobody there', () => Promise.reject(new TypeError('failed')), { status: 0, code: 'unreachable' }],
  ] as const)('%s', async (_name, fetchIt, failure) => {
    const answer = await createApi(fetchIt, () => undefined).limits();
    expect(answer).toMatchObject({ ok: false, failure });
  });

  test('a session that is over is told, but for a wrong secret', async () => {
    const told: string[] = [];
    const api = createApi(answering(401, { error: { code: 'unauthenticated', message: 'over' } }), (why) =>
      told.push(why),
    );
    await api.login({ secret: 'x' });
    expect(told).toEqual([]);
    await api.servers();
    expect(told).toEqual(['over']);
  });

  test('ids and filters cannot leave their place in an address', () => {
    expect(exportAddress({ tool: 'a&b=c#d', agent: ' ', format: 'csv' })).toBe(
      '/api/v1/audit/export?tool=a%26b%3Dc%23d&format=csv',
    );
  });
});
