import { expect, test } from 'vitest';
import { messageLines } from '../../../src/upstream/remote/message-lines.js';

test.each([
  ['{"a":1.0}', ['{"a":1.0}']],
  ['\r\n {"a":1}\n', ['{"a":1}']],
  ['{\n"a": 1\r\n}', ['{ "a": 1  }']],
  ['[{"a":1}, {"b":[1,\n2]}]', ['{"a":1}', '{"b":[1, 2]}']],
  ['[]', []],
  [' \n', []],
  ['not json', ['not json']],
  ['{"a":"\n"}', null],
  ['{"a":"\r"}', null],
  ['<html>\n</html>', null],
  ['[oops', null],
])('%j', (body, lines) => {
  expect(messageLines(Buffer.from(body))?.map(String) ?? null).toEqual(lines);
});
