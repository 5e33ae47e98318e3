import { describe, expect, test } from 'vitest';
import { GATEWAY_WAITING_LINES_MAX } from '../../../src/platform/bounds.js';
import { eventually } from '../../support/eventually.js';
import { legacyClient, modernRequest } from './support/clients.js';
import type { FakeReply } from './support/fake-reply.js';
import { FakeServer } from './support/fake-server.js';
import { BOB, coreWith } from './support/test-core.js';

const FILES = { upstream: 'files' };
const CALL = { name: 'read', arguments: {} };

describe('a request that its client gives up', () => {
  test('in the older era is cancelled at the server under the id that it knows, and gets no answer', async () => {
    const files = new FakeServer('files');
    const core = coreWith([files]);
    const client = await legacyClient(core, FILES);
    const open = client.request('a', 'tools/call', CALL);
    const { id } = await files.got('tools/call');
    client.notify('notifications/cancelled', { requestId: 'a', reason: 'enough' });
    expect(await files.got('notifications/cancelled')).toMatchObject({
      params: { requestId: id, reason: 'enough' },
    });
    (await files.connection()).result(id, {});
    expect(open).toMatchObject({ isDone: true, events: [] });
    expect(core.exchanges.size).toBe(0);
    // Its id may be used again.
    const again = client.request('a', 'tools/call', CALL);
    (await files.connection()).result((await files.got('tools/call', 1)).id, { again: true });
    expect(await again.answered()).toMatchObject({ id: 'a', result: { again: true } });
  });

  test.each([1, 'b', null])('is not the one with the id %j', async (requestId) => {
    const files = new FakeServer('files');
    const core = coreWith([files]);
    const client = await legacyClient(core, FILES);
    const open = client.request('1', 'tools/call', CALL);
    const other = await legacyClient(core, { ...FILES, who: BOB });
    const { id } = await files.got('tools/call');
    client.notify('notifications/cancelled', { requestId });
    other.notify('notifications/cancelled', { requestId: '1' });
    const connection = await files.connection();
    connection.result(id, {});
    expect(await open.answered()).toMatchObject({ id: '1', result: {} });
    expect(connection.of('notifications/cancelled')).toEqual([]);
  });

  test('in the modern era is cancelled by the end of its connection', async () => {
    const files = new FakeServer('files', { era: 'modern' });
    const core = coreWith([files]);
    const open = modernRequest(core, 1, 'tools/call', CALL, FILES);
    const { id } = await files.got('tools/call');
    open.leave();
    expect(await files.got('notifications/cancelled')).toMatchObject({ params: { requestId: id } });
    (await files.connection()).result(id, {});
    expect(open).toMatchObject({ status: undefined, events: [] });
    expect(core.exchanges.size).toBe(0);
  });

  test('in the older era goes on when only its connection ends', async () => {
    const files = new FakeServer('files');
    const core = coreWith([files]);
    const client = await legacyClient(core, FILES);
    client.request(1, 'tools/call', CALL).leave();
    const { id } = await files.got('tools/call');
    const connection = await files.connection();
    connection.result(id, {});
    expect(connection.of('notifications/cancelled')).toEqual([]);
    expect(core.exchanges.size).toBe(0);
  });
});

