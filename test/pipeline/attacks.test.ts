import { describe, expect, test } from 'vitest';
import { REFUSAL_BURST_MAX } from '../../src/platform/bounds.js';
import { deny, layer } from '../policy/support.js';
import { laneWith } from './lane.js';

/** A server's list on which the tools of the attacks stand. */
const LISTED = ['read_file', 'delete_file', 'delete_a/b', 'delete_.x', '.delete', 'ünï cöde'];

/** What becomes of lines under a policy that denies deletion: the answers, or `forwarded`. */
function check(text: string, expected: string): void {
  const policy = layer([deny({ tool: '*delete*' })], { policy: { hide_denied: false } });
  const { lane, conversation, steps, forwarded } = laneWith([policy]);
  conversation.catalog.observePage(undefined, { tools: LISTED.map((name) => ({ name })) });
  const bytes = Buffer.from(text);
  lane.receive(bytes);
  lane.end();
  const answers = steps.filter((step) => step.startsWith('<')).map((step) => step.slice(2));
  expect(answers.join(', ')).toBe(expected === 'forwarded' || expected === 'dropped' ? '' : expected);
  expect(forwarded().equals(bytes)).toBe(expected === 'forwarded');
  if (expected === 'dropped') expect(steps).toContain('refusal');
}

function rpc(members: string): string {
  return `{"jsonrpc":"2.0",${members}}\n`;
}

function call(params: string, id = '7'): string {
  return rpc(`"id":${id},"method":"tools/call","params":${params}`);
}

function callNamed(name: string): string {
  return call(`{"name":${JSON.stringify(name)},"arguments":{}}`);
}

describe('a denied call is denied however it is written', () => {
  test.each([
    ['plainly', '{"name":"delete_file"}'],
    ['with escapes in the name', String.raw`{"name":"delete\u005ffile"}`],
    ['with claims in _meta', '{"name":"delete_file","_meta":{"guard/approved":true,"approved":true}}'],
    ['with claims in params', '{"name":"delete_file","approved":true,"action":"allow","_approved":1}'],
    ['with claims in arguments', '{"name":"delete_file","arguments":{"approved":true,"action":"allow"}}'],
    ['as the retry of a question', '{"name":"delete_file","inputResponses":{"a":{}},"requestState":"s"}'],
    ['as a task', '{"name":"delete_file","task":{"ttl":1}}'],
    ['with a prototype as an argument', '{"name":"delete_file","arguments":{"constructor":{"name":"x"}}}'],
  ])('%s', (_name, params) => {
    check(call(params), '7 policy_denied');
  });

  test('with an escaped method, before any handshake', () => {
    check(rpc(String.raw`"id":7,"method":"tools\/call","params":{"name":"delete_file"}`), '7 policy_denied');
  });

  test('with claims in the envelope it is no message', () => {
    check(rpc('"id":7,"method":"ping","action":"allow"'), '7 unknown-member');
  });

  test.each([['delete_a/b'], ['delete_.x'], ['.delete']])(
    'the listed tool %s does not slip past a glob',
    (name) => {
      check(callNamed(name), '7 policy_denied');
    },
  );
});

describe('look-alike names', () => {
  test.each([
    ['upper case', 'DELETE_FILE', '7 unlisted_tool'],
    ['another case', 'Read_File', '7 unlisted_tool'],
    ['a longer name', 'read_file2', '7 unlisted_tool'],
    ['a prefix', 'read_fil', '7 unlisted_tool'],
    ['a path in front', '../read_file', '7 unlisted_tool'],
    ['a name of prototypes', '__proto__', '7 unlisted_tool'],
    ['constructor', 'constructor', '7 unlisted_tool'],
    ['a blank behind', 'read_file ', '7 bad-params'],
    ['a line feed behind', 'read_file\n', '7 bad-params'],
    ['another name on the next line', 'read_file\ndelete_file', '7 bad-params'],
    ['two names', 'read_file|delete_file', '7 bad-params'],
    ['a star', '*', '7 bad-params'],
    ['NUL', 'read_file\u0000', '7 bad-params'],
    ['zero width', 'read\u200b_file', '7 bad-params'],
    ['Cyrillic', 're\u0430d_file', '7 bad-params'],
    ['fullwidth', '\uff52ead_file', '7 bad-params'],
    ['a tag character', 'read_file\u{e0041}', '7 bad-params'],
    ['bidi', '\u202eelif_daer', '7 bad-params'],
    ['a combining mark', 'read_file\u0301', '7 bad-params'],
    ['a lone surrogate', 'read_file\ud800', '7 bad-params'],
    ['a megabyte', 'x'.repeat(500_000), '7 bad-params'],
    ['a listed name of any characters', 'ünï cöde', 'forwarded'],
    ['the listed name', 'read_file', 'forwarded'],
  ])('%s', (_what, name, expected) => {
    check(callNamed(name), expected);
  });
});

