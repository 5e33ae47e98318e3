import { describe, expect, test } from 'vitest';
import { JSON_DEPTH_MAX, JSON_MEMBERS_MAX, METHOD_CHARS_MAX } from '../../src/platform/bounds.js';
import { callWith, inspectLine, rpc, verdictOf, withArguments } from './inspect-line.js';
import { verifies } from '../requirements.js';

verifies('ambiguity:escaped-keys', 'ambiguity:control-bytes', 'ambiguity:encoding', 'ambiguity:ids');

function nestedArguments(depth: number): string {
  // The envelope, params and arguments are three levels.
  return withArguments(`{"a":${'['.repeat(depth - 3)}${']'.repeat(depth - 3)}}`);
}

function manyMembers(count: number): string {
  const own = Array.from({ length: count - 6 }, (_, index) => `"m${index}":0`).join(',');
  return withArguments(`{${own}}`);
}

/** The nearest lines on both sides of each rule: what is refused, and what is taken. */
describe('each rule has two sides', () => {
  test.each<[string, string | Buffer, string]>([
    ['UTF-8', rpc('"id":1,"method":"ping","params":{"x":"é𝄞\u2028"}'), 'request'],
    ['a stray byte', Buffer.from(rpc('"id":1,"method":"ping","params":{"x":"\xe9"}'), 'latin1'), 'not-utf8'],
    ['overlong slash', Buffer.from(rpc('"id":1,"method":"tools\xc0\xafcall"'), 'latin1'), 'not-utf8'],
    ['an encoded surrogate', Buffer.from(rpc('"id":"\xed\xa0\x80","method":"ping"'), 'latin1'), 'not-utf8'],
    ['a byte order mark', `\ufeff${rpc('"id":1,"method":"ping"')}`, 'byte-order-mark'],
    ['a mark inside a string', rpc('"id":1,"method":"ping","params":{"x":"\ufeff"}'), 'request'],
    ['UTF-16 LE', Buffer.from(rpc('"id":1,"method":"ping"'), 'utf16le'), 'control-byte'],
    ['UTF-16 BE', Buffer.from(rpc('"id":1,"method":"ping"'), 'utf16le').swap16(), 'control-byte'],
    ['an inner carriage return', rpc('"id":1,\r"method":"ping"'), 'control-byte'],
    ['an inner tab', rpc('"id":1,\t"method":"ping"'), 'request'],
    ['NUL in a string', rpc('"id":1,"method":"ping","params":{"x":"\u0000"}'), 'control-byte'],
    [
      'an escaped NUL in a string',
      rpc(String.raw`"id":1,"method":"ping","params":{"x":"\u0000"}`),
      'request',
    ],
    ['a no-break space between', rpc('"id":1,\u00a0"method":"ping"'), 'not-json'],
    ['a line separator between', rpc('"id":1,\u2028"method":"ping"'), 'not-json'],
    ['NaN', withArguments('{"x":NaN}'), 'not-json'],
    ['two values', '{}{}', 'not-json'],
    ['only blanks', ' \t ', 'not-json'],
    ['the deepest nesting', nestedArguments(JSON_DEPTH_MAX), 'request'],
    ['one level more', nestedArguments(JSON_DEPTH_MAX + 1), 'too-deep'],
    ['a batch', `[${rpc('"id":1,"method":"ping"')}]`, 'batch'],
    ['an empty batch', ' []', 'batch'],
    ['a string', '"tools/call"', 'not-object'],
    ['the same key twice', withArguments('{"path":"/a","path":"/b"}'), 'duplicate-key'],
    [
      'the same key twice, once escaped',
      withArguments(String.raw`{"path":1,"p\u0061th":2}`),
      'duplicate-key',
    ],
    ['the same key in two objects', withArguments('{"a":{"path":1},"path":2}'), 'request'],
    ['the same key twice in an array', withArguments('{"a":[[{"b":1,"b":1}]]}'), 'duplicate-key'],
    ['the method twice', rpc('"id":1,"method":"ping","method":"ping"'), 'duplicate-key'],
    ['params twice', rpc('"id":1,"method":"ping","params":{},"params":{}'), 'duplicate-key'],
    ['twins in case', withArguments('{"path":1,"Path":2}'), 'ambiguous-key'],
    ['one key in any case', withArguments('{"Path":1}'), 'request'],
    ['twins by a long s', withArguments('{"pass":1,"pa\u017fs":2}'), 'ambiguous-key'],
    ['twins by a Kelvin sign', withArguments('{"key":1,"\u212aey":2}'), 'ambiguous-key'],
    ['twins by a dotless i', withArguments('{"uri":1,"ur\u0131":2}'), 'ambiguous-key'],
    ['twins by fullwidth', withArguments('{"key":1,"\uff4bey":2}'), 'ambiguous-key'],
    ['twins by NUL', withArguments(String.raw`{"key":1,"key\u0000x":2}`), 'ambiguous-key'],
    ['__proto__ in arguments', withArguments('{"__proto__":{"a":1}}'), 'ambiguous-key'],
    ['__proto__ in the envelope', rpc('"id":1,"method":"ping","__proto__":{}'), 'ambiguous-key'],
    ['__proto__ as a value', withArguments('{"a":"__proto__"}'), 'request'],
    ['constructor in arguments', withArguments('{"constructor":{"prototype":1}}'), 'request'],
    ['constructor in the envelope', rpc('"id":1,"method":"ping","constructor":1'), 'unknown-member'],
    ['Method', rpc('"id":1,"Method":"tools/call"'), 'ambiguous-key'],
    ['method and METHOD', rpc('"id":1,"method":"ping","METHOD":"tools/call"'), 'ambiguous-key'],
    ['param\u017f', rpc('"id":1,"method":"ping","param\u017f":{}'), 'ambiguous-key'],
    ['Name in params', callWith('{"Name":"x"}'), 'ambiguous-key'],
    ['argument\u017f in params', callWith('{"name":"x","argument\u017f":{}}'), 'ambiguous-key'],
    [
      'ur\u0131 in params',
      rpc('"id":1,"method":"resources/read","params":{"ur\u0131":"x"}'),
      'ambiguous-key',
    ],
    ['an unknown key in params', callWith('{"name":"x","approved":true}'), 'request'],
    ['an escaped key in the envelope', rpc(String.raw`"id":1,"\u006dethod":"tools/call"`), 'escaped-key'],
    ['an escaped key in params', callWith(String.raw`{"n\u0061me":"x"}`), 'escaped-key'],
    ['an escaped key in arguments', withArguments(String.raw`{"p\u0061th":1}`), 'request'],
    ['a key cut by NUL', rpc(String.raw`"id":1,"method\u0000":"tools/call"`), 'escaped-key'],
    ['an unknown member', rpc('"id":1,"method":"ping","extra":1'), 'unknown-member'],
    ['a member named with a blank', rpc('"id":1,"method":"ping","method ":1'), 'unknown-member'],
    ['as many members as allowed', manyMembers(JSON_MEMBERS_MAX), 'request'],
    ['one member more', manyMembers(JSON_MEMBERS_MAX + 1), 'too-many-members'],
    ['no version', '{"id":1,"method":"ping"}', 'bad-version'],
    ['version 1.0', '{"jsonrpc":"1.0","id":1,"method":"ping"}', 'bad-version'],
    ['version as a number', '{"jsonrpc":2.0,"id":1,"method":"ping"}', 'bad-version'],
    ['version with a blank', '{"jsonrpc":"2.0 ","id":1,"method":"ping"}', 'bad-version'],
    ['an escaped version', String.raw`{"jsonrpc":"2\u002e0","id":1,"method":"ping"}`, 'request'],
    ['id null', rpc('"id":null,"method":"ping"'), 'bad-id'],
    ['id true', rpc('"id":true,"method":"ping"'), 'bad-id'],
    ['id as an array', rpc('"id":[1],"method":"ping"'), 'bad-id'],
    ['id as an object', rpc('"id":{},"method":"ping"'), 'bad-id'],
    ['a method with a trailing blank', rpc('"id":1,"method":"tools/call "'), 'bad-method'],
    ['a method with NUL', rpc(String.raw`"id":1,"method":"tools/call\u0000"`), 'bad-method'],
    ['a method with another slash', rpc('"id":1,"method":"tools\u2215call"'), 'bad-method'],
    ['a fullwidth method', rpc('"id":1,"method":"\uff54ools/call"'), 'bad-method'],
    ['a method that begins with a slash', rpc('"id":1,"method":"/tools/call"'), 'bad-method'],
    ['an empty method', rpc('"id":1,"method":""'), 'bad-method'],
    ['a method as an array', rpc('"id":1,"method":["tools/call"]'), 'bad-method'],
    ['an escaped method', rpc(String.raw`"id":1,"method":"tools\/call"`), 'request'],
    ['the longest method', rpc(`"id":1,"method":"${'m'.repeat(METHOD_CHARS_MAX)}"`), 'request'],
    ['a longer method', rpc(`"id":1,"method":"${'m'.repeat(METHOD_CHARS_MAX + 1)}"`), 'bad-method'],
    ['params as an array', rpc('"id":1,"method":"ping","params":[]'), 'bad-params'],
    ['params null', rpc('"id":1,"method":"ping","params":null'), 'bad-params'],
    ['params as a string', rpc('"id":1,"method":"ping","params":"x"'), 'bad-params'],
    ['no params', rpc('"id":1,"method":"ping"'), 'request'],
    ['a call with a result', rpc('"id":1,"method":"tools/call","result":{}'), 'mixed-kinds'],
    ['a call with an error', rpc('"id":1,"method":"tools/call","error":null'), 'mixed-kinds'],
    ['an answer with params', rpc('"id":1,"result":{},"params":{}'), 'mixed-kinds'],
    ['an answer', rpc('"id":1,"result":{}'), 'response'],
    ['an error', rpc('"id":"a","error":{"code":1,"message":""}'), 'response'],
    ['result and error', rpc('"id":1,"result":{},"error":{}'), 'no-kind'],
    ['an answer without an id', rpc('"result":{}'), 'no-kind'],
    ['an id alone', rpc('"id":1'), 'no-kind'],
    ['nothing', '{}', 'bad-version'],
    ['a notification', rpc('"method":"notifications/initialized"'), 'notification'],
  ])('%s', (_name, line, expected) => {
    expect(verdictOf(line)).toBe(expected);
  });
});

