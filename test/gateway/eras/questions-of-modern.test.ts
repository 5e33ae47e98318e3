import { describe, expect, test } from 'vitest';
import { LegacyToModern } from '../../../src/gateway/eras/legacy-to-modern.js';
import { GATEWAY_ROUNDS_MAX } from '../../../src/platform/bounds.js';
import type { JsonObject } from '../../../src/platform/json.js';
import {
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

const ANSWER = '{"action":"accept","content":{"name":"x"}}';
const FORM = '{"method":"elicitation/create","params":{"message":"Name?"}}';

interface Asked {
  readonly port: HeldPort;
  readonly era: LegacyToModern;
}

function asks(inputRequests: string, more = ',"requestState":"opaque"'): string {
  return `{"resultType":"input_required","inputRequests":${inputRequests}${more}}`;
}

/** A call under the id 3 whose server answers with these questions. */
function asked(inputRequests: string, more?: string): Asked {
  const port = heldPort({ elicitation: {} });
  const era = new LegacyToModern(port);
  toServer(era, request(3, 'tools/call', '{"name":"ask","arguments":{"n":12345678901234567890}}'));
  fromServer(era, result(3, asks(inputRequests, more)));
  return { port, era };
}

function said(port: HeldPort): JsonObject[] {
  return port.said.map((text) => JSON.parse(text) as JsonObject);
}

/** The id of the question that the client got as the n-th line. */
function idOf(port: HeldPort, index: number): string {
  const { id } = said(port)[index] ?? {};
  if (typeof id !== 'string') throw new Error(`no question: ${port.said[index] ?? 'nothing'}`);
  return id;
}

describe('questions inside an answer', () => {
  test('become requests to the client, each under an id that nobody can guess', () => {
    const { port } = asked(`{"name":${FORM},"dirs":{"method":"roots/list"}}`);
    expect(said(port)).toMatchObject([
      { method: 'elicitation/create', params: { message: 'Name?' } },
      { method: 'roots/list', params: {} },
    ]);
    expect(idOf(port, 0)).toMatch(/^handle-1/);
    expect(idOf(port, 1)).toMatch(/^handle-2/);
    expect(port.sent).toEqual([]);
  });

  test('are answered in a second call with its own id, the same arguments and the state', () => {
    const { port, era } = asked(`{"name":${FORM}}`);
    expect(toServer(era, result(idOf(port, 0), ANSWER))).toEqual([]);
    expect(port.sent).toHaveLength(1);
    expect(JSON.parse(port.sent[0] ?? '')).toMatchObject({
      id: 1001,
      method: 'tools/call',
      params: {
        name: 'ask',
        inputResponses: { name: JSON.parse(ANSWER) as object },
        requestState: 'opaque',
        _meta: { 'io.modelcontextprotocol/clientCapabilities': { elicitation: {} } },
      },
    });
    expect(port.sent[0]).toContain('"arguments":{"n":12345678901234567890}');
    fromServer(era, result(1001, '{"resultType":"complete","content":[]}'));
    expect(port.said.at(-1)).toBe(result(3, '{"content":[]}'));
  });

  test('and their answers stay byte for byte', () => {
    const params = '{"requestedSchema":{"maximum":12345678901234567890}}';
    const { port, era } = asked(`{"a":{"method":"elicitation/create","params":${params}}}`);
    expect(port.said[0]).toContain(params);
    const exact = '{"action":"accept","content":{"n":12345678901234567890,"x":1.0}}';
    toServer(era, result(idOf(port, 0), exact));
    expect(port.sent[0]).toContain(exact);
  });

  test('are all answered before the call is made again', () => {
    const { port, era } = asked(`{"b":${FORM},"a":${FORM}}`);
    toServer(era, result(idOf(port, 1), '{"of":"a"}'));
    expect(port.sent).toEqual([]);
    toServer(era, result(idOf(port, 0), '{"of":"b"}'));
    expect(JSON.parse(port.sent[0] ?? '')).toMatchObject({
      params: { inputResponses: { a: { of: 'a' }, b: { of: 'b' } } },
    });
  });

  test.each(['a/b', '*', '__proto__', '7', 'é"\\\\', 'k'.repeat(5000)])('may have the key %j', (key) => {
    const name = key.startsWith('é') ? String.raw`é\"\\` : key;
    const { port, era } = asked(`{"z":{"method":"roots/list"},"${name}":${FORM}}`);
    const [first, second] = said(port).map(({ method }) => method);
    expect(new Set([first, second])).toEqual(new Set(['roots/list', 'elicitation/create']));
    const form = first === 'elicitation/create' ? 0 : 1;
    expect(said(port)[form]).toMatchObject({ params: { message: 'Name?' } });
    expect(idOf(port, form).length).toBeLessThan(100);
    toServer(era, result(idOf(port, form), ANSWER));
    toServer(era, result(idOf(port, 1 - form), '{"roots":[]}'));
    expect(port.sent[0]).toContain(`"${name}":${ANSWER}`);
    expect(port.sent[0]).toContain('"z":{"roots":[]}');
  });

  test('may come without a state, or as a state without questions', () => {
    const { port, era } = asked(`{"a":${FORM}}`, '');
    toServer(era, result(idOf(port, 0), ANSWER));
    expect(port.sent[0]).not.toContain('requestState');
    const other = asked('{}');
    expect(other.port.said).toEqual([]);
    expect(other.port.sent[0]).toContain('"requestState":"opaque"');
    expect(other.port.sent[0]).not.toContain('inputResponses');
  });

  test('in several rounds keep each its own state', () => {
    const { port, era } = asked(`{"a":${FORM}}`);
    toServer(era, result(idOf(port, 0), ANSWER));
    fromServer(era, result(1001, asks(`{"b":${FORM}}`, ',"requestState":"second"')));
    toServer(era, result(idOf(port, 1), '{"of":"b"}'));
    expect(JSON.parse(port.sent[1] ?? '')).toMatchObject({
      id: 1002,
      params: { inputResponses: { b: { of: 'b' } }, requestState: 'second' },
    });
    expect(port.sent[1]).not.toContain('"a":');
    fromServer(era, result(1002, '{"resultType":"complete"}'));
    expect(port.said.at(-1)).toBe(result(3, '{}'));
  });

  test('without end are ended', () => {
    const { port, era } = asked('{}');
    for (let round = 1; round <= GATEWAY_ROUNDS_MAX; round++) {
      expect(port.sent).toHaveLength(round);
      fromServer(era, result(1000 + round, asks('{}')));
    }
    expect(port.sent).toHaveLength(GATEWAY_ROUNDS_MAX);
    expect(said(port)).toMatchObject([{ id: 3, error: { code: -32603 } }]);
  });

  test.each([
    ['null', '{"a":null}'],
    ['without a method', '{"a":{"params":{}}}'],
    ['with an empty method', '{"a":{"method":""}}'],
  ])('one that is %s cannot be asked: the call is answered', async (_title, inputRequests) => {
    const { port } = asked(inputRequests);
    expect(await told(port, 1)).toMatchObject({ id: 3, error: { code: -32603 } });
    expect(port.sent).toEqual([]);
  });

  test('of a list are no questions: the answer passes', () => {
    const port = heldPort();
    const era = new LegacyToModern(port);
    toServer(era, request(3, 'tools/list', '{}'));
    fromServer(era, result(3, '{"resultType":"input_required"}'));
    expect(port.said).toEqual([result(3, '{}')]);
  });
});

describe('a client that does not answer', () => {
  test('has its call ended by its error, once', async () => {
    const { port, era } = asked(`{"a":${FORM},"b":${FORM}}`);
    const [first, second] = [idOf(port, 0), idOf(port, 1)];
    expect(toServer(era, error(first, -1))).toEqual([]);
    expect(await told(port, 3)).toMatchObject({ id: 3, error: { code: -32603 } });
    toServer(era, result(second, ANSWER));
    toServer(era, result(first, ANSWER));
    expect(port.sent).toEqual([]);
    expect(port.said).toHaveLength(3);
  });

  test('and answers twice is heard once', () => {
    const { port, era } = asked(`{"a":${FORM}}`);
    toServer(era, result(idOf(port, 0), ANSWER));
    toServer(era, result(idOf(port, 0), ANSWER));
    expect(port.sent).toHaveLength(1);
  });

  test('but gives the call up is not asked on', () => {
    const { port, era } = asked(`{"a":${FORM}}`);
    toServer(era, notification('notifications/cancelled', '{"requestId":3}'));
    toServer(era, result(idOf(port, 0), ANSWER));
    expect(port.sent).toEqual([]);
  });
});

test('in a later round, progress and cancel go under the ids that each side knows', () => {
  const { port, era } = asked(`{"a":${FORM}}`);
  toServer(era, result(idOf(port, 0), ANSWER));
  const progress = notification('notifications/progress', '{"progressToken":3,"progress":1}');
  fromServer(era, progress);
  expect(port.said.at(-1)).toBe(progress);
  expect(toServer(era, notification('notifications/cancelled', '{"requestId":3}'))).toEqual([
    notification('notifications/cancelled', '{"requestId":1001}'),
  ]);
});