describe('a server that ends', () => {
  test('has every open request answered once, and the next one starts it again', async () => {
    const files = new FakeServer('files');
    const core = coreWith([files]);
    const client = await legacyClient(core, FILES);
    const open = [1, 2, 3].map((id) => client.request(id, 'tools/call', CALL));
    const modern = modernRequest(core, 1, 'tools/call', CALL, FILES);
    await files.got('tools/call', 3);
    (await files.connection()).end('exited with code 3');
    for (const [index, reply] of open.entries()) {
      expect(await reply.answered()).toMatchObject({
        id: index + 1,
        error: {
          code: -31002,
          message: 'guard: the server exited with code 3 before it answered',
          data: { failure_class: 'exited' },
        },
      });
    }
    expect(await modern.answered()).toMatchObject({ id: 1, error: { code: -31002 } });
    expect(core.exchanges.size).toBe(0);
    const next = client.request(4, 'tools/call', CALL);
    const second = await files.connection(1);
    second.result((await second.got('tools/call')).id, {});
    expect(await next.answered()).toMatchObject({ id: 4, result: {} });
  });

  test('leaves those of other servers open', async () => {
    const [files, other] = [new FakeServer('files'), new FakeServer('other')];
    const core = coreWith([files, other]);
    const client = await legacyClient(core, { upstream: 'other' });
    const open = client.request(1, 'tools/call', CALL);
    const { id } = await other.got('tools/call');
    modernRequest(core, 1, 'tools/call', CALL, FILES);
    await files.got('tools/call');
    (await files.connection()).end();
    expect(open.isDone).toBe(false);
    (await other.connection()).result(id, {});
    expect(await open.answered()).toMatchObject({ id: 1, result: {} });
  });

  test.each([
    ['garbled', -32603],
    ['too-large', -31004],
  ] as const)(
    'answers %s: that one request is told, with what kind of failure it was',
    async (reason, code) => {
      const files = new FakeServer('files');
      const core = coreWith([files]);
      const client = await legacyClient(core, FILES);
      const open = [1, 2].map((id) => client.request(id, 'tools/call', CALL));
      const first = await files.got('tools/call');
      const second = await files.got('tools/call', 1);
      const connection = await files.connection();
      connection.drop(first.id as number, reason);
      connection.result(second.id, {});
      expect(await open[0]?.answered()).toMatchObject({
        id: 1,
        error: { code, data: { failure_class: reason } },
      });
      expect(await open[1]?.answered()).toMatchObject({ id: 2, result: {} });
    },
  );

  test('answers twice, or what nobody asked: it is heard once', async () => {
    const files = new FakeServer('files');
    const core = coreWith([files]);
    const client = await legacyClient(core, FILES);
    const open = client.request(1, 'tools/call', CALL);
    const { id } = await files.got('tools/call');
    const connection = await files.connection();
    connection.result(4711, { forged: true });
    connection.result(id, { first: true });
    connection.result(id, { second: true });
    expect(await open.answered()).toMatchObject({ id: 1, result: { first: true } });
  });

  test('answers too late: the time limit has told the client', async () => {
    const files = new FakeServer('files');
    const core = coreWith([files]);
    const client = await legacyClient(core, FILES);
    const open = client.request(1, 'tools/call', CALL);
    const { id } = await files.got('tools/call');
    core.time.pass(files.definition.requestTimeoutMs - 1);
    for (const hub of core.hubs) hub.expire();
    expect(open.isDone).toBe(false);
    core.time.pass(1);
    for (const hub of core.hubs) hub.expire();
    expect(await open.answered()).toMatchObject({ id: 1, error: { code: -31005 } });
    (await files.connection()).result(id, {});
    expect(core.exchanges.size).toBe(0);
  });
});

describe('a server that does not start', () => {
  test('answers every request that waits for it, once', async () => {
    const files = new FakeServer('files');
    files.isReady = false;
    files.trouble = { failureClass: 'start-timeout', message: 'the server "files" took too long' };
    const core = coreWith([files]);
    const open = [1, 2, 3].map((id) => modernRequest(core, id, 'tools/call', CALL, FILES));
    files.isReady = true;
    for (const [index, reply] of open.entries()) {
      expect(await reply.answered()).toMatchObject({
        id: index + 1,
        error: { code: -32603, data: { failure_class: 'start-timeout' } },
      });
    }
    expect(core.exchanges.size).toBe(0);
  });

  test('keeps a bounded number of messages waiting', async () => {
    const files = new FakeServer('files');
    files.isReady = false;
    const core = coreWith([files]);
    const open: FakeReply[] = [];
    for (let id = 0; id <= GATEWAY_WAITING_LINES_MAX; id++) {
      open.push(modernRequest(core, id, 'tools/call', CALL, FILES));
    }
    const refused = await eventually('a refusal', () => open.find(({ isDone }) => isDone));
    expect(await refused.answered()).toMatchObject({ error: { data: { failure_class: 'overloaded' } } });
    files.isReady = true;
  });
});
