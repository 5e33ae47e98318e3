import { describe, expect, test } from 'vitest';
import { verifies } from '../requirements.js';
import { mistakesOf } from './check-yaml.js';

verifies('identity:dev', 'identity:anonymous');

const SECRET = "'a secret of more than thirty-two characters'";

function found(identity: string): string[] {
  return mistakesOf(`version: '1'\nidentity: ${identity}`);
}

describe('what goes together', () => {
  test.each([
    '{ issuer: https://a.example, audience: guard }',
    '{ issuer: http://127.0.0.1:9000, audience: [a, b], jwks_uri: http://localhost:9000/keys }',
    `{ dev_mode: { enabled: true, secret: ${SECRET} }, required_scopes: [mcp, 'files:read'] }`,
    `{ issuer: https://a.example, audience: guard, dev_mode: { enabled: false, secret: ${SECRET} } }`,
    '{ allow_anonymous: true }',
  ])('%s', (identity) => {
    expect(found(identity)).toEqual([]);
  });
});

describe('what does not', () => {
  test.each([
    ['{ issuer: https://a.example }', /issuer needs audience/],
    ['{ issuer: http://a.example, audience: x }', /identity.issuer: expected https/],
    ['{ issuer: http://127.0.0.1.evil.example, audience: x }', /identity.issuer: expected https/],
    ["{ issuer: 'https://a.example?x=1', audience: x }", /without a query/],
    ["{ issuer: 'https://u:p@a.example', audience: x }", /without a query, a fragment and credentials/],
    [
      '{ issuer: https://a.example, audience: x, jwks_uri: http://a.example/keys }',
      /jwks_uri: expected https/,
    ],
    ['{ jwks_uri: https://a.example/keys }', /jwks_uri needs issuer/],
    ['{ issuer: https://a.example, audience: [] }', /audience/],
    ['{ issuer: https://a.example, audience: x, required_scopes: ["a b"] }', /expected a scope/],
    ['{ dev_mode: { enabled: true } }', /dev_mode needs secret/],
    ['{ dev_mode: { enabled: true, secret: short } }', /at least 32 characters/],
    [
      `{ issuer: https://a.example, audience: x, dev_mode: { enabled: true, secret: ${SECRET} } }`,
      /dev_mode and issuer exclude each other/,
    ],
    [
      '{ issuer: https://a.example, audience: x, allow_anonymous: true }',
      /allow_anonymous and issuer exclude/,
    ],
    [
      `{ dev_mode: { enabled: true, secret: ${SECRET} }, allow_anonymous: true }`,
      /allow_anonymous and dev_mode exclude/,
    ],
  ])('%s', (identity, expected) => {
    expect(found(identity).join('\n')).toMatch(expected);
  });

  test('a public address with a query', () => {
    expect(mistakesOf("version: '1'\nlisten: { public_url: 'https://a.example/?x' }").join()).toMatch(
      /listen.public_url: expected a URL without a query/,
    );
  });
});