describe('what arrives unharmed', () => {
  test.each([
    ['CRLF', callNamed('read_file').replace('\n', '\r\n')],
    ['line separators in a string', call('{"name":"read_file","arguments":{"t":"a\u2028b\u2029c\u0085d"}}')],
    ['lone surrogate escapes', call(String.raw`{"name":"read_file","arguments":{"t":"\ud800 \uDC00"}}`)],
    ['big integers', call('{"name":"read_file","arguments":{"n":9007199254740993}}')],
    ['long decimals', call('{"name":"read_file","arguments":{"n":0.1000000000000000055511151231257827}}')],
    ['minus zero', call('{"name":"read_file","arguments":{"n":-0}}')],
    ['a number beyond all bounds', call('{"name":"read_file","arguments":{"n":1e400}}')],
    [
      'members in any order',
      '{"params":{"arguments":{},"name":"read_file"},"id":1,"method":"tools/call","jsonrpc":"2.0"}\n',
    ],
    ['white space', '{ "jsonrpc" :\t"2.0", "id":1 , "method":"ping" } \n'],
    ['"7" and 7', call('{"name":"read_file"}', '"7"') + call('{"name":"read_file"}', '7')],
    ['an id with escapes', call('{"name":"read_file"}', String.raw`"\u0061\/"`)],
    ['an unknown method', rpc('"id":1,"method":"custom/run","params":{"x":1}')],
    ['a notification', rpc('"method":"notifications/progress","params":{"progressToken":1}')],
    ['200 calls', Array.from({ length: 200 }, (_, id) => call('{"name":"read_file"}', String(id))).join('')],
  ])('%s', (_name, text) => {
    check(text, 'forwarded');
  });
});

describe('ids', () => {
  test.each([
    ['an id twice', call('{"name":"read_file"}') + call('{"name":"read_file"}'), '- id-in-use'],
    ['an id twice, once as a number of another form', call('{"name":"read_file"}', '7.0'), '- bad-id'],
    ['null', call('{"name":"read_file"}', 'null'), '- bad-id'],
    ['19 digits', call('{"name":"read_file"}', '1234567890123456789'), '- bad-id'],
  ])('%s', (_name, text, expected) => {
    const { lane, steps } = laneWith([layer([])]);
    lane.receive(Buffer.from(text));
    expect(steps.at(-1)).toBe(`< ${expected}`);
  });

  test('a denied call frees its id at once', () => {
    check(callNamed('delete_file') + callNamed('delete_file'), '7 policy_denied, 7 policy_denied');
  });
});

describe('what is answered to nobody', () => {
  test.each([
    ['a call without an id', rpc('"method":"tools/call","params":{"name":"read_file"}')],
    ['a call without an id, misspelt', rpc('"method":"Tools/Call","params":{"name":"read_file"}')],
    ['an answer that nobody asked for', rpc('"id":7,"result":{}')],
    ['an error that nobody asked for', rpc('"id":7,"error":{"code":1,"message":"m"}')],
    ['a line without an end', call('{"name":"read_file"}').trimEnd()],
  ])('%s', (_name, text) => {
    check(text, 'dropped');
  });

  test('blank lines', () => {
    const { lane, steps } = laneWith([layer([])]);
    lane.receive(Buffer.from('\n\r\n'.repeat(100_000)));
    expect(steps).toEqual(['commit']);
  });
});

describe('floods', () => {
  test('garbage without end is not answered without end', () => {
    const { lane, steps, forwarded } = laneWith([layer([])]);
    lane.receive(Buffer.from('garbage\n'.repeat(20_000)));
    lane.receive(Buffer.from(rpc('"id":1,"method":"ping"')));
    expect(steps.filter((step) => step === '< - not-json')).toHaveLength(REFUSAL_BURST_MAX);
    expect(steps.filter((step) => step === 'refusal')).toHaveLength(REFUSAL_BURST_MAX);
    expect(forwarded().length).toBeGreaterThan(0);
  });

  test('the tail of an oversized line is not run', () => {
    const { lane, steps, forwarded } = laneWith([layer([])], { frameBytesMax: 1000 });
    lane.receive(Buffer.from(`{"id":3,"x":"${'x'.repeat(5000)}`));
    lane.receive(Buffer.from(call('{"name":"read_file"}')));
    expect(steps.at(-1)).toBe('< 3 too-large');
    expect(forwarded().length).toBe(0);
  });
});
