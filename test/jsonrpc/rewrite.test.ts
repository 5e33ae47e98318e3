import { expect, test } from 'vitest';
import { ClientInspector } from '../../src/jsonrpc/inspect.js';
import { renumbered, rewrittenRequest } from '../../src/jsonrpc/rewrite.js';

/** What an inspector makes of the line, and where its id stands. */
function inspected(line: Buffer) {
  const inspector = new ClientInspector([]);
  const message = inspector.inspect(line, 0, line.length - 1);
  const span = inspector.idSpan(line);
  if (message.kind !== 'request' || span === undefined) throw new Error('expected a request');
  return { message, span };
}

test.each([
  '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"a","arguments":{"b":1}}}',
  '{"jsonrpc":"2.0","method":"tools/call","params":{"arguments":{"b":"é"},"name":"a"},"id":"a long one"}',
  '{"id" : "x","params":{"name":"a"},"jsonrpc":"2.0","method":"tools/call"}',
  '{"id":1,"jsonrpc":"2.0","method":"ping"}',
])('a renumbered message is what an inspector makes of the rewritten line: %s', (text) => {
  const line = Buffer.from(`${text}\n`);
  const { message, span } = inspected(line);
  const id = { span, value: 123_456 };
  const rewritten = rewrittenRequest(line, { id, token: undefined });
  expect(renumbered(message, id, rewritten.length - line.length)).toEqual(inspected(rewritten).message);
});
