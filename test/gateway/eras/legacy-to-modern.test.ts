import { describe, expect, test } from 'vitest';
import { LegacyToModern } from '../../../src/gateway/eras/legacy-to-modern.js';
import type { JsonObject } from '../../../src/platform/json.js';
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
import { verifies } from '../../requirements.js';

const SUBSCRIPTION = 'io.modelcontextprotocol/subscriptionId';
const CAPABILITIES = { elicitation: {} };
const ENVELOPE = envelope(JSON.stringify(CAPABILITIES));

function pair(): { readonly port: HeldPort; readonly era: LegacyToModern } {
  const port = heldPort(CAPABILITIES);
  return { port, era: new LegacyToModern(port) };
}

function sentBy(port: HeldPort): JsonObject[] {
  return port.sent.map((text) => JSON.parse(text) as JsonObject);
}

describe('a request gets the envelope that its client stated once', () => {
  verifies('gateway:eras');

  test.each<[string, string, string]>([
    ['empty params', '{}', `{"_meta":{${ENVELOPE}}}`],
    ['params without _meta', '{"name":"a"}', `{"_meta":{${ENVELOPE}},"name":"a"}`],
    ['an empty _meta', '{"_meta":{}}', `{"_meta":{${ENVELOPE}}}`],
    ['a _meta with members', '{"_meta":{"progressToken":3}}', `{"_meta":{${ENVELOPE},"progressToken":3}}`],
    [
      'arguments that no parser holds',
      '{ "name":"a","arguments":{"n":12345678901234567890,"x":1.0}}',
      `{"_meta":{${ENVELOPE}}, "name":"a","arguments":{"n":12345678901234567890,"x":1.0}}`,
    ],
    ['a _meta that is none', '{"_meta":null,"name":"a"}', `{"_meta":{${ENVELOPE}},"name":"a"}`],
    ['a wish for a task', '{"name":"a","task":{"ttl":1}}', `{"_meta":{${ENVELOPE}},"name":"a"}`],
    ['nothing but a wish for a task', '{"task":{"ttl":1}}', `{"_meta":{${ENVELOPE}}}`],
    [
      'an envelope of the client’s own making',
      '{"_meta":{"io.modelcontextprotocol/clientCapabilities":{"sampling":{}},"mine":1}}',
      `{"_meta":{${ENVELOPE},"mine":1}}`,
    ],
  ])('with %s', (_title, given, expected) => {
    expect(toServer(pair().era, request(3, 'tools/call', given))).toEqual([
      request(3, 'tools/call', expected),
    ]);
  });

  test('without params', () => {
    const [line] = toServer(pair().era, request(3, 'tools/list'));
    expect(JSON.parse(line ?? '')).toEqual({
      jsonrpc: '2.0',
      id: 3,
      method: 'tools/list',
      params: { _meta: JSON.parse(`{${ENVELOPE}}`) as object },
    });
  });
});

describe('what the modern era does not have', () => {
  test('logging/setLevel is remembered, and said with each later request', async () => {
    const { port, era } = pair();
    expect(toServer(era, request(3, 'logging/setLevel', '{"level":"warning"}'))).toEqual([]);
    expect(await told(port, 1)).toEqual({ jsonrpc: '2.0', id: 3, result: {} });
    const [line] = toServer(era, request(4, 'tools/list', '{}'));
    expect(line).toContain('"io.modelcontextprotocol/logLevel":"warning"');
  });

  test('a change of roots is not told', () => {
    expect(toServer(pair().era, notification('notifications/roots/list_changed'))).toEqual([]);
  });

  test('an answer to a question that was never asked goes nowhere', () => {
    const { port, era } = pair();
    expect(toServer(era, result('x', '{}'))).toEqual([]);
    expect(toServer(era, result(7, '{}'))).toEqual([]);
    expect(port.said).toEqual([]);
  });

  test('other notifications and cancels pass', () => {
    const { era } = pair();
    const cancel = notification('notifications/cancelled', '{"requestId":3}');
    toServer(era, request(3, 'tools/call', '{"name":"a"}'));
    expect(toServer(era, cancel)).toEqual([cancel]);
    const other = notification('notifications/x/y', '{"n":12345678901234567890}');
    expect(toServer(era, other)).toEqual([other]);
  });
});

