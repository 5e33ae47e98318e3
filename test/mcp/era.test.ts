import { expect, test } from 'vitest';
import { clientNameOf, isModernRequest, revisionOf } from '../../src/mcp/era.js';
import type { JsonObject } from '../../src/platform/json.js';

const VERSION = 'io.modelcontextprotocol/protocolVersion';
const CLIENT = 'io.modelcontextprotocol/clientInfo';

test.each<[JsonObject | undefined, boolean]>([
  [undefined, false],
  [{}, false],
  [{ _meta: {} }, false],
  [{ _meta: { [VERSION]: '2026-07-28' } }, true],
  [{ _meta: { [VERSION]: 20260728 } }, false],
  [{ _meta: [VERSION] }, false],
  [{ _meta: 'x' }, false],
  [{ [VERSION]: '2026-07-28' }, false],
])('%j is modern: %s', (params, expected) => {
  expect(isModernRequest(params)).toBe(expected);
});

test.each<[string, JsonObject, string | undefined]>([
  ['initialize', { protocolVersion: '2025-11-25' }, '2025-11-25'],
  ['initialize', { protocolVersion: 7 }, undefined],
  ['initialize', {}, undefined],
  ['server/discover', { supportedVersions: ['2025-11-25', '2026-07-28'] }, '2026-07-28'],
  ['server/discover', { supportedVersions: ['2027-01-01', '2025-11-25'] }, '2027-01-01'],
  ['server/discover', { supportedVersions: [7, '2025-11-25'] }, '2025-11-25'],
  ['server/discover', { supportedVersions: [] }, undefined],
  ['server/discover', { supportedVersions: '2026-07-28' }, undefined],
  ['server/discover', { protocolVersion: '2026-07-28' }, undefined],
])('%s %j shows %s', (method, result, expected) => {
  expect(revisionOf(method, result)).toBe(expected);
});

test.each<[JsonObject | undefined, string | undefined]>([
  [undefined, undefined],
  [{}, undefined],
  [{ clientInfo: { name: 'a', version: '1' } }, 'a'],
  [{ clientInfo: { name: ['a'] } }, undefined],
  [{ clientInfo: 'a' }, undefined],
  [{ _meta: { [CLIENT]: { name: 'b' } } }, 'b'],
  [{ clientInfo: { name: 'a' }, _meta: { [CLIENT]: { name: 'b' } } }, 'a'],
  [{ _meta: { clientInfo: { name: 'b' } } }, undefined],
])('%j names the client %s', (params, expected) => {
  expect(clientNameOf(params)).toBe(expected);
});
