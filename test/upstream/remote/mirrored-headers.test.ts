import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/platform/json.js';
import { headerValue } from '../../../src/upstream/remote/mirrored-headers.js';
import { readOutgoing, type OutgoingRequest } from '../../../src/upstream/remote/outgoing.js';
import { mirrorsOf, ParameterHeaders } from '../../../src/upstream/remote/parameter-headers.js';
import { RemoteSession } from '../../../src/upstream/remote/session.js';
import { ENVELOPE } from './raw-driver.js';

function request(method: string, params: JsonObject): OutgoingRequest {
  const message = readOutgoing(
    Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: ENVELOPE } })),
  );
  if (message?.kind !== 'request') throw new Error('no request');
  return message;
}

// The table of the specification (2026-07-28, streamable-http, "Value Encoding").
test.each([
  ['us-west1', 'us-west1'],
  ['Hello, 世界', '=?base64?SGVsbG8sIOS4lueVjA==?='],
  [' padded ', '=?base64?IHBhZGRlZCA=?='],
  ['line1\nline2', '=?base64?bGluZTEKbGluZTI=?='],
  ['=?base64?literal?=', '=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?='],
  ['', '=?base64??='],
  ['a b\tc', 'a b\tc'],
])('%j as a header is %j', (text, value) => {
  expect(headerValue(text)).toBe(value);
});

test.each([
  ['tools/call', { name: 'wörld' }, { 'mcp-name': '=?base64?d8O2cmxk?=' }],
  ['prompts/get', { name: 'p' }, { 'mcp-name': 'p' }],
  ['resources/read', { uri: 'file:///a' }, { 'mcp-name': 'file:///a' }],
  ['tasks/get', { taskId: 't-1' }, { 'mcp-name': 't-1' }],
  ['tools/list', { name: 'x' }, {}],
])('%s', (method, params, more) => {
  const headers = new RemoteSession().headersFor(request(method, params));
  expect(headers).toEqual({ 'mcp-protocol-version': '2026-07-28', 'mcp-method': method, ...more });
});

describe('x-mcp-header', () => {
  const schema = {
    type: 'object',
    properties: {
      region: { type: 'string', 'x-mcp-header': 'Region' },
      count: { type: 'integer', 'x-mcp-header': 'Count' },
      deep: { type: 'object', properties: { flag: { type: 'boolean', 'x-mcp-header': 'Flag' } } },
      text: { type: 'string' },
    },
  };

  test('arguments become headers where they are there and can be', () => {
    const headers = new ParameterHeaders();
    expect(
      headers.learn({
        tools: [
          { name: 'q', inputSchema: schema },
          { name: 'plain', inputSchema: {} },
        ],
      }),
    ).toEqual([]);
    const of = (name: string, args: JsonObject): Record<string, string> =>
      headers.headersFor(request('tools/call', { name, arguments: args }));
    expect(of('q', { region: 'ü', count: 42, deep: { flag: false } })).toEqual({
      'mcp-param-region': '=?base64?w7w=?=',
      'mcp-param-count': '42',
      'mcp-param-flag': 'false',
    });
    expect(of('q', { region: null, count: 2 ** 60, deep: 'x' })).toEqual({});
    expect(of('plain', { region: 'a' })).toEqual({});
    expect(of('constructor', {})).toEqual({});
    headers.learn({ tools: [{ name: 'q', inputSchema: {} }] });
    expect(of('q', { region: 'a' })).toEqual({});
  });

  test.each([
    [{ type: 'number', 'x-mcp-header': 'N' }, /no string, integer or boolean/],
    [{ type: 'string', 'x-mcp-header': '' }, /not the name of a header/],
    [{ type: 'string', 'x-mcp-header': 'a b' }, /not the name of a header/],
    [{ type: 'string', 'x-mcp-header': 'A\r\nB' }, /not the name of a header/],
    [{ type: 'array', items: { type: 'string', 'x-mcp-header': 'A' } }, /no fixed path/],
    [{ anyOf: [{ properties: { b: { type: 'string', 'x-mcp-header': 'A' } } }] }, /no fixed path/],
    [{ $defs: { d: { type: 'string', 'x-mcp-header': 'A' } } }, /no fixed path/],
  ])('a tool with %j is invalid', (property, fault) => {
    expect(mirrorsOf({ type: 'object', properties: { p: property } })).toMatch(fault);
  });

  test('the same header twice, and more headers than the bound', () => {
    const twice = { a: { type: 'string', 'x-mcp-header': 'X' }, b: { type: 'string', 'x-mcp-header': 'x' } };
    expect(mirrorsOf({ properties: twice })).toMatch(/twice/);
    const many = Array.from({ length: 65 }, (_, index) => [
      `p${index}`,
      { type: 'string', 'x-mcp-header': `H${index}` },
    ]);
    expect(mirrorsOf({ properties: Object.fromEntries(many) as JsonObject })).toMatch(/more than 64/);
  });

  test('values that are no schemas mean nothing', () => {
    expect(
      mirrorsOf({ properties: { 'x-mcp-header': { type: 'string', default: { 'x-mcp-header': 1 } } } }),
    ).toEqual([]);
  });
});
