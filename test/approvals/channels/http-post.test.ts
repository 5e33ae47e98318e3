import type { ServerResponse } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { post } from '../../../src/approvals/channels/http-post.js';
import { DELIVERY_ANSWER_BYTES_MAX } from '../../../src/platform/bounds.js';
import { verifies } from '../../requirements.js';
import { type HttpDouble, httpDouble } from './http-double.js';

verifies('approval:webhook:retried');

let server: HttpDouble | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** Posts to a server that answers so. */
async function posted(answer: (response: ServerResponse) => void, timeoutMs?: number) {
  server = await httpDouble((_, response) => answer(response));
  const { signal } = new AbortController();
  const more = timeoutMs === undefined ? {} : { timeoutMs };
  return await post({ url: `${server.url}/?key=url-secret`, headers: {}, body: '{}', signal, ...more });
}

test('a receiver that never answers is given up', async () => {
  expect(await posted(() => undefined, 50)).toEqual({ kind: 'trouble', why: 'no answer within 0.05 s' });
});

test('so is one that begins an answer and never ends it', async () => {
  expect(await posted((response) => void response.writeHead(200).write('{'), 200)).toEqual({
    kind: 'trouble',
    why: 'no answer within 0.2 s',
  });
});

test('of an answer without end no more than the bound is read', async () => {
  const answer = await posted((response) => {
    const chunk = 'x'.repeat(64 * 1024);
    const more = (): void => {
      if (response.destroyed) return;
      if (response.write(chunk)) setImmediate(more);
      else response.once('drain', more);
    };
    response.writeHead(200);
    more();
  });
  expect(answer).toMatchObject({ kind: 'answered', status: 200 });
  expect(answer.kind === 'answered' ? answer.text.length : 0).toBeLessThanOrEqual(DELIVERY_ANSWER_BYTES_MAX);
});

test('a receiver that is not there is named by its trouble, and not by its address', async () => {
  const { signal } = new AbortController();
  const gone = await httpDouble(() => undefined);
  await gone.close();
  const answer = await post({ url: `${gone.url}/?key=url-secret`, headers: {}, body: '{}', signal });
  expect(answer).toEqual({ kind: 'trouble', why: 'it cannot be reached (ECONNREFUSED)' });
});

test('what cannot be sent at all is told of without what it holds', async () => {
  const { signal } = new AbortController();
  const headers = { authorization: 'Bearer a\nsecret' };
  const answer = await post({ url: 'http://127.0.0.1:1/', headers, body: '{}', signal });
  expect(answer).toEqual({ kind: 'trouble', why: 'it cannot be reached (TypeError)' });
});
