import { expect, test } from 'vitest';
import { verifies } from '../../requirements.js';
import { ANONYMOUS, post, RAW_POST, raw, requestText, serving } from './serving.js';

verifies('http:body-bound', 'http:smuggling');

const KIB = 1024;

test('a body of just the bound is taken, one byte more is not', async () => {
  const { url, exchanges } = await serving({ bodyBytesMax: 100 * KIB });
  expect((await post(url, { body: 'x'.repeat(100 * KIB) })).status).toBe(200);
  expect((await post(url, { body: 'x'.repeat(100 * KIB + 1) })).status).toBe(413);
  expect(exchanges.map(({ body }) => body.length)).toEqual([100 * KIB]);
});

test('a body of megabytes comes whole, in one piece or in many', async () => {
  const { url, exchanges } = await serving({ bodyBytesMax: 8 * KIB * KIB });
  const bytes = Buffer.alloc(5 * KIB * KIB, 'abcdefghij');
  await post(url, { body: bytes });
  const pieces = new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += 7919) controller.enqueue(bytes.subarray(at, at + 7919));
      controller.close();
    },
  });
  await post(url, { body: pieces, duplex: 'half' });
  expect(exchanges.map(({ body }) => body.equals(bytes))).toEqual([true, true]);
});

test('a chunked body above the bound gets 413, which its sender can read, and the connection is closed', async () => {
  const { port, exchanges } = await serving({ bodyBytesMax: 64 * KIB });
  const chunk = `10000\r\n${'x'.repeat(64 * KIB)}\r\n`;
  const text = requestText(
    'POST /mcp HTTP/1.1',
    [...RAW_POST, 'Transfer-Encoding: chunked'],
    chunk.repeat(20),
  );
  const answer = await raw(port, `${text}0\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  expect(answer).toMatch(/\r\nConnection: close\r\n/);
  expect(answer).toContain('"code":-31007');
  expect(exchanges).toEqual([]);
});

test('a stated length above the bound is refused before the body comes', async () => {
  const { port } = await serving({ bodyBytesMax: 64 * KIB });
  const text = requestText('POST /mcp HTTP/1.1', [...RAW_POST, 'Content-Length: 100000000']);
  expect(await raw(port, text)).toMatch(/^HTTP\/1\.1 413 /);
});

test('who asks first whether the body is wanted is told so, or refused at once', async () => {
  const { port } = await serving({ bodyBytesMax: 64 * KIB });
  const asking = [...RAW_POST, 'Expect: 100-continue', 'Connection: close'];
  const wanted = await raw(port, requestText('POST /mcp HTTP/1.1', [...asking, 'Content-Length: 2'], '{}'));
  expect(wanted).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
  const unwanted = await raw(port, requestText('POST /mcp HTTP/1.1', [...asking, 'Content-Length: 100000']));
  expect(unwanted).toMatch(/^HTTP\/1\.1 413 /);
});

test('bodies of all requests together are bounded, and room comes back', async () => {
  const { url } = await serving({ bounds: { bodiesBytesMax: 100 } }, ({ reply, body }) => {
    reply.json(200, String(body.length));
  });
  expect((await post(url, { body: 'x'.repeat(101) })).status).toBe(503);
  for (let round = 0; round < 5; round += 1) {
    expect((await post(url, { body: 'x'.repeat(90) })).status).toBe(200);
  }
});

test('a body where none belongs is refused', async () => {
  const { port, exchanges } = await serving();
  const headers = ['Accept: */*', 'Content-Length: 2', 'Connection: close'];
  expect(await raw(port, requestText('GET /mcp HTTP/1.1', headers, '{}'))).toMatch(/^HTTP\/1\.1 400 /);
  expect(exchanges).toEqual([]);
});

test('several tokens are all shown to the identity', async () => {
  const seen: unknown[] = [];
  const { port } = await serving({
    identity: {
      ...ANONYMOUS,
      authenticate(headers) {
        seen.push(headers['authorization']);
        return ANONYMOUS.authenticate(headers);
      },
    },
  });
  const twice = ['Authorization: Bearer a', 'authorization: Bearer b'];
  const text = requestText('GET /metrics HTTP/1.1', [...twice, 'Connection: close']);
  await raw(port, text);
  expect(seen).toEqual([['Bearer a', 'Bearer b']]);
});

/** A second request that must never run, as the body of the first. */
const HIDDEN = 'POST /mcp/hidden HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n';

test.each<[string, string]>([
  [
    'length and chunks',
    requestText(
      'POST /mcp HTTP/1.1',
      [...RAW_POST, 'Content-Length: 5', 'Transfer-Encoding: chunked'],
      `0\r\n\r\n${HIDDEN}`,
    ),
  ],
  [
    'chunks and length',
    requestText(
      'POST /mcp HTTP/1.1',
      [...RAW_POST, 'Transfer-Encoding: chunked', 'Content-Length: 5'],
      `0\r\n\r\n${HIDDEN}`,
    ),
  ],
  [
    'two lengths',
    requestText('POST /mcp HTTP/1.1', [...RAW_POST, 'Content-Length: 2', 'Content-Length: 5'], `{}${HIDDEN}`),
  ],
  [
    'lengths in a list',
    requestText('POST /mcp HTTP/1.1', [...RAW_POST, 'Content-Length: 2, 2'], `{}${HIDDEN}`),
  ],
  ['a signed length', requestText('POST /mcp HTTP/1.1', [...RAW_POST, 'Content-Length: +2'], `{}${HIDDEN}`)],
  [
    'a length in hexadecimal',
    requestText('POST /mcp HTTP/1.1', [...RAW_POST, 'Content-Length: 0x2'], `{}${HIDDEN}`),
  ],
  [
    'an unknown coding',
    requestText('POST /mcp HTTP/1.1', [...RAW_POST, 'Transfer-Encoding: xchunked'], `0\r\n\r\n${HIDDEN}`),
  ],
  [
    'a coding before chunks',
    requestText(
      'POST /mcp HTTP/1.1',
      [...RAW_POST, 'Transfer-Encoding: gzip, chunked'],
      `0\r\n\r\n${HIDDEN}`,
    ),
  ],
  [
    'a coding behind chunks',
    requestText(
      'POST /mcp HTTP/1.1',
      [...RAW_POST, 'Transfer-Encoding: chunked, identity'],
      `0\r\n\r\n${HIDDEN}`,
    ),
  ],
  [
    'two codings',
    requestText(
      'POST /mcp HTTP/1.1',
      [...RAW_POST, 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'],
      `0\r\n\r\n${HIDDEN}`,
    ),
  ],
  [
    'a space before the colon',
    requestText('POST /mcp HTTP/1.1', [...RAW_POST, 'Content-Length : 2'], `{}${HIDDEN}`),
  ],
  [
    'a folded header',
    requestText('POST /mcp HTTP/1.1', [...RAW_POST, 'Content-Length: 2', 'X: a\r\n folded'], `{}${HIDDEN}`),
  ],
  ['bare line feeds', `POST /mcp HTTP/1.1\nHost: 127.0.0.1\nContent-Length: 2\n\n{}${HIDDEN}`],
  [
    'a bare carriage return',
    requestText('POST /mcp HTTP/1.1', [...RAW_POST, 'X: a\rContent-Length: 2'], `{}${HIDDEN}`),
  ],
  [
    'a zero byte in a header',
    requestText('POST /mcp HTTP/1.1', [...RAW_POST, 'X: a\0b', 'Content-Length: 2'], `{}${HIDDEN}`),
  ],
  [
    'a chunk size that is none',
    requestText(
      'POST /mcp HTTP/1.1',
      [...RAW_POST, 'Transfer-Encoding: chunked'],
      `zz\r\n{}\r\n0\r\n\r\n${HIDDEN}`,
    ),
  ],
  [
    'a chunk that is longer than it says',
    requestText(
      'POST /mcp HTTP/1.1',
      [...RAW_POST, 'Transfer-Encoding: chunked'],
      `2\r\n{}xx\r\n0\r\n\r\n${HIDDEN}`,
    ),
  ],
  [
    'a method that is none',
    requestText('POS T /mcp HTTP/1.1', [...RAW_POST, 'Content-Length: 2'], `{}${HIDDEN}`),
  ],
  ['another protocol', `\u0016\u0003\u0001\u0002\u0000\u0001\u0000\r\n\r\n${HIDDEN}`],
])('%s: 400, closed, and nothing behind it runs', async (_what, text) => {
  const { port, exchanges } = await serving();
  const answer = await raw(port, Buffer.from(text, 'latin1'));
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer).toMatch(/\r\nX-Request-Id: [\x21-\x7e]+\r\n/i);
  expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  expect(exchanges.filter(({ upstream }) => upstream === 'hidden')).toEqual([]);
});
