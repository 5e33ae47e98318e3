import { describe, expect, test } from 'vitest';
import { isPlainToolName, readTarget } from '../../src/mcp/request-target.js';
import type { JsonObject } from '../../src/platform/json.js';

describe('what a request is about', () => {
  test.each<[string, JsonObject | undefined, object]>([
    ['tools/call', { name: 'x', arguments: { a: 1 } }, { tool: 'x', input: { a: 1 } }],
    ['tools/call', { name: 'x' }, { tool: 'x', input: {} }],
    ['tools/call', { name: 'x', arguments: null }, { tool: 'x', input: {} }],
    ['tools/call', { name: '__proto__' }, { tool: '__proto__', input: {} }],
    ['prompts/get', { name: 'p', arguments: { b: '2' } }, { prompt: 'p', input: { b: '2' } }],
    ['resources/read', { uri: 'file:///x' }, { uri: 'file:///x', input: { uri: 'file:///x' } }],
    ['resources/subscribe', { uri: '' }, { uri: '', input: { uri: '' } }],
    ['completion/complete', { ref: { name: 'p' } }, { prompt: 'p', input: { ref: { name: 'p' } } }],
    ['completion/complete', { ref: { uri: 'u' } }, { uri: 'u', input: { ref: { uri: 'u' } } }],
    ['completion/complete', { ref: {} }, { input: { ref: {} } }],
    ['tasks/get', { taskId: 't' }, { input: { taskId: 't' } }],
    ['custom/run', undefined, { input: {} }],
    ['custom/run', { name: ['x'], arguments: 1 }, { input: { name: ['x'], arguments: 1 } }],
  ])('%s with %j', (method, params, expected) => {
    expect(readTarget(method, params)).toEqual({
      tool: undefined,
      uri: undefined,
      prompt: undefined,
      ...expected,
    });
  });
});

describe('what a server could read its own way', () => {
  test.each<[string, JsonObject | undefined]>([
    ['tools/call', undefined],
    ['tools/call', {}],
    ['tools/call', { name: '' }],
    ['tools/call', { name: ['x'] }],
    ['tools/call', { name: { toString: 'x' } }],
    ['tools/call', { name: 7 }],
    ['tools/call', { name: null }],
    ['tools/call', { name: 'x', arguments: [] }],
    ['tools/call', { name: 'x', arguments: '{}' }],
    ['tools/call', { name: 'x', arguments: 0 }],
    ['prompts/get', { name: ['x'] }],
    ['prompts/get', { name: 'x', arguments: [1] }],
    ['resources/read', {}],
    ['resources/read', { uri: ['file:///x'] }],
    ['resources/subscribe', { uri: null }],
    ['completion/complete', {}],
    ['completion/complete', { ref: 'p' }],
    ['completion/complete', { ref: ['p'] }],
    ['completion/complete', { ref: { name: ['p'] } }],
    ['completion/complete', { ref: { uri: null } }],
    ['completion/complete', { ref: { Name: 'p' } }],
    ['completion/complete', { ref: { name: 'p', URI: 'u' } }],
    ['completion/complete', { ref: { 'ur\u0131': 'u' } }],
  ])('%s with %j is refused', (method, params) => {
    expect(readTarget(method, params)).toEqual({ invalid: expect.any(String) as string });
  });
});

describe('tool names of plain characters', () => {
  test.each([
    ['read_file', true],
    ['a', true],
    ['A.b-c/d_9', true],
    ['x'.repeat(128), true],
    ['__proto__', true],
    ['x'.repeat(129), false],
    ['', false],
    ['delete_file ', false],
    [' delete_file', false],
    ['delete file', false],
    ['delete_file\n', false],
    ['read_file\ndelete_file', false],
    ['delete_file\u0000', false],
    ['delete\u200b_file', false],
    ['d\u0435lete_file', false],
    ['\uff44elete_file', false],
    ['delete_file\u{e0041}', false],
    ['\u202eelif_eteled', false],
    ['delete_file\u0301', false],
    ['read_file|delete_file', false],
    ['*', false],
    ['delete_?', false],
    ['a\\b', false],
    ['a:b', false],
    ['ünï', false],
  ])('%j: %s', (name, expected) => {
    expect(isPlainToolName(name)).toBe(expected);
  });
});
