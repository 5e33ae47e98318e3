import { describe, expect, test } from 'vitest';
import {
  agreedRevision,
  capabilitiesOf,
  discoverResult,
  initializeResult,
  type KnownServer,
} from '../../../src/gateway/merge/greeting.js';
import type { JsonObject } from '../../../src/platform/json.js';
import { VERSION } from '../../../src/platform/version.js';

const INFO = 'io.modelcontextprotocol/serverInfo';
const GUARD = { name: 'mcp-guard', version: VERSION };

function legacy(name: string, capabilities: JsonObject, more: JsonObject = {}): KnownServer {
  const serverInfo = { name: `${name}-server`, version: '1' };
  const result = { protocolVersion: '2025-06-18', capabilities, serverInfo, ...more };
  return {
    name,
    facts: { era: 'legacy', revision: '2025-06-18', supportedVersions: ['2025-06-18'], result },
  };
}

function modern(name: string, capabilities: JsonObject, more: JsonObject = {}): KnownServer {
  const result = {
    resultType: 'complete',
    supportedVersions: ['2026-07-28', '2027-01-01'],
    capabilities,
    ttlMs: 60_000,
    cacheScope: 'public',
    _meta: { [INFO]: { name: `${name}-server`, version: '2' } },
    ...more,
  };
  return {
    name,
    facts: { era: 'modern', revision: '2026-07-28', supportedVersions: ['2026-07-28'], result },
  };
}

test.each([
  ['2025-11-25', '2025-11-25'],
  ['2025-06-18', '2025-06-18'],
  ['2024-11-05', '2024-11-05'],
  ['2026-07-28', '2025-11-25'],
  ['1999-01-01', '2025-11-25'],
  [undefined, '2025-11-25'],
  [7, '2025-11-25'],
])('with a client that asks for %j, %s is spoken', (asked, agreed) => {
  expect(agreedRevision(asked)).toBe(agreed);
});

describe('tasks of several servers', () => {
  const calls = legacy('calls', { tasks: { list: {}, requests: { tools: { call: {} } } } });
  const cancels = legacy('cancels', { tasks: { cancel: {}, requests: { tools: {}, own: { x: {} } } } });
  const recent = modern('recent', { extensions: { 'io.modelcontextprotocol/tasks': { x: 1 } }, tasks: {} });

  test('are all that one of them does, for clients of the older era', () => {
    expect(initializeResult([calls, cancels, recent], false, '2025-11-25').capabilities).toEqual({
      tasks: { list: {}, cancel: {}, requests: { tools: { call: {} }, own: { x: {} } } },
    });
    expect(initializeResult([recent], false, '2025-11-25').capabilities).toEqual({});
  });

  test('are an extension for clients of the newer era', () => {
    expect(discoverResult([calls, recent], false).capabilities).toEqual({
      extensions: { 'io.modelcontextprotocol/tasks': {} },
    });
    expect(discoverResult([calls], false).capabilities).toEqual({});
  });
});

describe('several servers', () => {
  const files = legacy('files', { tools: {}, resources: { subscribe: true, listChanged: false } });
  const mail = modern('mail', { tools: { listChanged: true }, completions: {}, extensions: { x: {} } });
  const odd = legacy('odd', { logging: {}, prompts: [], experimental: { y: {} }, tasks: [] });

  test('have each capability that one of them has, as far as guard carries it', () => {
    const merged = {
      tools: { listChanged: true },
      resources: { subscribe: true },
      completions: {},
      logging: {},
    };
    expect(initializeResult([files, mail, odd], false, '2025-06-18')).toEqual({
      protocolVersion: '2025-06-18',
      capabilities: merged,
      serverInfo: GUARD,
    });
    expect(discoverResult([files, mail, odd], false)).toEqual({
      resultType: 'complete',
      supportedVersions: ['2026-07-28'],
      capabilities: merged,
      ttlMs: 0,
      cacheScope: 'private',
      _meta: { [INFO]: GUARD },
    });
  });

  test('have their instructions under their names, without those that say nothing', () => {
    const servers = [
      legacy('files', {}, { instructions: 'Read first.' }),
      modern('mail', {}, { instructions: '' }),
      modern('web', {}, { instructions: 'Be brief.' }),
      legacy('odd', {}, { instructions: 7 }),
    ];
    const instructions = '## files\n\nRead first.\n\n## web\n\nBe brief.';
    expect(initializeResult(servers, false, undefined)).toMatchObject({ instructions });
    expect(discoverResult(servers, false)).toMatchObject({ instructions });
  });

  test('none that answers is a greeting without capabilities', () => {
    expect(initializeResult([], false, '2025-11-25')).toEqual({
      protocolVersion: '2025-11-25',
      capabilities: {},
      serverInfo: GUARD,
    });
    expect(discoverResult([], false)).toMatchObject({ capabilities: {}, supportedVersions: ['2026-07-28'] });
  });

  test('one server on the merged path is still spoken for by guard', () => {
    expect(initializeResult([files], false, undefined)).toMatchObject({ serverInfo: GUARD });
  });
});

describe('one server on its own path', () => {
  test('of the older era speaks for itself to a client of its era', () => {
    const server = legacy('files', { tools: {}, experimental: { x: {} } }, { instructions: 'Hi.', odd: [1] });
    expect(initializeResult([server], true, '2025-03-26')).toEqual({
      ...server.facts.result,
      protocolVersion: '2025-03-26',
    });
  });

  test('of the older era is shown to a modern client as a modern one', () => {
    const server = legacy('files', { tools: { listChanged: true } }, { instructions: 'Hi.' });
    expect(discoverResult([server], true)).toEqual({
      resultType: 'complete',
      supportedVersions: ['2026-07-28'],
      capabilities: { tools: { listChanged: true } },
      ttlMs: 0,
      cacheScope: 'private',
      instructions: 'Hi.',
      _meta: { [INFO]: { name: 'files-server', version: '1' } },
    });
  });

  test('of the modern era speaks for itself, in the one revision that guard speaks', () => {
    const server = modern('mail', { tools: {}, extensions: { x: {} } });
    expect(discoverResult([server], true)).toEqual({
      ...server.facts.result,
      supportedVersions: ['2026-07-28'],
    });
  });

  test('of the modern era is shown to a client of the older era as one of its own', () => {
    const server = modern('mail', { tools: {} }, { instructions: 'Hi.' });
    expect(initializeResult([server], true, '2025-11-25')).toEqual({
      protocolVersion: '2025-11-25',
      capabilities: { tools: {} },
      serverInfo: { name: 'mail-server', version: '2' },
      instructions: 'Hi.',
    });
  });

  test('that says nothing of itself is called guard', () => {
    expect(initializeResult([modern('mail', {}, { _meta: {} })], true, undefined)).toMatchObject({
      serverInfo: GUARD,
    });
  });
});

test('capabilities that are no object are none', () => {
  expect(capabilitiesOf(legacy('a', {}, { capabilities: [] }).facts)).toEqual({});
});