describe('what is read', () => {
  test('a request with its params and the bytes of its arguments', () => {
    const text = callWith('{"_meta":{"arguments":0},"name":"x","arguments": {"n":1.0, "b":[]} }');
    const found = inspectLine(text);
    if (found.kind !== 'request') throw new Error(found.kind);
    const { id, method, params, argumentsSpan } = found;
    expect({ id, method, params }).toEqual({
      id: 1,
      method: 'tools/call',
      params: { _meta: { arguments: 0 }, name: 'x', arguments: { n: 1, b: [] } },
    });
    const before = '{"earlier":"frame"}\n'.length;
    const span = argumentsSpan ?? { start: 0, end: 0 };
    expect(text.slice(span.start - before, span.end - before)).toBe('{"n":1.0, "b":[]}');
  });

  test.each([
    ['a request', rpc('"id":"a","method":"ping"'), { kind: 'request', id: 'a', method: 'ping' }],
    ['a notification', rpc('"method":"x/y","params":{}'), { kind: 'notification', method: 'x/y' }],
    ['a result', rpc('"id":7,"result":null'), { kind: 'response', id: 7, outcome: 'result' }],
    ['an error', rpc('"id":7,"error":null'), { kind: 'response', id: 7, outcome: 'error' }],
    ['members in any order', '{"method":"ping","id":3,"jsonrpc":"2.0"}', { kind: 'request', id: 3 }],
  ])('%s', (_name, line, expected) => {
    expect(inspectLine(line)).toMatchObject(expected);
  });

  test('no member of a prototype is taken for one of the message', () => {
    expect(verdictOf('{"jsonrpc":"2.0","id":1,"method":"toString"}')).toBe('request');
    expect(inspectLine(rpc('"id":1,"method":"__proto__"'))).toMatchObject({ method: '__proto__' });
    expect(Object.hasOwn(Object.prototype, 'a')).toBe(false);
  });
});

describe('whom a refusal is answered to', () => {
  test.each<[string, string, unknown, string | undefined]>([
    ['the id that can be read', rpc('"id":7,"method":"ping","x":1'), 7, 'ping'],
    ['null where it cannot', rpc('"id":1.5,"method":"ping"'), null, 'ping'],
    ['null where two are written', rpc('"id":7,"id":8,"method":"ping"'), null, 'ping'],
    ['null where two of one kind are written', rpc('"id":7,"id":7,"method":"ping"'), null, 'ping'],
    ['null for what is no JSON', '{"id":7', null, undefined],
    ['nobody for a notification', rpc('"method":"x","y":1'), undefined, 'x'],
    ['null for an odd line without a method', rpc('"result":1'), null, undefined],
  ])('%s', (_name, line, id, method) => {
    expect(inspectLine(line)).toMatchObject({ kind: 'refusal', id, method });
  });

  test('the place of a fault counts from the start of the line', () => {
    expect(inspectLine('{"a":\r1}')).toMatchObject({
      reason: 'control-byte',
      detail: expect.stringContaining('at byte 5'),
    });
  });
});
