import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { legacyClient, modernRequest } from './support/clients.js';
import { FakeServer } from './support/fake-server.js';
import { ADA, BOB, coreWith } from './support/test-core.js';
import { verifies } from '../../requirements.js';

const CALL = { name: 'read', arguments: {} };
const FILES = { upstream: 'files' };

describe('two clients with the same ids on one connection', () => {
  verifies('gateway:ids');

  test('never meet: each gets its own answer under its own id', async () => {
    const files = new FakeServer('files');
    const core = coreWith([files]);
    const [ada, bob] = [
      await legacyClient(core, { who: ADA, ...FILES }),
      await legacyClient(core, { who: BOB, ...FILES }),
    ];
    const first = ada.request(1, 'tools/call', CALL);
    const second = bob.request(1, 'tools/call', CALL);
    const third = modernRequest(core, 1, 'tools/call', CALL, FILES);
    await files.got('tools/call', 2);
    const connection = await files.connection();
    expect(files.connections).toHaveLength(1);
    const ids = connection.of('tools/call').map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
    ids.toReversed().forEach((id, index) => connection.result(id, { of: 2 - index }));
    expect(await first.answered()).toEqual({ jsonrpc: '2.0', id: 1, result: { of: 0 } });
    expect(await second.answered()).toEqual({ jsonrpc: '2.0', id: 1, result: { of: 1 } });
    expect(await third.answered()).toMatchObject({ id: 1, result: { of: 2, resultType: 'complete' } });
  });

  test('and the same progress token hear each of their own progress, under their own token', async () => {
    const files = new FakeServer('files');
    const core = coreWith([files]);
    const [ada, bob] = [
      await legacyClient(core, { who: ADA, ...FILES }),
      await legacyClient(core, { who: BOB, ...FILES }),
    ];
    const first = ada.request(1, 'tools/call', { ...CALL, _meta: { progressToken: 'p' } });
    const second = bob.request(1, 'tools/call', { ...CALL, _meta: { progressToken: 'p' } });
    await files.got('tools/call', 1);
    const connection = await files.connection();
    for (const [index, { id, params }] of connection.of('tools/call').entries()) {
      expect(params).toMatchObject({ _meta: { progressToken: id } });
      connection.say(
        `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":${id},"progress":${index}.0}}`,
      );
    }
    expect(first.events).toEqual([progressOf('"p"', '0.0')]);
    expect(second.events).toEqual([progressOf('"p"', '1.0')]);
  });

  test('get their own answers in whatever order they ask and are answered', async () => {
    const order = fc.array(fc.record({ who: fc.constantFrom(0, 1, 2), late: fc.nat(5) }), {
      minLength: 1,
      maxLength: 25,
    });
    await fc.assert(
      fc.asyncProperty(order, async (calls) => {
        const files = new FakeServer('files');
        const core = coreWith([files]);
        const clients = [await legacyClient(core, FILES), await legacyClient(core, { ...FILES, who: BOB })];
        const replies = calls.map(({ who }, index) => {
          const params = { name: 'read', arguments: { index } };
          const client = clients[who];
          if (client !== undefined) return client.request(index % 3, 'tools/call', params);
          return modernRequest(core, index % 3, 'tools/call', params, FILES);
        });
        await files.got('tools/call', calls.length - 1);
        const connection = await files.connection();
        const due = connection
          .of('tools/call')
          .toSorted((a, b) => lateness(a.params, calls) - lateness(b.params, calls));
        for (const { id, params } of due) connection.result(id, { given: params['arguments'] ?? null });
        for (const [index, reply] of replies.entries()) {
          expect(await reply.answered()).toMatchObject({ id: index % 3, result: { given: { index } } });
        }
        expect(core.exchanges.size).toBe(0);
      }),
      { numRuns: 30 },
    );
  });
});

function lateness(params: unknown, calls: readonly { readonly late: number }[]): number {
  const { arguments: given } = params as { arguments: { index: number } };
  return calls[given.index]?.late ?? 0;
}

