import { describe, expect, test } from 'vitest';
import { ModernToLegacy } from '../../../src/gateway/eras/modern-to-legacy.js';
import { GATEWAY_LISTENS_MAX } from '../../../src/platform/bounds.js';
import {
  envelope,
  error,
  fromServer,
  heldPort,
  notification,
  request,
  result,
  toServer,
  told,
  type HeldPort,
} from './held-port.js';

const SUBSCRIPTION = 'io.modelcontextprotocol/subscriptionId';

function pair(): { readonly port: HeldPort; readonly era: ModernToLegacy } {
  const port = heldPort();
  return { port, era: new ModernToLegacy(port) };
}

describe('a request', () => {
  test('loses its envelope, and every other byte stays', () => {
    const { era } = pair();
    const given = `{ "name":"a","arguments":{"n":12345678901234567890,"x":1.0},"_meta":{${envelope()},"mine":1,"progressToken":7}}`;
    expect(toServer(era, request(7, 'tools/call', given))).toEqual([
      request(
        7,
        'tools/call',
        '{ "name":"a","arguments":{"n":12345678901234567890,"x":1.0},"_meta":{"mine":1,"progressToken":7}}',
      ),
    ]);
  });

  test('with nothing but the envelope keeps an empty _meta', () => {
    expect(toServer(pair().era, request(1, 'tools/list', `{"_meta":{${envelope()}}}`))).toEqual([
      request(1, 'tools/list', '{"_meta":{}}'),
    ]);
  });

  test('loses answers that belong to no held call', () => {
    const given = `{"name":"a","inputResponses":{"x":{}},"_meta":{${envelope()}}}`;
    expect(toServer(pair().era, request(1, 'tools/call', given))).toEqual([
      request(1, 'tools/call', '{"name":"a","_meta":{}}'),
    ]);
  });

  test.each(['tasks/get', 'tasks/update', 'tasks/cancel'])('%s has nothing to go to', async (method) => {
    const { port, era } = pair();
    expect(toServer(era, request(1, method, `{"taskId":"t","_meta":{${envelope()}}}`))).toEqual([]);
    expect(await told(port, 1)).toMatchObject({ id: 1, error: { code: -32601 } });
  });
});

describe('an answer', () => {
  test.each([
    [
      'tools/call',
      '{"content":[],"n":12345678901234567890}',
      '{"resultType":"complete","content":[],"n":12345678901234567890}',
    ],
    ['prompts/get', '{}', '{"resultType":"complete"}'],
    ['tools/list', '{"tools":[]}', '{"resultType":"complete","ttlMs":0,"cacheScope":"private","tools":[]}'],
    ['prompts/list', '{}', '{"resultType":"complete","ttlMs":0,"cacheScope":"private"}'],
    [
      'resources/read',
      '{"contents":[]}',
      '{"resultType":"complete","ttlMs":0,"cacheScope":"private","contents":[]}',
    ],
  ])('to %s gets the shape of the modern era', (method, given, shown) => {
    const { port, era } = pair();
    toServer(era, request(5, method, `{"name":"a","uri":"u","_meta":{${envelope()}}}`));
    fromServer(era, result(5, given));
    expect(port.said).toEqual([result(5, shown)]);
  });

  test('that has a member of the modern shape already does not get it twice', () => {
    const { port, era } = pair();
    toServer(era, request(5, 'tools/list', `{"_meta":{${envelope()}}}`));
    fromServer(era, result(5, '{"tools":[],"resultType":"complete","ttlMs":9}'));
    expect(port.said).toEqual([
      result(5, '{"cacheScope":"private","tools":[],"resultType":"complete","ttlMs":9}'),
    ]);
  });

  test('that no resource is there has the modern code', () => {
    const { port, era } = pair();
    toServer(era, request(5, 'resources/read', `{"uri":"u","_meta":{${envelope()}}}`));
    fromServer(era, error(5, -32002, ',"data":{"uri":"u","n":12345678901234567890}'));
    expect(port.said).toEqual([error(5, -32602, ',"data":{"uri":"u","n":12345678901234567890}')]);
  });

  test('with another error stays as it is', () => {
    const { port, era } = pair();
    toServer(era, request(5, 'resources/read', `{"uri":"u","_meta":{${envelope()}}}`));
    fromServer(era, error(5, -32000));
    expect(port.said).toEqual([error(5, -32000)]);
  });
});

describe('what a request brings along', () => {
  test('progress keeps the token of the request', () => {
    const { port, era } = pair();
    toServer(era, request(5, 'tools/call', `{"name":"a","_meta":{${envelope()},"progressToken":5}}`));
    const progress = notification('notifications/progress', '{"progressToken":5,"progress":1}');
    fromServer(era, progress);
    expect(port.said).toEqual([progress]);
  });

  test('a log level is set on the server once per change', () => {
    const { era } = pair();
    const list = (id: number, meta: string): string[] =>
      toServer(era, request(id, 'tools/list', `{"_meta":{${meta}}}`));
    expect(list(1, level('info'))).toEqual([request(1001, 'logging/setLevel', '{"level":"info"}'), plain(1)]);
    expect(list(2, level('info'))).toEqual([plain(2)]);
    expect(list(3, envelope())).toEqual([plain(3)]);
    expect(list(4, level('debug'))).toEqual([
      request(1002, 'logging/setLevel', '{"level":"debug"}'),
      plain(4),
    ]);
  });

  test('the answer to a request of the translation’s own goes to nobody', () => {
    const { port, era } = pair();
    fromServer(era, result(1001, '{}'));
    expect(port.said).toEqual([]);
  });

  test('a cancel goes on', () => {
    const { era } = pair();
    toServer(era, request(5, 'tools/call', `{"name":"a","_meta":{${envelope()}}}`));
    const cancel = notification('notifications/cancelled', '{"requestId":5,"reason":"r"}');
    expect(toServer(era, cancel)).toEqual([cancel]);
    expect(toServer(era, notification('notifications/cancelled', '{"requestId":"5"}'))).toEqual([]);
  });

  test('a ping of the server is answered at once, under its own id', () => {
    const { port, era } = pair();
    fromServer(era, request('ping-1', 'ping'));
    fromServer(era, request(7, 'ping'));
    expect(port.sent).toEqual([result('ping-1', '{}'), result(7, '{}')]);
    expect(port.said).toEqual([]);
  });
});

