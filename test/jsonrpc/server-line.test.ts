import { describe, expect, test } from 'vitest';
import { idOfRemnant, ServerInspector, type ServerLine } from '../../src/jsonrpc/server-line.js';

const inspector = new ServerInspector();

function inspect(line: string | Buffer): ServerLine {
  const before = Buffer.from('{"id":99}\n');
  const bytes = Buffer.concat([before, Buffer.from(line), Buffer.from('\n')]);
  return inspector.inspect(bytes, before.length, bytes.length - 1);
}

/** An answer in one line: `id outcome`, then what was noted. */
function shown(line: ServerLine): string {
  switch (line.kind) {
    case 'answer': {
      const notes = [
        line.isError ? 'isError' : '',
        line.resultType ?? '',
        line.errorCode === undefined ? '' : String(line.errorCode),
      ];
      return [JSON.stringify(line.id), line.outcome, ...notes].filter((note) => note !== '').join(' ');
    }
    case 'request':
      return `request ${JSON.stringify(line.id)} ${line.method}`;
    case 'notification':
      return `notification ${line.method}`;
    case 'garbage':
      return `garbage ${JSON.stringify(line.id)}`;
  }
}

function check(line: string | Buffer, expected: string): void {
  expect(shown(inspect(line))).toBe(expected);
}

const MANY = Array.from({ length: 70 }, (_, index) => `"m${index}":{"isError":true}`).join(',');

describe('answers', () => {
  test.each<[string, string]>([
    ['{"jsonrpc":"2.0","id":1,"result":{}}', '1 result'],
    ['{"result":{"content":[{"id":7}]},"jsonrpc":"2.0","id":"a"}', '"a" result'],
    ['{"id":1,"result":null,"jsonrpc":"2.0"}', '1 result'],
    ['{"jsonrpc":"2.0","id":1,"result":{"isError":true}}', '1 result isError'],
    ['{"jsonrpc":"2.0","id":1,"result":{"isError":"true"}}', '1 result'],
    ['{"jsonrpc":"2.0","id":1,"result":{"isError":1}}', '1 result'],
    ['{"jsonrpc":"2.0","id":1,"result":{"content":[{"isError":true}]}}', '1 result'],
    ['{"jsonrpc":"2.0","id":1,"isError":true,"result":{}}', '1 result'],
    [`{"jsonrpc":"2.0","id":1,"result":{${MANY}}}`, '1 result'],
    [`{"jsonrpc":"2.0","id":1,"result":{${MANY},"isError":true}}`, '1 result isError'],
    [`{"jsonrpc":"2.0","id":1,"result":{"isError":true,${MANY}}}`, '1 result isError'],
    [String.raw`{"jsonrpc":"2.0","id":1,"result":{"isErr\u006fr":true}}`, '1 result isError'],
    [String.raw`{"jsonrpc":"2.0","id":1,"result":{"a\n":1,"isError":true}}`, '1 result isError'],
    ['{"jsonrpc":"2.0","id":1,"result":{"resultType":"input_required"}}', '1 result input_required'],
    [
      String.raw`{"jsonrpc":"2.0","id":1,"result":{"resultType":"input\u005frequired"}}`,
      '1 result input_required',
    ],
    [String.raw`{"jsonrpc":"2.0","id":1,"result":{"r\u0065sultType":"x"}}`, '1 result x'],
    [`{"jsonrpc":"2.0","id":1,"result":{${MANY},"resultType":"input_required"}}`, '1 result input_required'],
    ['{"jsonrpc":"2.0","id":1,"result":{"resultType":["input_required"]}}', '1 result'],
    [`{"jsonrpc":"2.0","id":1,"result":{"resultType":"${'x'.repeat(200)}"}}`, '1 result'],
    ['{"jsonrpc":"2.0","id":1,"error":{"code":-32042,"message":"m"}}', '1 error -32042'],
    ['{"jsonrpc":"2.0","id":1,"error":{"message":"m"}}', '1 error'],
    ['{"jsonrpc":"2.0","id":1,"error":{"code":"x"}}', '1 error'],
    ['{"jsonrpc":"2.0","id":1,"error":{"code":1e400}}', '1 error'],
    ['{"jsonrpc":"2.0","id":1,"error":null}', '1 error'],
    ['{"jsonrpc":"2.0","id":1,"result":{},"unknown":1}', '1 result'],
    [`{"jsonrpc":"2.0","id":1,"result":"${'x'.repeat(100_000)}"}`, '1 result'],
  ])('%.80s is %s', check);
});

describe('calls', () => {
  test.each<[string, string]>([
    ['{"jsonrpc":"2.0","id":"s1","method":"roots/list"}', 'request "s1" roots/list'],
    ['{"jsonrpc":"2.0","id":0,"method":"ping","params":{"a":[1]}}', 'request 0 ping'],
    ['{"params":{},"method":"a/b","jsonrpc":"2.0"}', 'notification a/b'],
    [String.raw`{"jsonrpc":"2.0","method":"a\/b\u0063"}`, 'notification a/bc'],
    ['{"jsonrpc":"2.0","method":"x","params":[]}', 'notification x'],
  ])('%s is %s', check);
});

