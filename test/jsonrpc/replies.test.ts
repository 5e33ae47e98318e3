import { expect, test } from 'vitest';
import { errorFrame, resultFrame } from '../../src/jsonrpc/replies.js';

test.each<[Buffer, string]>([
  [errorFrame(1, -32700, 'no'), '{"jsonrpc":"2.0","id":1,"error":{"code":-32700,"message":"no"}}\n'],
  [errorFrame('1', -1, ''), '{"jsonrpc":"2.0","id":"1","error":{"code":-1,"message":""}}\n'],
  [errorFrame(null, -1, 'a\nb'), '{"jsonrpc":"2.0","id":null,"error":{"code":-1,"message":"a\\nb"}}\n'],
  [
    errorFrame(1, -1, 'm', { blocked: true }),
    '{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"m","data":{"blocked":true}}}\n',
  ],
  [errorFrame(1, -1, 'm', null), '{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"m","data":null}}\n'],
  [resultFrame('é\u2028', {}), '{"jsonrpc":"2.0","id":"é\u2028","result":{}}\n'],
  [resultFrame('\ud800\r\n', { a: 1 }), '{"jsonrpc":"2.0","id":"\\ud800\\r\\n","result":{"a":1}}\n'],
])('%s', (frame, expected) => {
  expect(frame.toString('utf8')).toBe(expected);
});
