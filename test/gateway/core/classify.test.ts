import { describe, expect, test } from 'vitest';
import { classify, decoded, single, logLevelOf } from '../../../src/gateway/core/classify.js';
import type { Message } from '../../../src/jsonrpc/message.js';
import type { JsonObject } from '../../../src/platform/json.js';

const MODERN = '2026-07-28';
const VERSION = 'io.modelcontextprotocol/protocolVersion';
const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';

function request(method: string, params?: JsonObject): Message {
  return { kind: 'request', id: 1, method, params, argumentsSpan: undefined };
}

function notification(method: string, params?: JsonObject): Message {
  return { kind: 'notification', method, params, argumentsSpan: undefined };
}

const ANSWER: Message = { kind: 'response', id: 1, outcome: 'result' };

function enveloped(params: JsonObject = {}, meta: JsonObject = {}): JsonObject {
  return { ...params, _meta: { [VERSION]: MODERN, [CAPABILITIES]: {}, ...meta } };
}

function headers(method: string, name?: string): Record<string, string> {
  const named = name === undefined ? {} : { 'mcp-name': name };
  return { 'mcp-protocol-version': MODERN, 'mcp-method': method, ...named };
}

/** The era in one word, or `status code`. */
function shown(given: Record<string, string>, message: Message): string {
  const found = classify(given, message);
  return found.kind === 'refused' ? `${found.status} ${found.code}` : found.kind;
}

describe('a message without the envelope', () => {
  test.each<[string, Record<string, string>, Message, string]>([
    ['initialize', {}, request('initialize', {}), 'legacy'],
    [
      'initialize, whatever the header says',
      { 'mcp-protocol-version': MODERN },
      request('initialize', {}),
      'legacy',
    ],
    ['no version header', {}, request('tools/list'), 'legacy'],
    ['the newest old version', { 'mcp-protocol-version': '2025-11-25' }, request('tools/list'), 'legacy'],
    ['2025-06-18', { 'mcp-protocol-version': '2025-06-18' }, request('tools/list'), 'legacy'],
    ['2025-03-26', { 'mcp-protocol-version': '2025-03-26' }, request('tools/list'), 'legacy'],
    ['2024-11-05', { 'mcp-protocol-version': '2024-11-05' }, request('tools/list'), 'legacy'],
    ['white space around the version', { 'mcp-protocol-version': ' 2025-11-25 ' }, ANSWER, 'legacy'],
    ['an unknown version', { 'mcp-protocol-version': '1999-01-01' }, request('tools/list'), '400 -32022'],
    ['an empty version', { 'mcp-protocol-version': '' }, request('tools/list'), '400 -32022'],
    ['the modern version', { 'mcp-protocol-version': MODERN }, request('tools/list'), '400 -32602'],
    [
      '_meta without a version',
      { 'mcp-protocol-version': MODERN },
      request('tools/list', { _meta: { [CAPABILITIES]: {} } }),
      '400 -32602',
    ],
    [
      'a version that is no string',
      { 'mcp-protocol-version': MODERN },
      request('tools/list', { _meta: { [VERSION]: 1 } }),
      '400 -32602',
    ],
    ['a legacy notification', {}, notification('notifications/initialized'), 'legacy'],
    ['a modern notification', { 'mcp-protocol-version': MODERN }, notification('notifications/x'), 'modern'],
    ['an answer', {}, ANSWER, 'legacy'],
    ['an answer under an old version', { 'mcp-protocol-version': '2025-11-25' }, ANSWER, 'legacy'],
    ['an answer under the modern version', { 'mcp-protocol-version': MODERN }, ANSWER, 'modern'],
    ['an answer under an unknown version', { 'mcp-protocol-version': 'x' }, ANSWER, '400 -32022'],
  ])('%s', (_title, given, message, expected) => {
    expect(shown(given, message)).toBe(expected);
  });
});

