import { describe, expect, test } from 'vitest';
import type { SessionClient } from '../../../src/gateway/upstreams/connection.js';
import { troubleOf, UpstreamUnavailable } from '../../../src/gateway/upstreams/failure.js';
import { SessionSlots } from '../../../src/gateway/upstreams/session-slots.js';
import { SupervisedUpstream } from '../../../src/gateway/upstreams/supervised-upstream.js';
import {
  UPSTREAM_BROKEN_MS,
  UPSTREAM_DRAIN_MS,
  UPSTREAM_SESSIONS_MAX,
  UPSTREAM_STABLE_MS,
} from '../../../src/platform/bounds.js';
import { createDiagnostics } from '../../../src/platform/diagnostics.js';
import type { UpstreamDefinition } from '../../../src/upstream/definition.js';
import { verifies } from '../../requirements.js';
import { heldTime, type HeldTime } from '../../support/held-time.js';
import { FakeOpener } from './fake-connections.js';
import { definitionOf, fixture, Listener } from './rig.js';

verifies('gateway:upstream:restarts', 'gateway:upstream:circuit-breaker', 'gateway:upstream:isolation');

const CLIENT: SessionClient = { era: 'legacy', capabilities: {}, clientInfo: { name: 'c', version: '1' } };

interface Bench {
  readonly upstream: SupervisedUpstream;
  readonly opener: FakeOpener;
  readonly time: HeldTime;
  readonly states: string[];
  readonly notes: string[];
}

function bench(over: Partial<UpstreamDefinition> = {}, slots = new SessionSlots()): Bench {
  const opener = new FakeOpener();
  const time = heldTime();
  const states: string[] = [];
  const notes: string[] = [];
  const upstream = new SupervisedUpstream(definitionOf(fixture('echo'), over), {
    open: opener.open,
    clock: time.clock,
    schedule: time.schedule,
    diagnostics: createDiagnostics((line) => notes.push(line)),
    random: () => 1,
    slots,
    onChange: ({ state }) => states.push(state),
  });
  return { upstream, opener, time, states, notes };
}

const failure = (definition = definitionOf(fixture('echo'))): UpstreamUnavailable =>
  new UpstreamUnavailable(troubleOf(definition, 'exited', 'exited with code 1 before it was ready'));

/** Lets everything that is settled be told. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

/** Lets five starts fail, one after the other. */
async function brokenBy(upstream: SupervisedUpstream, opener: FakeOpener, time: HeldTime): Promise<void> {
  opener.outcomes = Array.from({ length: 5 }, () => failure());
  upstream.start();
  await settled();
  for (const wait of [250, 500, 1000, 2000]) {
    time.pass(wait);
    await settled();
  }
}

async function refusal(promise: Promise<unknown>): Promise<UpstreamUnavailable> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof UpstreamUnavailable) return error;
  throw new Error(`expected UpstreamUnavailable, got ${String(error)}`);
}

describe('starting', () => {
  test('happens with the first need, and once for all who need it at that time', async () => {
    const { upstream, opener, states } = bench();
    expect(upstream.state).toBe('idle');
    opener.outcomes = ['hang'];
    upstream.start();
    const connecting = upstream.connect(new Listener());
    opener.finish();
    await connecting;
    expect(opener.requests).toHaveLength(1);
    expect(states).toEqual(['starting', 'ready']);
  });

  test('a second listener is a mistake, and a third may follow the first', async () => {
    const { upstream } = bench();
    const first = await upstream.connect(new Listener());
    await expect(upstream.connect(new Listener())).rejects.toThrow('two listeners');
    first.detach();
    await upstream.connect(new Listener());
  });

  test('the connection outlives its listener, who hears nothing more', async () => {
    const { upstream, opener } = bench();
    const heard = new Listener();
    const connection = await upstream.connect(heard);
    expect(opener.last.events).toBe(heard);
    connection.detach();
    await connection.close();
    connection.send([Buffer.from('x')]);
    expect([opener.last.events, opener.last.closes, opener.last.sent]).toEqual([null, 0, []]);
    expect(heard.ends).toEqual([]);
    expect(upstream.state).toBe('ready');
  });

  test('the era that was found is remembered, and forgotten when a start fails', async () => {
    const { upstream, opener, time } = bench();
    await upstream.connect(new Listener());
    opener.outcomes = ['open', failure()];
    opener.last.end('exited with code 1');
    await settled();
    time.pass(250);
    await settled();
    opener.last.end('exited with code 1');
    await settled();
    time.pass(500);
    await settled();
    time.pass(1000);
    await settled();
    expect(opener.requests.map(({ plan }) => plan)).toEqual(['probe', 'legacy', 'legacy', 'probe']);
  });
});

