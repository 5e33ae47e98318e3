import { describe, expect, test } from 'vitest';
import { foldKey } from '../../src/platform/fold.js';
import {
  clientRequestHandling,
  isNoServerRequest,
  KNOWN_PARAMS,
  nearMissOf,
  serverRequestHandling,
  UNKNOWN_HANDLING,
} from '../../src/mcp/methods.js';

describe('requests of the client', () => {
  test.each([
    ['initialize', 'observed'],
    ['server/discover', 'observed'],
    ['tools/list', 'observed'],
    ['ping', 'relayed'],
    ['logging/setLevel', 'relayed'],
    ['prompts/list', 'relayed'],
    ['resources/list', 'relayed'],
    ['resources/templates/list', 'relayed'],
    ['resources/unsubscribe', 'relayed'],
    ['tools/call', 'governed'],
    ['resources/read', 'governed'],
    ['resources/subscribe', 'governed'],
    ['prompts/get', 'governed'],
    ['completion/complete', 'governed'],
    ['subscriptions/listen', 'governed'],
    ['tasks/get', 'governed'],
    ['tasks/result', 'governed'],
    ['tasks/update', 'governed'],
    ['tasks/list', 'governed'],
    ['tasks/cancel', 'governed'],
    ['sampling/createMessage', undefined],
    ['notifications/initialized', undefined],
    ['constructor', undefined],
    ['__proto__', undefined],
    ['', undefined],
  ])('%s is %s', (method, expected) => {
    expect(clientRequestHandling(method)).toBe(expected);
  });

  test('what nobody defined is judged', () => {
    expect(UNKNOWN_HANDLING).toBe('governed');
  });
});

describe('requests of the server', () => {
  test.each([
    ['ping', 'relayed'],
    ['sampling/createMessage', 'governed'],
    ['elicitation/create', 'governed'],
    ['roots/list', 'governed'],
    ['tasks/get', 'governed'],
    ['tasks/result', 'governed'],
    ['tasks/list', 'governed'],
    ['tasks/cancel', 'governed'],
    ['tools/call', undefined],
    ['tools/list', undefined],
  ])('%s is %s', (method, expected) => {
    expect(serverRequestHandling(method)).toBe(expected);
  });
});

describe('near misses', () => {
  test.each([
    ['tools/call', undefined],
    ['logging/setLevel', undefined],
    ['Tools/Call', 'tools/call'],
    ['TOOLS/CALL', 'tools/call'],
    ['tools/Call', 'tools/call'],
    ['tools//call', 'tools/call'],
    ['tools/call/', 'tools/call'],
    ['tools/call//', 'tools/call'],
    ['/tools/call', 'tools/call'],
    ['tools/./call', 'tools/call'],
    ['tools./call', 'tools/call'],
    ['tools/call.', 'tools/call'],
    ['tools/_call', 'tools/call'],
    ['tool-s/call', 'tools/call'],
    ['tools/call ', 'tools/call'],
    ['tool\u017f/call', 'tools/call'],
    ['\uff54ools/call', 'tools/call'],
    ['tools/call\u0000x', 'tools/call'],
    ['logging/setlevel', 'logging/setLevel'],
    ['sampling/createmessage', 'sampling/createMessage'],
    ['INITIALIZE', 'initialize'],
    ['tools/calls', undefined],
    ['tool/call', undefined],
    ['toolscall', undefined],
    ['tools/call2', undefined],
    ['x/tools/call', undefined],
    ['custom/run', undefined],
    ['', undefined],
  ])('%j is one of %s', (method, expected) => {
    expect(nearMissOf(method)).toBe(expected);
  });
});

test('the known members of params are one to no other', () => {
  expect(new Set(KNOWN_PARAMS.map(foldKey)).size).toBe(KNOWN_PARAMS.length);
  expect(KNOWN_PARAMS).toEqual(
    expect.arrayContaining(['name', 'arguments', 'uri', '_meta', 'inputResponses']),
  );
});

test.each([
  ['tools/call', true],
  ['Sampling/CreateMessage', true],
  ['sampling//createMessage', true],
  ['sampling/createMessage', false],
  ['ping', false],
  ['vendor/own', false],
])('a server may not ask %s: %s', (method, expected) => {
  expect(isNoServerRequest(method)).toBe(expected);
});
