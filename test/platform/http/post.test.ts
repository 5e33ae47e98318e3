import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { isPassing, isTaken, type Post, post } from '../../../src/platform/http/post.js';
import { type Got, type HttpDouble, httpDouble } from '../../approvals/channels/http-double.js';
import { verifies } from '../../requirements.js';

verifies('approval:webhook:retried', 'audit:anchor:remote');

const servers: HttpDouble[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

type Answer = (response: ServerResponse, got: Got) => void;

async function receiver(answer: Answer): Promise<HttpDouble> {
  const server = await httpDouble((got, response) => answer(response, got));
  servers.push(server);
  return server;
}

function sent(url: string, more: Partial<Post> = {}): Post {
  const { signal } = new AbortController();
  const bounds = { timeoutMs: 60_000, answerBytesMax: 100_000 };
  return { url: `${url}/?key=url-secret`, headers: {}, body: '{}', signal, ...bounds, ...more };
}

/** Posts to a server that answers so. */
async function posted(answer: Answer, more: Partial<Post> = {}) {
  return await post(sent((await receiver(answer)).url, more));
}

/** An answer without end. */
const endless: Answer = (response) => {
  const chunk = 'x'.repeat(64 * 1024);
  const more = (): void => {
    if (response.destroyed) return;
    if (response.write(chunk)) setImmediate(more);
    else response.once('drain', more);
  };
  response.writeHead(200);
  more();
};

/** An answer that begins and never ends. */
const begun: Answer = (response) => void response.writeHead(200).write('{');

test('the body goes as it is, with the headers, and the answer comes back', async () => {
  const seen: Got[] = [];
  const answer = await posted(
    (response, got) => {
      seen.push(got);
      response.writeHead(201).end('{"ö":1}');
    },
    { headers: { 'x-a': 'b' }, body: '{"é": 1}' },
  );
  expect(answer).toEqual({ kind: 'answered', status: 201, text: '{"ö":1}', retryAfterMs: undefined });
  expect(seen).toMatchObject([{ path: '/?key=url-secret', body: '{"é": 1}', headers: { 'x-a': 'b' } }]);
});

test('a redirect is an answer, and goes nowhere', async () => {
  let asked = 0;
  const elsewhere = await receiver((response) => {
    asked += 1;
    response.end();
  });
  const answer = await posted((response) => response.writeHead(307, { location: elsewhere.url }).end());
  expect(answer).toMatchObject({ kind: 'answered', status: 307 });
  expect(asked).toBe(0);
});

describe('what does not come is not waited for', () => {
  test('a receiver that never answers is given up', async () => {
    expect(await posted(() => undefined, { timeoutMs: 50 })).toEqual({
      kind: 'trouble',
      why: 'no answer within 0.05 s',
    });
  });

  test('so is one that begins an answer and never ends it', async () => {
    expect(await posted(begun, { timeoutMs: 200 })).toEqual({
      kind: 'trouble',
      why: 'no answer within 0.2 s',
    });
  });

  test('unless nothing of the answer is wanted', async () => {
    expect(await posted(begun, { answerBytesMax: 0 })).toMatchObject({ status: 200, text: '' });
  });

  test('the signal ends it early', async () => {
    const stop = new AbortController();
    const server = await receiver(() => stop.abort());
    expect(await post(sent(server.url, { signal: stop.signal }))).toEqual({
      kind: 'trouble',
      why: 'it cannot be reached (AbortError)',
    });
  });
});

test('of an answer without end no more than the bound is read', async () => {
  const answer = await posted(endless, { answerBytesMax: 70_000 });
  expect(answer).toMatchObject({ kind: 'answered', status: 200, text: 'x'.repeat(70_000) });
});

describe('trouble is told of without what could be secret', () => {
  test('a receiver that is not there is named by its trouble, and not by its address', async () => {
    const gone = await receiver(() => undefined);
    await gone.close();
    expect(await post(sent(gone.url))).toEqual({
      kind: 'trouble',
      why: 'it cannot be reached (ECONNREFUSED)',
    });
  });

  test('what cannot be sent at all is told of without what it holds', async () => {
    const headers = { authorization: 'Bearer a\nsecret' };
    expect(await post(sent('http://127.0.0.1:1', { headers }))).toEqual({
      kind: 'trouble',
      why: 'it cannot be reached (TypeError)',
    });
  });
});

test.each<[OutgoingHttpHeaders, number | undefined]>([
  [{}, undefined],
  [{ 'retry-after': '7' }, 7000],
  [{ 'retry-after': '0' }, 0],
  [{ 'retry-after': '999999999' }, 999_999_999_000],
  [{ 'retry-after': '-1' }, undefined],
  [{ 'retry-after': '1.5' }, undefined],
  [{ 'retry-after': '1e9' }, undefined],
  [{ 'retry-after': '' }, undefined],
  [{ 'retry-after': 'Wed, 21 Oct 2099 07:28:00 GMT' }, undefined],
])('%j asks to wait %j ms', async (headers, expected) => {
  const answer = await posted((response) => response.writeHead(429, headers).end());
  expect(answer).toMatchObject({ status: 429, retryAfterMs: expected });
});

test('which statuses are taken, and which may pass', () => {
  const statuses = [199, 200, 204, 299, 300, 307, 400, 401, 404, 408, 410, 425, 429, 499, 500, 503, 599];
  expect(statuses.filter(isTaken)).toEqual([200, 204, 299]);
  expect(statuses.filter(isPassing)).toEqual([408, 425, 429, 500, 503, 599]);
});