describe('an upstream that dies', () => {
  test('says so to its listener, waits, and is started again without being asked', async () => {
    const { upstream, opener, time, states, notes } = bench();
    const heard = new Listener();
    await upstream.connect(heard);
    time.pass(UPSTREAM_STABLE_MS);
    opener.last.end('exited with code 3');
    await settled();
    expect(heard.ends).toEqual(['exited with code 3']);
    expect(upstream.trouble).toEqual({
      failureClass: 'exited',
      message: 'the server "files" exited with code 3',
    });
    expect(notes).toEqual(['guard: the server "files" exited with code 3; it is tried again in 0.3 s\n']);
    time.pass(250);
    await settled();
    expect(states).toEqual(['starting', 'ready', 'waiting', 'starting', 'ready']);
    expect(upstream.trouble).toBeNull();
  });

  test('a caller waits for a restart that is near', async () => {
    const { upstream, opener, time } = bench();
    await upstream.connect(new Listener());
    opener.last.end('exited with code 3');
    await settled();
    const connecting = upstream.connect(new Listener());
    await settled();
    time.pass(250);
    await connecting;
    expect(upstream.state).toBe('ready');
  });

  test('a listener that connects again from within `gone` gets the next connection', async () => {
    const { upstream, opener, time } = bench();
    const second = new Listener();
    let next: Promise<unknown> | undefined;
    const first = new Listener();
    first.gone = () => {
      next = upstream.connect(second);
    };
    await upstream.connect(first);
    opener.last.end('exited with code 3');
    await settled();
    time.pass(250);
    await next;
    expect(opener.connections).toHaveLength(2);
    expect(opener.last.events).toBe(second);
  });

  test('a caller is told at once of a restart that is far, with its reason and when', async () => {
    const { upstream, opener, time } = bench();
    await brokenBy(upstream, opener, time);
    const told = await refusal(upstream.connect(new Listener()));
    expect(told).toMatchObject({ failureClass: 'broken-circuit', retryAfterMs: UPSTREAM_BROKEN_MS });
    expect(told.message).toMatch(/exited with code 1 before it was ready \(it failed again and again/);
  });

  test('after the break it is tried once; if that works, all is well', async () => {
    const { upstream, opener, time } = bench();
    await brokenBy(upstream, opener, time);
    expect([upstream.state, opener.requests.length]).toEqual(['broken', 5]);
    time.pass(UPSTREAM_BROKEN_MS - 1);
    await settled();
    expect(opener.requests).toHaveLength(5);
    time.pass(1);
    await settled();
    expect([upstream.state, opener.requests.length, upstream.trouble]).toEqual(['ready', 6, null]);
  });

  test('one that holds for a while each time is started again at once, however often', async () => {
    const { upstream, opener, time, states } = bench();
    upstream.start();
    await settled();
    for (let life = 0; life < 20; life += 1) {
      time.pass(UPSTREAM_STABLE_MS);
      opener.last.end('was ended by SIGKILL');
      await settled();
      time.pass(250);
      await settled();
    }
    expect(opener.connections).toHaveLength(21);
    expect(states).not.toContain('broken');
  });
});

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve: (() => void) | undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve: () => resolve?.() };
}

