import { describe, expect, test } from 'vitest';
import { ModernToLegacy } from '../../../src/gateway/eras/modern-to-legacy.js';
import type { JsonObject } from '../../../src/platform/json.js';
import { ALL, ANSWER, answered, asking, call, FORM } from './asking-call.js';
import { envelope, fromServer, heldPort, request, result, toServer, told } from './held-port.js';

describe('a question of a server of the older era', () => {
  test('ends the round with what is asked and a state to come back with', async () => {
    const { port } = asking();
    expect(await told(port, 1)).toEqual({
      jsonrpc: '2.0',
      id: 5,
      result: {
        resultType: 'input_required',
        inputRequests: {
          elicitation: { method: 'elicitation/create', params: { mode: 'form', message: 'Name?' } },
        },
        requestState: 'handle-1',
      },
    });
    expect(port.sent).toEqual([]);
  });

  test('is answered under its own id when the client comes back, and the call goes on', async () => {
    const { port, era } = asking();
    await told(port, 1);
    expect(call(era, 6, answered('handle-1', `{"elicitation":${ANSWER}}`))).toEqual([result('q-1', ANSWER)]);
    fromServer(era, result(5, '{"content":[]}'));
    expect(port.said.slice(1)).toEqual([result(6, '{"resultType":"complete","content":[]}')]);
  });

  test('gets the client’s answer byte for byte', async () => {
    const { port, era } = asking();
    await told(port, 1);
    const exact = '{"action":"accept","content":{"n":12345678901234567890,"x":1.0}}';
    expect(call(era, 6, answered('handle-1', `{"elicitation":${exact}}`))).toEqual([result('q-1', exact)]);
  });

  test('is shown to the client byte for byte', async () => {
    const port = heldPort();
    const era = new ModernToLegacy(port);
    call(era, 5);
    const params = '{"mode":"form","requestedSchema":{"maximum":12345678901234567890}}';
    fromServer(era, request(1, 'elicitation/create', params));
    await told(port, 1);
    expect(port.said[0]).toContain(params);
  });

  test('without an answer in the retry is refused to the server', async () => {
    const { port, era } = asking();
    await told(port, 1);
    const [line] = call(era, 6, answered('handle-1', '{"elicitation":null,"other":{}}'));
    expect(JSON.parse(line ?? '')).toMatchObject({ id: 'q-1', error: { code: -32601 } });
  });

  test('without params is one without params', async () => {
    const port = heldPort();
    const era = new ModernToLegacy(port);
    call(era, 5);
    fromServer(era, request(1, 'roots/list'));
    expect(await told(port, 1)).toMatchObject({
      result: { inputRequests: { roots: { method: 'roots/list' } } },
    });
  });
});

describe('several questions', () => {
  test('that come together are one round, each answered under its own id', async () => {
    const port = heldPort();
    const era = new ModernToLegacy(port);
    call(era, 5);
    fromServer(era, request(1, 'elicitation/create', FORM));
    fromServer(era, request('1', 'elicitation/create', FORM));
    fromServer(era, request(2, 'sampling/createMessage', '{"messages":[]}'));
    const { result: asked } = await told(port, 1);
    const { inputRequests } = asked as { inputRequests: JsonObject };
    const keys = Object.keys(inputRequests);
    expect(keys).toHaveLength(3);
    const responses = Object.fromEntries(keys.map((key) => [key, { key }]));
    expect(call(era, 6, answered('handle-1', JSON.stringify(responses)))).toEqual([
      result(1, JSON.stringify({ key: keys[0] })),
      result('1', JSON.stringify({ key: keys[1] })),
      result(2, JSON.stringify({ key: keys[2] })),
    ]);
  });

  test('one after the other are two rounds with two states', async () => {
    const { port, era } = asking();
    await told(port, 1);
    call(era, 6, answered('handle-1', `{"elicitation":${ANSWER}}`));
    fromServer(era, request('q-2', 'sampling/createMessage', '{"messages":[]}'));
    expect(await told(port, 2)).toMatchObject({
      id: 6,
      result: { inputRequests: { sampling: {} }, requestState: 'handle-2' },
    });
    expect(call(era, 7, answered('handle-2', '{"sampling":{"model":"m"}}'))).toEqual([
      result('q-2', '{"model":"m"}'),
    ]);
    fromServer(era, result(5, '{}'));
    expect(port.said.at(-1)).toBe(result(7, '{"resultType":"complete"}'));
  });

  test('one that comes while the client is away waits until it is back', async () => {
    const { port, era } = asking();
    await told(port, 1);
    fromServer(era, request('q-2', 'roots/list'));
    expect(call(era, 6, answered('handle-1', `{"elicitation":${ANSWER}}`))).toEqual([result('q-1', ANSWER)]);
    expect(await told(port, 2)).toMatchObject({ id: 6, result: { inputRequests: { roots: {} } } });
  });

  test('go to the newest call that its client waits for', async () => {
    const port = heldPort();
    const era = new ModernToLegacy(port);
    call(era, 5);
    call(era, 6);
    fromServer(era, request(1, 'roots/list'));
    expect(await told(port, 1)).toMatchObject({ id: 6 });
    fromServer(era, request(2, 'roots/list'));
    expect(await told(port, 2)).toMatchObject({ id: 5 });
  });
});

describe('a question that nobody can be asked', () => {
  test.each([
    ['elicitation/create', 'elicitation'],
    ['sampling/createMessage', 'sampling'],
    ['roots/list', 'roots'],
  ])('%s without the capability ends the call with -32021 and a cancel', (method, capability) => {
    const port = heldPort();
    const era = new ModernToLegacy(port);
    toServer(era, request(5, 'tools/call', `{"name":"a","_meta":{${envelope('{}')}}}`));
    fromServer(era, request('q-1', method, '{}'));
    expect(port.sent.map((text) => JSON.parse(text) as JsonObject)).toMatchObject([
      { id: 'q-1', error: { code: -32601 } },
      { method: 'notifications/cancelled', params: { requestId: 5 } },
    ]);
    expect(port.said.map((text) => JSON.parse(text) as JsonObject)).toMatchObject([
      { id: 5, error: { code: -32021, data: { requiredCapabilities: { [capability]: {} } } } },
    ]);
    fromServer(era, result(5, '{}'));
    expect(port.said).toHaveLength(1);
  });

  test.each([
    ['without any call', 'elicitation/create'],
    ['of a kind that the modern era has not', 'tools/list'],
  ])('%s is refused to the server', (_title, method) => {
    const port = heldPort();
    const era = new ModernToLegacy(port);
    if (method === 'tools/list') call(era, 5);
    fromServer(era, request(9, method, '{}'));
    expect(JSON.parse(port.sent[0] ?? '')).toMatchObject({ id: 9, error: { code: -32601 } });
    expect(port.said).toEqual([]);
  });

  test('a list of tools is no call that could be asked in', () => {
    const port = heldPort();
    const era = new ModernToLegacy(port);
    toServer(era, request(5, 'tools/list', `{"_meta":{${envelope(ALL)}}}`));
    fromServer(era, request(9, 'roots/list'));
    expect(JSON.parse(port.sent[0] ?? '')).toMatchObject({ id: 9, error: { code: -32601 } });
  });
});
