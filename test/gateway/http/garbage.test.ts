import { array, assert, asyncProperty, constantFrom, oneof, uint8Array } from 'fast-check';
import { expect, test } from 'vitest';
import { verifies } from '../../requirements.js';
import { RAW_POST, raw, requestText, served, serving } from './serving.js';

verifies('http:smuggling');

/** Pieces that requests are made of, whole and broken. */
const PIECES = [
  'POST /mcp HTTP/1.1\r\n',
  'GET /mcp HTTP/1.0\r\n',
  'Host: 127.0.0.1\r\n',
  'Content-Length: 5\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Content-Type: application/json\r\n',
  'Expect: 100-continue\r\n',
  'Upgrade: websocket\r\nConnection: Upgrade\r\n',
  '\r\n',
  '\n',
  '\0',
  '{}',
  '5\r\nhello\r\n0\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'CONNECT a:1 HTTP/1.1\r\n',
];

test('whatever bytes come, the answer is HTTP or nothing, and the next client is served', async () => {
  const { port, url } = await serving({
    bounds: { headersMs: 20, requestMs: 20, timeoutCheckMs: 10, idleMs: 20 },
    bodyBytesMax: 1024,
  });
  const bytes = oneof(
    uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
    array(constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => Buffer.from(pieces.join(''))),
  );
  await assert(
    asyncProperty(bytes, async (sent) => {
      expect(await raw(port, sent)).toMatch(/^$|^HTTP\/1\.1 \d{3} /);
    }),
    { numRuns: 60 },
  );
  await served(url);
});

test('an upgrade is not taken: the request is one like any other', async () => {
  const { port } = await serving();
  const headers = [...RAW_POST, 'Content-Length: 2', 'Upgrade: websocket', 'Connection: Upgrade, close'];
  expect(await raw(port, requestText('POST /mcp HTTP/1.1', headers, '{}'))).toMatch(/^HTTP\/1\.1 200 /);
});