describe('what a client wrote', () => {
  test.each(['1', '"1"', '9007199254740991', String.raw`"aéb"`, '0', '-5', '""'])(
    'the id %s comes back as it was',
    async (id) => {
      const files = new FakeServer('files');
      const core = coreWith([files]);
      const { session } = await legacyClient(core, FILES);
      const body = `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"read"}}`;
      const reply = core.post(body, { ...FILES, headers: { 'mcp-session-id': session } });
      const { id: own } = await files.got('tools/call');
      (await files.connection()).say(`{"jsonrpc":"2.0","id":${own},"result":{"n":12345678901234567890}}`);
      await reply.answered();
      expect(reply.answer).toBe(`{"jsonrpc":"2.0","id":${id},"result":{"n":12345678901234567890}}`);
    },
  );

  test('reaches the server byte for byte, but for the id and the token', async () => {
    const files = new FakeServer('files');
    const core = coreWith([files]);
    const { session } = await legacyClient(core, FILES);
    core.post(body('"a"', '"t"'), { ...FILES, headers: { 'mcp-session-id': session } });
    const { id, text } = await files.got('tools/call');
    expect(text).toBe(body(String(id), String(id)));
  });

  test('with progress that a request did not ask for, nobody is told', async () => {
    const files = new FakeServer('files');
    const core = coreWith([files]);
    const client = await legacyClient(core, FILES);
    const stream = client.listen();
    const open = client.request(1, 'tools/call', CALL);
    const { id } = await files.got('tools/call');
    const connection = await files.connection();
    connection.say(progressOf(String(id)));
    connection.say(progressOf('4711'));
    connection.say(progressOf('"nobody gave this"'));
    connection.result(id, {});
    await open.answered();
    expect(open.events).toEqual([]);
    expect(stream.events).toEqual([]);
  });
});

describe('a server that speaks for another one', () => {
  test('cannot answer what the other was asked', async () => {
    const [files, evil] = [new FakeServer('files'), new FakeServer('evil')];
    const core = coreWith([files, evil]);
    const client = await legacyClient(core, FILES);
    const open = client.request(1, 'tools/call', CALL);
    const { id } = await files.got('tools/call');
    await (await legacyClient(core, { upstream: 'evil' })).request(1, 'tools/list').answered();
    (await evil.connection()).result(id, { forged: true });
    (await files.connection()).result(id, { forged: false });
    expect(await open.answered()).toMatchObject({ result: { forged: false } });
  });

  test.each(['shared', 'session'] as const)('cannot tell of its progress (%s)', async (isolation) => {
    const [files, evil] = [new FakeServer('files'), new FakeServer('evil', { isolation })];
    const core = coreWith([files, evil]);
    const client = await legacyClient(core, FILES);
    const open = client.request(1, 'tools/call', { ...CALL, _meta: { progressToken: 't' } });
    const { id } = await files.got('tools/call');
    await (await legacyClient(core, { upstream: 'evil', who: BOB })).request(1, 'tools/list').answered();
    (await evil.connection()).say(
      `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":${id},"progress":1}}`,
    );
    (await files.connection()).result(id, {});
    await open.answered();
    expect(open.events).toEqual([]);
  });

  test.each(['shared', 'session'] as const)('cannot speak on its subscription (%s)', async (isolation) => {
    const [files, evil] = [
      new FakeServer('files', { era: 'modern' }),
      new FakeServer('evil', { era: 'modern', isolation }),
    ];
    const core = coreWith([files, evil]);
    const listen = modernRequest(core, 9, 'subscriptions/listen', { notifications: {} }, FILES);
    const { id } = await files.got('subscriptions/listen');
    const update = (uri: string): string =>
      `{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"${uri}","_meta":{"io.modelcontextprotocol/subscriptionId":${id}}}}`;
    await modernRequest(core, 1, 'tools/list', {}, { upstream: 'evil', who: BOB }).answered();
    (await evil.connection()).say(update('of:evil'));
    (await files.connection()).say(update('of:files'));
    await eventually('an update', () => listen.events.length > 0);
    expect(listen.events).toHaveLength(1);
    expect(listen.events[0]).toContain('of:files');
  });
});

function progressOf(token: string, progress = '1'): string {
  return `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":${token},"progress":${progress}}}`;
}

function body(id: string, token: string): string {
  return `{ "jsonrpc":"2.0","id": ${id} ,"method":"tools/call","params":{"_meta":{"progressToken":${token},"x":1.0},"name":"read","arguments":{"n":12345678901234567890,"s":"é"}}}`;
}
