import { expect, test } from 'vitest';
import type { RequestMessage } from '../../src/jsonrpc/message.js';
import type { JsonObject } from '../../src/platform/json.js';
import { RequestStates } from '../../src/conversation/request-state.js';
import { readRound } from '../../src/conversation/rounds.js';

const states = new RequestStates(Buffer.alloc(32, 1));
const approvalId = 'apr_00000000000000000001';

function read(params: JsonObject | undefined): ReturnType<typeof readRound> {
  const message: RequestMessage = {
    kind: 'request',
    id: 1,
    method: 'tools/call',
    params,
    argumentsSpan: undefined,
  };
  return readRound(states, message, Buffer.from(`${JSON.stringify({ id: 1, params, z: 0 })}\n`));
}

const requestState = states.write({ approvalId, round: 2 });

test('a request without a state of guard’s is no round', () => {
  expect(read(undefined)).toBeNull();
  expect(read({})).toBeNull();
  expect(
    read({ requestState: 'of the server', inputResponses: { approval: { action: 'accept' } } }),
  ).toBeNull();
  expect(read({ inputResponses: { approval: { action: 'accept' } } })).toBeNull();
});

test('a changed state is told apart from none', () => {
  expect(read({ requestState: `${requestState}x` })).toBe('forged');
});

test('guard’s part is taken out, its line feed stays', () => {
  const round = read({ name: 'a', requestState, arguments: {}, inputResponses: {} });
  if (round === null || round === 'forged') throw new Error('no round');
  expect(round.frame.toString()).toBe('{"id":1,"params":{"name":"a","arguments":{}},"z":0}\n');
  expect(round.round).toBe(2);
});

test.each<[JsonObject, object | undefined]>([
  [
    { approval: { action: 'accept', content: { decision: 'deny' } } },
    { action: 'accept', content: { decision: 'deny' } },
  ],
  [{ approval: { action: 'nonsense' } }, undefined],
  [{ approval: null }, undefined],
])('the reply of %j is held for the request that was shown', (inputResponses, answer) => {
  expect(read({ requestState, inputResponses })).toMatchObject({ reply: { approvalId, answer } });
});

test.each<JsonObject>([
  { requestState },
  { requestState, inputResponses: {} },
  { requestState, inputResponses: [] },
])('no reply is none', (params) => {
  expect(read(params)).toMatchObject({ reply: undefined });
});
