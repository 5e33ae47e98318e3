/** A line that once got a call past some guard, with a reader that runs it and why guard refuses it. */
export interface Bypass {
  readonly name: string;
  /** Bytes as latin1 characters, without the line feed at the end. */
  readonly line: string;
  /** A model of test/fuzz/models that runs another call than a careless proxy judges. */
  readonly reader: string;
  readonly reason: string;
}

const EVIL =
  '{"jsonrpc":"2.0","id":666,"method":"tools/call","params":{"name":"delete_file","arguments":{"path":"/etc"}}}';
const PING = '{"jsonrpc":"2.0","id":1,"method":"ping"}';

function utf8(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function rpc(members: string): string {
  return utf8(`{"jsonrpc":"2.0",${members}}`);
}

function call(params: string): string {
  return rpc(`"id":1,"method":"tools/call","params":${params}`);
}

function withArguments(text: string): string {
  return call(`{"name":"read_file","arguments":${text}}`);
}

/** Known bypasses, and every finding of the fuzzer. */
export const BYPASSES: readonly Bypass[] = [
  {
    name: 'carriage returns as white space',
    line: rpc(`"id":1,"method":"ping","params":{"x":\r${EVIL}\r}`),
    reader: 'Python text stream',
    reason: 'control-byte',
  },
  {
    name: 'a form feed as a separator',
    line: `${PING}\x0c${EVIL}`,
    reader: 'Python splitlines',
    reason: 'control-byte',
  },
  {
    name: 'a line separator as white space',
    line: rpc(`"id":1,"method":"ping","params":{"x":\u2028${EVIL}\u2028}`),
    reader: 'Python splitlines',
    reason: 'not-json',
  },
  {
    name: 'a next-line character',
    line: utf8(`${PING}\u0085${EVIL}`),
    reader: 'lines by bytes',
    reason: 'not-json',
  },
  { name: 'NUL as a separator', line: `${PING}\0${EVIL}`, reader: 'C strings', reason: 'control-byte' },
  {
    name: 'NaN',
    line: rpc('"id":1,"method":"tools/call","params":{"name":"delete_file","arguments":{"x":NaN}}'),
    reader: 'Python text stream',
    reason: 'not-json',
  },
  {
    name: 'a comment',
    line: rpc('"id":1,/**/"method":"tools/call","params":{"name":"delete_file"}'),
    reader: 'JSON5',
    reason: 'not-json',
  },
  { name: 'a trailing comma', line: call('{"name":"delete_file",}'), reader: 'JSON5', reason: 'not-json' },
  { name: 'single quotes', line: EVIL.replaceAll('"', "'"), reader: 'JSON5', reason: 'not-json' },
  { name: 'garbage around', line: `x${EVIL}y`, reader: 'JSON5, CR lines', reason: 'not-json' },
  { name: 'two values', line: `${PING}${EVIL}`, reader: 'Go decoder', reason: 'not-json' },
  { name: 'a batch', line: `[${PING},${EVIL}]`, reader: 'JSON.parse per line', reason: 'batch' },
  { name: 'a nested batch', line: `[[${EVIL}]]`, reader: 'JSON.parse per line', reason: 'batch' },
  {
    name: 'a byte order mark',
    line: utf8(`\ufeff${EVIL}`),
    reader: 'trimmed lines',
    reason: 'byte-order-mark',
  },
  { name: 'a no-break space', line: utf8(`\u00a0${EVIL}`), reader: 'trimmed lines', reason: 'not-json' },
  {
    name: 'UTF-16 with a mark',
    line: `\xff\xfe${Buffer.from(EVIL, 'utf16le').toString('latin1')}`,
    reader: 'Python bytes',
    reason: 'not-utf8',
  },
  {
    name: 'UTF-16',
    line: Buffer.from(EVIL, 'utf16le').swap16().toString('latin1'),
    reader: 'Python bytes',
    reason: 'control-byte',
  },
  {
    name: 'the method twice',
    line: rpc('"id":1,"method":"tools/call","params":{"name":"delete_file"},"method":"ping"'),
    reader: 'first key wins',
    reason: 'duplicate-key',
  },
  {
    name: 'the name twice, once escaped',
    line: call(String.raw`{"name":"delete_file","n\u0061me":"read_file"}`),
    reader: 'first key wins',
    reason: 'escaped-key',
  },
  {
    name: 'an argument twice',
    line: withArguments('{"path":"/etc","path":"/tmp"}'),
    reader: 'first key wins',
    reason: 'duplicate-key',
  },
  {
    name: 'an argument twice, once escaped',
    line: withArguments(String.raw`{"path":"/etc","p\u0061th":"/tmp"}`),
    reader: 'first key wins',
    reason: 'duplicate-key',
  },
  {
    name: 'Params beside params',
    line: rpc('"id":1,"method":"tools/call","params":{"name":"read_file"},"Params":{"name":"delete_file"}'),
    reader: 'Go decoder',
    reason: 'ambiguous-key',
  },
  {
    name: 'METHOD alone',
    line: rpc('"id":1,"METHOD":"tools/call","params":{"name":"delete_file"}'),
    reader: 'Go decoder',
    reason: 'ambiguous-key',
  },
  {
    name: 'a long s in params',
    line: rpc(
      '"id":1,"method":"tools/call","params":{"name":"read_file"},"param\u017f":{"name":"delete_file"}',
    ),
    reader: 'Go decoder',
    reason: 'ambiguous-key',
  },
  {
    name: 'a Kelvin sign in an argument',
    line: withArguments('{"key":1,"\u212aey":2}'),
    reader: 'Go decoder',
    reason: 'ambiguous-key',
  },
  {
    name: 'a dotless i in the resource',
    line: rpc('"id":1,"method":"resources/read","params":{"uri":"a","ur\u0131":"b"}'),
    reader: 'Java',
    reason: 'ambiguous-key',
  },
  {
    name: 'a dotted capital I in an argument',
    line: withArguments('{"id":1,"\u0130d":2}'),
    reader: 'Java',
    reason: 'ambiguous-key',
  },
  {
    name: 'arguments that differ in a broken surrogate',
    line: withArguments(String.raw`{"a\ud800":1,"a\ufffd":2}`),
    reader: 'Go decoder',
    reason: 'ambiguous-key',
  },
  {
    name: 'a key cut at NUL',
    line: rpc(String.raw`"id":1,"method\u0000":"tools/call","params":{"name":"delete_file"}`),
    reader: 'C strings',
    reason: 'escaped-key',
  },
  {
    name: 'an argument cut at NUL',
    line: withArguments(String.raw`{"path":"/tmp","path\u0000":"/etc"}`),
    reader: 'C strings',
    reason: 'ambiguous-key',
  },
  {
    name: 'a name as a list',
    line: call('{"name":["delete_file"]}'),
    reader: 'JSON.parse per line',
    reason: 'bad-params',
  },
  {
    name: 'a method as a list',
    line: rpc('"id":1,"method":["tools/call"],"params":{"name":"delete_file"}'),
    reader: 'JSON.parse per line',
    reason: 'bad-method',
  },
  {
    name: 'a method in another case',
    line: rpc('"id":1,"method":"Tools/Call","params":{"name":"delete_file"}'),
    reader: 'trimmed lines',
    reason: 'bad-method',
  },
  {
    name: 'a method with a dot between slashes',
    line: rpc('"id":1,"method":"tools/./call","params":{"name":"delete_file"}'),
    reader: 'trimmed lines',
    reason: 'bad-method',
  },
  {
    name: 'a call that is an answer too',
    line: rpc('"id":1,"method":"tools/call","params":{"name":"delete_file"},"result":{}'),
    reader: 'JSON.parse per line',
    reason: 'mixed-kinds',
  },
  {
    name: 'a call without an id',
    line: rpc('"method":"tools/call","params":{"name":"delete_file"}'),
    reader: 'JSON.parse per line',
    reason: 'call-without-id',
  },
  { name: 'id null', line: EVIL.replace('666', 'null'), reader: 'JSON.parse per line', reason: 'bad-id' },
  {
    name: 'another version',
    line: EVIL.replace('2.0', '1.0'),
    reader: 'JSON.parse per line',
    reason: 'bad-version',
  },
  {
    name: 'no version',
    line: EVIL.replace('"jsonrpc":"2.0",', ''),
    reader: 'JSON.parse per line',
    reason: 'bad-version',
  },
  {
    name: 'a prompt reference in another case',
    line: rpc('"id":1,"method":"completion/complete","params":{"ref":{"type":"ref/prompt","Name":"secret"}}'),
    reader: 'Go decoder',
    reason: 'bad-params',
  },
  {
    name: 'a prompt reference as a list',
    line: rpc(
      '"id":1,"method":"completion/complete","params":{"ref":{"type":"ref/prompt","name":["secret"]}}',
    ),
    reader: 'JSON.parse per line',
    reason: 'bad-params',
  },
];
