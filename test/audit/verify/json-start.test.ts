import { expect, test } from 'vitest';
import { isJsonStart } from '../../../src/audit/verify/json-start.js';

const RECORD =
  '{"v":1,"type":"event","a":[],"b":{},"c":[{"d":[-1.5e+3,0,120,-0.25E7,true,false,null]}],"é\\u00e9\\\\\\"":"x y\u00e4\\n"}';

test('every start of an object is one, and the whole of it is not', () => {
  for (let end = 0; end < RECORD.length; end += 1) {
    expect(isJsonStart(RECORD.slice(0, end)), RECORD.slice(0, end)).toBe(true);
  }
  expect(isJsonStart(RECORD)).toBe(false);
});

test.each([
  '[1',
  '1',
  '"a',
  '{1',
  '{"a"1',
  '{"a":1 ',
  '{ "a"',
  '{"a":01',
  '{"a":+',
  '{"a":.5',
  '{"a":tru1',
  '{"a":nulll',
  '{"a":"\\x',
  '{"a":"\\u12g',
  '{"a":"\n',
  '{"a":[1}',
  '{"a":[1]]',
  '{"a":1,}',
  '{"a":{,',
  '{"a":[,',
  '{"a":1}}',
  '{"a":"b"c',
])('%j is the start of none', (text) => {
  expect(isJsonStart(text)).toBe(false);
});
