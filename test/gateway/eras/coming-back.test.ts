import { describe, expect, test } from 'vitest';
import { ModernToLegacy } from '../../../src/gateway/eras/modern-to-legacy.js';
import { GATEWAY_HELD_MS, GATEWAY_QUESTIONS_MAX } from '../../../src/platform/bounds.js';
import type { JsonObject } from '../../../src/platform/json.js';
import { ALL, ANSWER, answered, ARGUMENTS, asking, call } from './asking-call.js';
import {
  envelope,
  fromServer,
  heldPort,
  notification,
  request,
  result,
  toServer,
  told,
} from './held-port.js';

describe('the client that comes back', () => {
  test.each([
    ['an unknown state', answered('handle-x', `{"elicitation":${ANSWER}}`), ARGUMENTS],
    ['other arguments', answered('handle-1', `{"elicitation":${ANSWER}}`), '"arguments":{"n":2}'],
    ['more params', answered('handle-1', `{"elicitation":${ANSWER}}`), `${ARGUMENTS},"more":1`],
  ])('with %s is refused, and the server hears nothing', async (_title, more, given) => {
    const { port, era } = asking();
    await told(port, 1);
    expect(call(era, 6, more, given)).toEqual([]);
    expect(await told(port, 2)).toMatchObject({ id: 6, error: { code: -32602 } });
    expect(port.sent).toEqual([]);
    // The right one still counts.
    expect(call(era, 7, answered('handle-1', `{"elicitation":${ANSWER}}`))).toEqual([result('q-1', ANSWER)]);
  });

  test('with another method is refused', async () => {
    const { port, era } = asking();
    await told(port, 1);
    const params = `{"name":"ask",${ARGUMENTS},"requestState":"handle-1","_meta":{${envelope(ALL)}}}`;
    expect(toServer(era, request(6, 'prompts/get', params))).toEqual([]);
    expect(await told(port, 2)).toMatchObject({ id: 6, error: { code: -32602 } });
  });

  test('with a state that was used is refused: an answer counts once', async () => {
    const { port, era } = asking();
    await told(port, 1);
    const back = answered('handle-1', `{"elicitation":${ANSWER}}`);
    call(era, 6, back);
    expect(call(era, 7, back)).toEqual([]);
    expect(await told(port, 2)).toMatchObject({ id: 7, error: { code: -32602 } });
    fromServer(era, result(5, '{}'));
    expect(port.said.at(-1)).toBe(result(6, '{"resultType":"complete"}'));
  });

  test('after the server has answered finds no call', async () => {
    const { port, era } = asking();
    await told(port, 1);
    fromServer(era, result(5, '{}'));
    const before = port.said.length;
    expect(call(era, 6, answered('handle-1', `{"elicitation":${ANSWER}}`))).toEqual([]);
    expect(await told(port, before + 1)).toMatchObject({ id: 6, error: { code: -32602 } });
  });

  test('hears of progress under the id of its newest round, and cancels under it', async () => {
    const { port, era } = asking();
    await told(port, 1);
    call(era, 6, answered('handle-1', `{"elicitation":${ANSWER}}`), ARGUMENTS, ',"progressToken":6');
    fromServer(era, notification('notifications/progress', '{"progressToken":5,"progress":2}'));
    expect(port.said.at(-1)).toBe(notification('notifications/progress', '{"progressToken":6,"progress":2}'));
    expect(toServer(era, notification('notifications/cancelled', '{"requestId":6}'))).toEqual([
      notification('notifications/cancelled', '{"requestId":5}'),
    ]);
  });

  test('too late is refused, and the server was told that nobody comes', async () => {
    const { port, era } = asking();
    await told(port, 1);
    port.time += GATEWAY_HELD_MS;
    toServer(era, request(6, 'tools/list', '{}'));
    expect(port.sent).toEqual([]);
    port.time += 1;
    expect(call(era, 7, answered('handle-1', `{"elicitation":${ANSWER}}`))).toEqual([]);
    expect(port.sent.map((text) => JSON.parse(text) as JsonObject)).toMatchObject([
      { id: 'q-1', error: { code: -32601 } },
      { method: 'notifications/cancelled', params: { requestId: 5 } },
    ]);
    expect(await told(port, 2)).toMatchObject({ id: 7, error: { code: -32602 } });
  });

  test('a bounded number of calls is held: the oldest is given up', async () => {
    const port = heldPort();
    const era = new ModernToLegacy(port);
    for (let id = 1; id <= GATEWAY_QUESTIONS_MAX + 1; id++) {
      call(era, id);
      fromServer(era, request(`q-${id}`, 'roots/list'));
    }
    await told(port, GATEWAY_QUESTIONS_MAX + 1);
    expect(port.sent.map((text) => JSON.parse(text) as JsonObject)).toMatchObject([
      { id: 'q-1', error: {} },
      { method: 'notifications/cancelled', params: { requestId: 1 } },
    ]);
  });
});
