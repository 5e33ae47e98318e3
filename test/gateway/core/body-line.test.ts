import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineOfBody } from '../../../src/gateway/core/body-line.js';
import { ClientInspector } from '../../../src/jsonrpc/inspect.js';
import { KNOWN_PARAMS } from '../../../src/mcp/methods.js';

const inspector = new ClientInspector(KNOWN_PARAMS);

function lineOf(text: string): string {
  return lineOfBody(Buffer.from(text)).toString('utf8');
}

function verdictOf(text: string): string {
  const line = lineOfBody(Buffer.from(text));
  const found = inspector.inspect(line, 0, line.length - 1);
  return found.kind === 'refusal' ? found.reason : found.kind;
}

test('a body on one line gets its line feed and nothing else', () => {
  expect(lineOf('{"jsonrpc":"2.0","id":1,"method":"ping"}')).toBe(
    '{"jsonrpc":"2.0","id":1,"method":"ping"}\n',
  );
});

test('a body over several lines becomes one line that is the same message', () => {
  const text = '{\r\n\t"jsonrpc": "2.0",\n\t"id": 1,\r\n\t"method": "ping"\n}\n';
  const line = lineOf(text);
  expect(line.indexOf('\n')).toBe(line.length - 1);
  expect(line).not.toMatch(/[\r\t]/);
  expect(line).toHaveLength(text.length + 1);
  expect(JSON.parse(line)).toEqual(JSON.parse(text));
  expect(verdictOf(text)).toBe('request');
});

test.each([
  ['an escaped line feed', String.raw`{"a":"x\ny"}`],
  ['an escaped quote', String.raw`{"a":"x\"y"}`],
  ['a backslash before the closing quote', String.raw`{"a":"x\\"}`],
  ['an escaped backslash and quote', String.raw`{"a":"\\\"","b":"\\"}`],
])('%s in a string stays what it is, with white space behind it', (_title, text) => {
  const spread = text.replace('}', '\n}');
  expect(lineOf(spread)).toBe(`${text.replace('}', ' }')}\n`);
});

test.each([
  ['a line feed', '\n', 'control-byte'],
  ['a carriage return', '\r', 'control-byte'],
  ['a tab', '\t', 'not-json'],
])('%s inside a string stays, and the inspector refuses the message', (_title, white, reason) => {
  const text = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a${white}b"}}`;
  expect(lineOf(text)).toBe(`${text}\n`);
  expect(verdictOf(text)).toBe(reason);
});

test.each(['', '\n', '"', '"\\', '{"a":"', '{"a":"\\\n'])('a broken body %j is no message', (text) => {
  expect(lineOf(text)).toHaveLength(text.length + 1);
  expect(['not-json', 'not-object', 'control-byte']).toContain(verdictOf(text));
});

test('the line is a copy: what becomes of the body does not change it', () => {
  const body = Buffer.from('{"a":1}');
  const line = lineOfBody(body);
  body.fill(0x78);
  expect(line.toString()).toBe('{"a":1}\n');
  expect(lineOfBody(Buffer.from('{"a":\n1}'))).not.toBe(body);
});

test('however a value is laid out, its line is one line with the same value', () => {
  const value = fc.jsonValue().map((one) => ({ a: one }));
  const layout = fc.constantFrom<string | number>('\t', 2, '\r', '');
  fc.assert(
    fc.property(value, layout, fc.constantFrom('', '\n', '\r\n'), (given, indent, end) => {
      const line = lineOf(JSON.stringify(given, null, indent) + end);
      expect(line.indexOf('\n')).toBe(line.length - 1);
      expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify(given)));
    }),
  );
});
