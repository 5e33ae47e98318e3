import { expect, test } from 'vitest';
import { readBearerToken } from '../../../src/gateway/identity/bearer-token.js';
import { verifies } from '../../requirements.js';

verifies('identity:header');

test.each([
  ['Bearer abc.def.ghi', 'abc.def.ghi'],
  ['bearer abc', 'abc'],
  ['BEARER   abc==', 'abc=='],
])('%s', (authorization, token) => {
  expect(readBearerToken({ authorization })).toEqual({ kind: 'token', token });
});

test.each([
  ['no header', undefined, 'none'],
  ['an empty list', [], 'none'],
  ['an empty header', '', 'none'],
  ['another scheme', 'Basic dXNlcjpwYXNz', 'none'],
  ['another scheme that begins alike', 'Bearerx abc', 'none'],
  ['DPoP', 'DPoP abc', 'none'],
  ['a scheme without a token', 'Bearer', 'malformed'],
  ['a scheme without a token, and a space', 'Bearer ', 'malformed'],
  ['two tokens', 'Bearer abc def', 'malformed'],
  ['two tokens with a comma', 'Bearer abc,def', 'malformed'],
  ['two in one header', 'Bearer abc, Bearer def', 'malformed'],
  ['quotes', 'Bearer "abc"', 'malformed'],
  ['a line feed', 'Bearer abc\ndef', 'malformed'],
  ['a tab for a space', 'Bearer\tabc', 'none'],
  ['characters of no token', 'Bearer abc§', 'malformed'],
  ['two headers', ['Bearer abc', 'Bearer abc'], 'malformed'],
  ['two headers of two schemes', ['Basic abc', 'Bearer abc'], 'malformed'],
  ['a megabyte', `Bearer ${'a'.repeat(1_000_000)}`, 'malformed'],
] as const)('%s', (_what, authorization, kind) => {
  const read = readBearerToken({ authorization });
  expect(read.kind).toBe(kind);
  expect(JSON.stringify(read)).not.toContain('abc');
});

test('nothing else in a request is a token', () => {
  const headers = { 'x-access-token': 'abc', cookie: 'access_token=abc', 'x-guard-agent': 'admin' };
  expect(readBearerToken(headers)).toEqual({ kind: 'none', reason: 'no token was sent' });
});