describe('a message with the envelope', () => {
  const call = request('tools/call', enveloped({ name: 'echo' }));
  const all = headers('tools/call', 'echo');

  test('is modern where all its headers say what it says', () => {
    expect(shown(all, call)).toBe('modern');
  });

  test.each([
    ['mcp-protocol-version', undefined],
    ['mcp-protocol-version', '2025-11-25'],
    ['mcp-method', undefined],
    ['mcp-method', 'tools/list'],
    ['mcp-method', 'Tools/Call'],
    ['mcp-name', undefined],
    ['mcp-name', ''],
    ['mcp-name', 'Echo'],
    ['mcp-name', 'other'],
    ['mcp-name', '=?base64?%%%?='],
    ['mcp-name', '=?base64?ZWNobw?='],
  ])('is refused where %s is %j', (name, value) => {
    const { [name]: _taken, ...rest } = all;
    expect(shown(value === undefined ? rest : { ...rest, [name]: value }, call)).toBe('400 -32020');
  });

  test('a mismatch is told without the value of either side', () => {
    const found = classify({ ...all, 'mcp-name': 'secret' }, call);
    expect(found).toMatchObject({
      code: -32020,
      message: 'Header mismatch: Mcp-Name does not match the body',
    });
  });

  test('an unsupported version is refused with what is supported', () => {
    const params = enveloped({}, { [VERSION]: '1900-01-01' });
    expect(classify({ 'mcp-protocol-version': '1900-01-01' }, request('tools/list', params))).toEqual({
      kind: 'refused',
      status: 400,
      code: -32022,
      message: 'Unsupported protocol version',
      data: { supported: [MODERN], requested: '1900-01-01' },
    });
  });

  test('an old version in the envelope is none of the modern era', () => {
    const params = enveloped({}, { [VERSION]: '2025-11-25' });
    expect(shown({ 'mcp-protocol-version': '2025-11-25' }, request('tools/list', params))).toBe('400 -32022');
  });

  test.each<[string, JsonObject]>([
    ['no capabilities', { _meta: { [VERSION]: MODERN } }],
    ['capabilities that are a list', enveloped({}, { [CAPABILITIES]: [] })],
    ['capabilities that are null', enveloped({}, { [CAPABILITIES]: null })],
  ])('%s are refused as invalid params', (_title, params) => {
    expect(shown(headers('tools/list'), request('tools/list', params))).toBe('400 -32602');
  });

  test.each([
    'initialize',
    'ping',
    'logging/setLevel',
    'resources/subscribe',
    'resources/unsubscribe',
    'tasks/list',
    'tasks/result',
  ])('%s is not there any more', (method) => {
    expect(shown(headers(method), request(method, enveloped()))).toBe('404 -32601');
  });

  test.each([
    ['prompts/get', 'name'],
    ['resources/read', 'uri'],
    ['tasks/get', 'taskId'],
    ['tasks/update', 'taskId'],
    ['tasks/cancel', 'taskId'],
  ])('Mcp-Name of %s mirrors its %s', (method, key) => {
    const message = request(method, enveloped({ [key]: 'x' }));
    expect(shown(headers(method, 'x'), message)).toBe('modern');
    expect(shown(headers(method, 'y'), message)).toBe('400 -32020');
    expect(shown(headers(method), message)).toBe('400 -32020');
  });

  test('a method without a name needs none, and one whose name is no string is left to the server', () => {
    expect(shown(headers('tools/list'), request('tools/list', enveloped()))).toBe('modern');
    expect(shown(headers('tools/call'), request('tools/call', enveloped({ name: 7 })))).toBe('modern');
  });

  test('a name in base64 is read before it is compared', () => {
    const name = 'prüfen ✓';
    const encoded = `=?base64?${Buffer.from(name).toString('base64')}?=`;
    const message = request('tools/call', enveloped({ name }));
    expect(shown(headers('tools/call', encoded), message)).toBe('modern');
    expect(shown(headers('tools/call', encoded.replace('base64', 'BASE64')), message)).toBe('modern');
    expect(shown(headers('tools/call', name), message)).toBe('modern');
  });

  test('a name that looks encoded has to be encoded', () => {
    const name = '=?base64?ZWNobw==?=';
    const message = request('tools/call', enveloped({ name }));
    expect(shown(headers('tools/call', name), message)).toBe('400 -32020');
    const encoded = `=?base64?${Buffer.from(name).toString('base64')}?=`;
    expect(shown(headers('tools/call', encoded), message)).toBe('modern');
  });
});

describe('headers', () => {
  test.each([
    [undefined, undefined],
    ['plain', 'plain'],
    ['', ''],
    ['=?base64?ZWNobw==?=', 'echo'],
    ['=?base64??=', ''],
    ['=?base64?ZWNobw?=', undefined],
    ['=?base64?ZWNobx==?=', undefined],
    ['=?base64?=ZWNobw?=', '=?base64?=ZWNobw?='],
  ])('%j means %j', (value, meant) => {
    expect(decoded(value)).toBe(meant);
  });

  test('several headers of one name are one value that agrees with neither', () => {
    expect(single({ 'mcp-name': ['a', 'b'] }, 'mcp-name')).toBe('a, b');
    expect(single({}, 'mcp-name')).toBeUndefined();
  });

  test('log messages are wanted by whoever names a level', () => {
    expect(logLevelOf(enveloped({}, { 'io.modelcontextprotocol/logLevel': 'info' }))).toBe('info');
    expect(logLevelOf(enveloped({}, { 'io.modelcontextprotocol/logLevel': 3 }))).toBeUndefined();
    expect(logLevelOf(enveloped())).toBeUndefined();
    expect(logLevelOf({ _meta: [] })).toBeUndefined();
    expect(logLevelOf(undefined)).toBeUndefined();
  });
});