describe('sessions with a server of their own', () => {
  test('each has one, told of its client, which ends with it', async () => {
    const { upstream, opener } = bench({ isolation: 'session' });
    const one = await upstream.connectAlone(new Listener(), CLIENT);
    await upstream.connectAlone(new Listener(), { ...CLIENT, era: 'modern' });
    expect(opener.requests.map(({ plan, client }) => [plan, client?.era])).toEqual([
      ['legacy', 'legacy'],
      ['probe', 'modern'],
    ]);
    expect(upstream.sessions).toBe(2);
    await one.close();
    expect(opener.connections.map(({ closes }) => closes)).toEqual([1, 0]);
    expect(upstream.sessions).toBe(1);
  });

  test('the end waits for those whose session ended a moment ago', async () => {
    const { upstream, opener } = bench({ isolation: 'session' });
    const one = await upstream.connectAlone(new Listener(), CLIENT);
    const { promise, resolve: end } = deferred();
    opener.last.close = () => promise;
    void one.close();
    let isOver = false;
    const closing = upstream.close().then(() => (isOver = true));
    await settled();
    expect(isOver).toBe(false);
    end();
    await closing;
  });

  test('one that dies is told to its session alone', async () => {
    const { upstream, opener } = bench({ isolation: 'session' });
    const [first, second] = [new Listener(), new Listener()];
    await upstream.connectAlone(first, CLIENT);
    opener.last.end('exited with code 3');
    await upstream.connectAlone(second, CLIENT);
    await settled();
    expect([first.ends, second.ends, upstream.state]).toEqual([['exited with code 3'], [], 'idle']);
  });

  test('there are so many and no more, and a place that is left is free again', async () => {
    const { upstream } = bench({ isolation: 'session' });
    const open = [];
    for (let index = 0; index < UPSTREAM_SESSIONS_MAX; index += 1) {
      open.push(await upstream.connectAlone(new Listener(), CLIENT));
    }
    const told = await refusal(upstream.connectAlone(new Listener(), CLIENT));
    expect([told.failureClass, upstream.state]).toEqual(['too-many-connections', 'idle']);
    await open[0]?.close();
    await settled();
    await upstream.connectAlone(new Listener(), CLIENT);
  });

  test('starts that fail wait longer and longer, as those of a shared server do', async () => {
    const { upstream, opener, time } = bench({ isolation: 'session' });
    opener.outcomes = Array.from({ length: 5 }, () => failure());
    const waits: (number | null)[] = [];
    for (let round = 0; round < 5; round += 1) {
      const told = await refusal(upstream.connectAlone(new Listener(), CLIENT));
      waits.push(told.retryAfterMs);
      if (round < 4) time.pass(told.retryAfterMs ?? 0);
    }
    expect(waits).toEqual([250, 500, 1000, 2000, UPSTREAM_BROKEN_MS]);
    expect(upstream.state).toBe('broken');
    time.pass(UPSTREAM_BROKEN_MS);
    expect([upstream.state, upstream.trouble?.failureClass]).toEqual(['idle', 'exited']);
    await upstream.connectAlone(new Listener(), CLIENT);
    expect(upstream.trouble).toBeNull();
  });
});

describe('stopping', () => {
  test('ends every connection, tells every listener, and starts nothing any more', async () => {
    const { upstream, opener, time } = bench();
    const [shared, alone] = [new Listener(), new Listener()];
    await upstream.connect(shared);
    await upstream.connectAlone(alone, CLIENT);
    await Promise.all([upstream.close(), upstream.close()]);
    expect([shared.ends, alone.ends]).toEqual([['was stopped'], ['was stopped']]);
    expect(opener.connections.every(({ closes }) => closes > 0)).toBe(true);
    expect((await refusal(upstream.connect(new Listener()))).failureClass).toBe('stopped');
    expect((await refusal(upstream.connectAlone(new Listener(), CLIENT))).failureClass).toBe('stopped');
    expect([upstream.state, time.planned()]).toEqual(['stopped', 0]);
  });

  test('in the middle of a start ends what comes of it', async () => {
    const { upstream, opener } = bench();
    opener.outcomes = ['hang', 'hang'];
    const shared = refusal(upstream.connect(new Listener()));
    const alone = refusal(upstream.connectAlone(new Listener(), CLIENT));
    await settled();
    const closing = upstream.close();
    expect(opener.requests.every(({ signal }) => signal.aborted)).toBe(true);
    const made = [opener.finish(), opener.finish()];
    expect([(await shared).failureClass, (await alone).failureClass]).toEqual(['stopped', 'stopped']);
    await closing;
    expect(made.map(({ closes }) => closes)).toEqual([1, 1]);
  });

  test('while callers wait for a restart tells them', async () => {
    const { upstream, opener } = bench();
    await upstream.connect(new Listener());
    opener.last.end('exited with code 3');
    await settled();
    const waiting = refusal(upstream.connect(new Listener()));
    await upstream.close();
    expect((await waiting).failureClass).toBe('stopped');
  });

  test('gently waits for the listeners to leave', async () => {
    const { upstream, opener } = bench();
    const [shared, alone] = [new Listener(), new Listener()];
    const one = await upstream.connect(shared);
    const other = await upstream.connectAlone(alone, CLIENT);
    const draining = upstream.drain();
    expect([shared.drains, alone.drains, upstream.state]).toEqual([1, 1, 'stopped']);
    one.send([Buffer.from('still open')]);
    expect(opener.connections[0]?.sent).toEqual(['still open']);
    one.detach();
    await other.close();
    await draining;
    expect([shared.ends, alone.ends]).toEqual([[], []]);
    expect(opener.connections.every(({ closes }) => closes > 0)).toBe(true);
  });

  test('gently does not wait for ever', async () => {
    const { upstream, time } = bench();
    const heard = new Listener();
    await upstream.connect(heard);
    const draining = upstream.drain();
    time.pass(UPSTREAM_DRAIN_MS);
    await draining;
    expect(heard.ends).toEqual(['was stopped']);
  });
});