describe('an answer', () => {
  test.each([
    [
      '{"resultType":"complete","content":[],"n":12345678901234567890}',
      '{"content":[],"n":12345678901234567890}',
    ],
    ['{"tools":[],"ttlMs":5,"cacheScope":"public","resultType":"complete"}', '{"tools":[]}'],
    ['{"resultType":"complete"}', '{}'],
    ['{"content":[]}', '{"content":[]}'],
  ])('%s loses what the older era does not have', (given, shown) => {
    const { port, era } = pair();
    toServer(era, request(3, 'tools/call', '{"name":"a"}'));
    fromServer(era, result(3, given));
    expect(port.said).toEqual([result(3, shown)]);
  });

  test.each([-32020, -32021, -32022])('%d is about guard’s own way and told as such', (code) => {
    const { port, era } = pair();
    toServer(era, request(3, 'tools/call', '{"name":"a"}'));
    fromServer(era, error(3, code, ',"data":{"requiredCapabilities":{"sampling":{}}}'));
    expect(port.said.map((text) => JSON.parse(text) as JsonObject)).toMatchObject([
      { id: 3, error: { code: -32603, data: { failure_class: 'handshake' } } },
    ]);
    expect(port.said[0]).not.toContain('requiredCapabilities');
  });

  test('with another error stays as it is', () => {
    const { port, era } = pair();
    toServer(era, request(3, 'tools/call', '{"name":"a"}'));
    fromServer(era, error(3, -32602));
    expect(port.said).toEqual([error(3, -32602)]);
  });
});

describe('listening', () => {
  const LISTS = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true };

  test('begins with all that the older era is told without asking', () => {
    const { port, era } = pair();
    era.begin();
    expect(sentBy(port)).toMatchObject([
      { id: 1001, method: 'subscriptions/listen', params: { notifications: LISTS } },
    ]);
    expect(port.sent[0]).toContain(ENVELOPE);
  });

  test('a subscription widens it: the new one stands before the old one ends', async () => {
    const { port, era } = pair();
    era.begin();
    expect(toServer(era, request(3, 'resources/subscribe', '{"uri":"file:///a"}'))).toEqual([]);
    expect(await told(port, 1)).toEqual({ jsonrpc: '2.0', id: 3, result: {} });
    expect(sentBy(port).slice(1)).toMatchObject([
      { id: 1002, params: { notifications: { ...LISTS, resourceSubscriptions: ['file:///a'] } } },
      { method: 'notifications/cancelled', params: { requestId: 1001 } },
    ]);
  });

  test('the end of a subscription narrows it', async () => {
    const { port, era } = pair();
    era.begin();
    toServer(era, request(3, 'resources/subscribe', '{"uri":"file:///a"}'));
    toServer(era, request(4, 'resources/subscribe', '{"uri":"file:///b"}'));
    toServer(era, request(5, 'resources/unsubscribe', '{"uri":"file:///a"}'));
    expect(await told(port, 3)).toEqual({ jsonrpc: '2.0', id: 5, result: {} });
    expect(sentBy(port).at(-2)).toMatchObject({
      params: { notifications: { ...LISTS, resourceSubscriptions: ['file:///b'] } },
    });
    toServer(era, request(6, 'resources/unsubscribe', '{"uri":"file:///b"}'));
    expect(port.sent.at(-2)).not.toContain('resourceSubscriptions');
  });

  test('a notification loses its tag, and every other byte stays', () => {
    const { port, era } = pair();
    era.begin();
    const params = `{"uri":"file:///a","n":12345678901234567890,"_meta":{"${SUBSCRIPTION}":1001,"x":1}}`;
    fromServer(era, notification('notifications/resources/updated', params));
    expect(port.said).toEqual([
      notification(
        'notifications/resources/updated',
        '{"uri":"file:///a","n":12345678901234567890,"_meta":{"x":1}}',
      ),
    ]);
  });

  test('the acknowledgement and the end of it are not told', () => {
    const { port, era } = pair();
    era.begin();
    fromServer(
      era,
      notification('notifications/subscriptions/acknowledged', `{"_meta":{"${SUBSCRIPTION}":1001}}`),
    );
    fromServer(era, result(1001, '{"resultType":"complete"}'));
    expect(port.said).toEqual([]);
  });

  test('the end of one that another has replaced is not told either', () => {
    const { port, era } = pair();
    era.begin();
    toServer(era, request(3, 'resources/subscribe', '{"uri":"file:///a"}'));
    fromServer(era, result(1001, '{"resultType":"complete"}'));
    expect(port.said).toEqual([]);
  });

  test('log messages pass', () => {
    const { port, era } = pair();
    const log = notification('notifications/message', '{"level":"info","data":1}');
    fromServer(era, log);
    expect(port.said).toEqual([log]);
  });
});