describe('garbage, with the id of the request that it ends', () => {
  test.each<[string, string | Buffer, string]>([
    ['noise', 'Listening on port 3000', 'garbage undefined'],
    ['half an answer', '{"jsonrpc":"2.0","id":7,"result":{"content":', 'garbage 7'],
    ['half an id', '{"jsonrpc":"2.0","id":7', 'garbage undefined'],
    ['half a call', '{"jsonrpc":"2.0","id":7,"method":"ping","params":{', 'garbage undefined'],
    ['an inner carriage return', '{"jsonrpc":"2.0","id":7,"result":"\r"}', 'garbage 7'],
    ['too deep', `{"jsonrpc":"2.0","id":7,"result":${'['.repeat(100_000)}`, 'garbage 7'],
    ['a batch', '[{"jsonrpc":"2.0","id":7,"result":{}}]', 'garbage undefined'],
    ['not UTF-8', Buffer.from('{"jsonrpc":"2.0","id":7,"result":"\xff"}', 'latin1'), 'garbage 7'],
    ['a byte order mark', '\ufeff{"jsonrpc":"2.0","id":7,"result":{}}', 'garbage undefined'],
    ['the id twice', '{"jsonrpc":"2.0","id":7,"id":8,"result":{}}', 'garbage 7'],
    ['the result twice', '{"jsonrpc":"2.0","id":7,"result":{},"result":{}}', 'garbage 7'],
    ['params twice', '{"jsonrpc":"2.0","method":"x","params":{},"params":{}}', 'garbage undefined'],
    ['an escaped member', String.raw`{"jsonrpc":"2.0","id":7,"r\u0065sult":{}}`, 'garbage 7'],
    ['too many members', `{"jsonrpc":"2.0","id":7,"result":{},${MANY.replaceAll('m', 'n')}}`, 'garbage 7'],
    ['no version', '{"id":7,"result":{}}', 'garbage 7'],
    ['another version', '{"jsonrpc":"1.0","id":7,"result":{}}', 'garbage 7'],
    ['result and error', '{"jsonrpc":"2.0","id":7,"result":{},"error":{}}', 'garbage 7'],
    ['a call and an answer', '{"jsonrpc":"2.0","id":7,"method":"x","result":{}}', 'garbage undefined'],
    ['neither', '{"jsonrpc":"2.0","id":7}', 'garbage 7'],
    ['no id', '{"jsonrpc":"2.0","result":{}}', 'garbage undefined'],
    ['id null', '{"jsonrpc":"2.0","id":null,"error":{}}', 'garbage undefined'],
    ['id 7.0', '{"jsonrpc":"2.0","id":7.0,"result":{}}', 'garbage undefined'],
    ['a method as an array', '{"jsonrpc":"2.0","id":7,"method":["x"]}', 'garbage undefined'],
    ['a request with id null', '{"jsonrpc":"2.0","id":null,"method":"x"}', 'garbage undefined'],
    [
      'the kind of result twice',
      '{"jsonrpc":"2.0","id":7,"result":{"resultType":"complete","resultType":"input_required"}}',
      'garbage 7',
    ],
    [
      'questions twice',
      '{"jsonrpc":"2.0","id":7,"result":{"inputRequests":{},"inputRequests":{}}}',
      'garbage 7',
    ],
    ['the code twice', '{"jsonrpc":"2.0","id":7,"error":{"code":1,"code":-32042}}', 'garbage 7'],
  ])('%s', (_name, line, expected) => {
    check(line, expected);
  });
});

test('a member of the result is found in the line that was inspected last', () => {
  const bytes = Buffer.from('{"jsonrpc":"2.0","id":1,"result":{"tools": [ 1 ],"x":2}}');
  inspector.inspect(bytes, 0, bytes.length);
  const span = inspector.resultMember(bytes, 'tools') ?? { start: 0, end: 0 };
  expect(bytes.toString('utf8', span.start, span.end)).toBe('[ 1 ]');
  expect(inspector.resultMember(bytes, 'none')).toBeNull();
});

describe('the id of an answer that was too large to keep', () => {
  test.each<[string, string, unknown]>([
    ['{"jsonrpc":"2.0","id":7,"result":{', '', 7],
    [' { "id" : "a" , "jsonrpc":"2.0","result":{', '', 'a'],
    ['{"id":-1}', '', -1],
    ['{"result":{', 'x"},"jsonrpc":"2.0","id":7}', 7],
    ['{"jsonrpc":"2.0","result":{', 'x"},"id":"a","jsonrpc":"2.0"}\r', 'a'],
    ['{"jsonrpc":"2.0","id":7,"result":{', ',"id":8}', 7],
    ['{"jsonrpc":"2.0","result":{"id":9', ',"id":8}}', undefined],
    ['{"result":{"id":9', '', undefined],
    ['{"id":7.5,"result":{', '', undefined],
    ['{"id":07,"result":{', '', undefined],
    ['{"id":-0,"result":{', '', undefined],
    ['{"id":9007199254740993,"result":{', '', undefined],
    ['{"id":12345678901234567890,"result":{', '', undefined],
    ['{"id":"a\tb","result":{', '', undefined],
    ['{"id":"a\rb","result":{', '', undefined],
    [String.raw`{"id":"a\"b","result":{`, '', undefined],
    [`{"id":"${'x'.repeat(256)}","result":{`, '', 'x'.repeat(256)],
    [`{"id":"${'x'.repeat(257)}","result":{`, '', undefined],
    ['{"result":{', String.raw`"text":"\"id\":7}`, undefined],
    ['{"result":{', ',"id":007}', undefined],
    ['', '', undefined],
  ])('%.50j … %j', (head, tail, expected) => {
    expect(idOfRemnant(Buffer.from(head), Buffer.from(tail))).toBe(expected);
  });

  test('never throws, whatever the bytes are', () => {
    for (let byte = 0; byte < 256; byte++) {
      const raw = Buffer.concat([Buffer.from('{"id":"'), Buffer.from([byte]), Buffer.from('","x":1}')]);
      expect(() => idOfRemnant(raw, raw)).not.toThrow();
    }
  });
});
