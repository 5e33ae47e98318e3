import { expect, test } from 'vitest';
import { inputRequestsOf } from '../../src/mcp/input-required.js';
import type { JsonObject } from '../../src/platform/json.js';

function shown(message: JsonObject): string[] {
  return inputRequestsOf(message).map(
    ({ method, params, known }) => `${method} ${JSON.stringify(params)} ${known ? 'known' : 'unknown'}`,
  );
}

test.each<[JsonObject, string[]]>([
  [{}, []],
  [{ result: null }, []],
  [{ result: { inputRequests: [] } }, []],
  [
    { result: { inputRequests: { a: { method: 'elicitation/create', params: { message: 'm' } } } } },
    ['elicitation/create {"message":"m"} known'],
  ],
  [
    {
      result: {
        inputRequests: {
          a: { method: 'roots/list' },
          b: { method: 'sampling/createMessage', params: [] },
          c: 'x',
        },
      },
    },
    ['roots/list undefined known', 'sampling/createMessage undefined known'],
  ],
  [{ result: { inputRequests: { a: { method: 'x/y', params: {} } } } }, ['x/y {} unknown']],
  [{ result: { inputRequests: { a: { method: ['roots/list'] } } } }, [' undefined unknown']],
  [
    { error: { code: -32042, data: { elicitations: [{ mode: 'url', url: 'https://x' }, 7] } } },
    ['elicitation/create {"mode":"url","url":"https://x"} known'],
  ],
  [{ error: { data: { elicitations: {} } } }, []],
  [{ error: { data: null } }, []],
  [{ error: 'x' }, []],
])('%j asks %j', (message, expected) => {
  expect(shown(message)).toEqual(expected);
});
