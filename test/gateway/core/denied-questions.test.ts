import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/platform/json.js';
import { legacyClient, modernRequest } from './support/clients.js';
import { FakeServer } from './support/fake-server.js';
import { coreWith } from './support/test-core.js';

const FILES = { upstream: 'files' };
const CALL = { name: 'read', arguments: {} };
const NO_QUESTIONS = { name: 'no', match: { method: 'elicitation/create' }, action: 'deny' } as const;
const QUESTION = { method: 'elicitation/create', params: { message: 'Password?' } };

/** The JSON of a question as a server of the older era puts it. */
function asked(id: number): string {
  return JSON.stringify({ jsonrpc: '2.0', id, ...QUESTION });
}

test('a question that policy denies never reaches a client of the older era', async () => {
  const files = new FakeServer('files', { isolation: 'session' });
  const core = coreWith([files], { rules: [NO_QUESTIONS] });
  const client = await legacyClient(core, FILES);
  const stream = client.listen();
  const connection = await files.connection();
  connection.say(asked(7));
  expect(connection.received).toMatchObject([{ id: 7, error: { code: -31001 } }]);
  expect(stream.events).toEqual([]);
});

test('a question that policy denies never reaches a modern client, whose call is denied', async () => {
  const files = new FakeServer('files', { isolation: 'session' });
  const core = coreWith([files], { rules: [NO_QUESTIONS] });
  const capabilities = { elicitation: {} };
  const open = modernRequest(core, 1, 'tools/call', CALL, { ...FILES, capabilities });
  await files.got('tools/call');
  (await files.connection()).say(asked(7));
  const answer = await open.answered();
  expect(answer).toMatchObject({ id: 1, error: { code: -31001 } });
  expect(JSON.stringify(answer)).not.toContain('Password?');
});

test('a question of a modern server that policy denies ends the call of a client of the older era', async () => {
  const files = new FakeServer('files', { era: 'modern' });
  const core = coreWith([files], { rules: [NO_QUESTIONS] });
  const client = await legacyClient(core, FILES);
  const open = client.request(1, 'tools/call', CALL);
  const { id } = await files.got('tools/call');
  const inputRequests: JsonObject = { a: QUESTION, b: QUESTION };
  (await files.connection()).result(id, { resultType: 'input_required', inputRequests });
  expect(await open.answered()).toMatchObject({ id: 1, error: {} });
  expect([...open.events, open.answer].join('')).not.toContain('Password?');
  expect((await files.connection()).of('tools/call')).toHaveLength(1);
});

test('nor is the client asked anything else for that call', async () => {
  const files = new FakeServer('files', { era: 'modern' });
  const core = coreWith([files], { rules: [NO_QUESTIONS] });
  const client = await legacyClient(core, FILES);
  const open = client.request(1, 'tools/call', CALL);
  const { id } = await files.got('tools/call');
  const inputRequests: JsonObject = { a: QUESTION, b: { method: 'roots/list' } };
  (await files.connection()).result(id, { resultType: 'input_required', inputRequests });
  expect(await open.answered()).toMatchObject({ id: 1, error: {} });
  expect(open.events.filter((text) => text.includes('roots/list'))).toEqual([]);
});