describe('a subscription', () => {
  const filter = '{"toolsListChanged":true,"resourceSubscriptions":["file:///a","file:///b"]}';
  const listen = (id: number, notifications = filter): string =>
    request(id, 'subscriptions/listen', `{"notifications":${notifications},"_meta":{${envelope()}}}`);

  test('is acknowledged, and each resource is subscribed to', async () => {
    const { port, era } = pair();
    expect(toServer(era, listen(9))).toEqual([
      request(1001, 'resources/subscribe', '{"uri":"file:///a"}'),
      request(1002, 'resources/subscribe', '{"uri":"file:///b"}'),
    ]);
    expect(await told(port, 1)).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/subscriptions/acknowledged',
      params: { notifications: JSON.parse(filter) as object, _meta: { [SUBSCRIPTION]: 9 } },
    });
  });

  test.each([
    ['no params', 'notifications/tools/list_changed', undefined, `{"_meta":{"${SUBSCRIPTION}":9}}`],
    ['empty params', 'notifications/tools/list_changed', '{}', `{"_meta":{"${SUBSCRIPTION}":9}}`],
    ['an empty _meta', 'notifications/tools/list_changed', '{"_meta":{}}', `{"_meta":{"${SUBSCRIPTION}":9}}`],
    [
      'other params',
      'notifications/resources/updated',
      '{"uri":"file:///a","n":12345678901234567890,"_meta":{"x":1}}',
      `{"uri":"file:///a","n":12345678901234567890,"_meta":{"${SUBSCRIPTION}":9,"x":1}}`,
    ],
  ])('gets a notification with %s tagged', async (_title, method, params, tagged) => {
    const { port, era } = pair();
    toServer(era, listen(9));
    await told(port, 1);
    fromServer(era, notification(method, params));
    expect(JSON.parse(port.said[1] ?? '')).toEqual(JSON.parse(notification(method, tagged)));
    if (params !== undefined) expect(port.said.slice(1)).toEqual([notification(method, tagged)]);
  });

  test('gets only what it asked for', async () => {
    const { port, era } = pair();
    toServer(era, listen(9));
    await told(port, 1);
    fromServer(era, notification('notifications/prompts/list_changed'));
    fromServer(era, notification('notifications/resources/list_changed'));
    fromServer(era, notification('notifications/resources/updated', '{"uri":"file:///c"}'));
    expect(port.said).toHaveLength(1);
  });

  test('each one that wants a notification gets it under its own tag', async () => {
    const { port, era } = pair();
    toServer(era, listen(8, '{"toolsListChanged":true}'));
    toServer(era, listen(9, '{"toolsListChanged":true,"promptsListChanged":true}'));
    await told(port, 2);
    fromServer(era, notification('notifications/tools/list_changed'));
    fromServer(era, notification('notifications/prompts/list_changed'));
    expect(port.said.slice(2).map((text) => (JSON.parse(text) as { params: object }).params)).toEqual([
      { _meta: { [SUBSCRIPTION]: 8 } },
      { _meta: { [SUBSCRIPTION]: 9 } },
      { _meta: { [SUBSCRIPTION]: 9 } },
    ]);
  });

  test('ends with its cancel, which the server does not hear of', async () => {
    const { port, era } = pair();
    toServer(era, listen(9));
    await told(port, 1);
    expect(toServer(era, notification('notifications/cancelled', '{"requestId":9}'))).toEqual([]);
    fromServer(era, notification('notifications/tools/list_changed'));
    expect(port.said).toHaveLength(1);
  });

  test('one too many is refused', async () => {
    const { port, era } = pair();
    for (let id = 1; id <= GATEWAY_LISTENS_MAX; id++) toServer(era, listen(id, '{}'));
    await told(port, GATEWAY_LISTENS_MAX);
    expect(toServer(era, listen(999))).toEqual([]);
    expect(await told(port, GATEWAY_LISTENS_MAX + 1)).toMatchObject({ id: 999, error: { code: -32602 } });
  });

  test('a log message and what nobody defined pass as they are', () => {
    const { port, era } = pair();
    const log = notification('notifications/message', '{"level":"info","data":12345678901234567890}');
    fromServer(era, log);
    fromServer(era, notification('notifications/x/y', '{"a":1}'));
    expect(port.said).toEqual([log, notification('notifications/x/y', '{"a":1}')]);
  });
});

/** An envelope that asks for log messages. */
function level(name: string): string {
  return envelope('{}', `,"io.modelcontextprotocol/logLevel":"${name}"`);
}

/** The list request as the server is to get it. */
function plain(id: number): string {
  return request(id, 'tools/list', '{"_meta":{}}');
}
