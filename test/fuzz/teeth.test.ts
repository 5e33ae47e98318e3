import { describe, expect, test } from 'vitest';
import type { RefusalReason } from '../../src/jsonrpc/message.js';
import { violationOf } from './compare.js';
import { fuzz } from './fuzz.js';
import { LeakyDoor } from './leaky-door.js';
import { MODELS } from './models/models.js';
import { BYPASSES } from './regressions.js';

/** Whether some server runs an unjudged call when guard forwards what it refuses for this reason. */
const FOUND: Readonly<Record<RefusalReason, boolean>> = {
  'not-utf8': true,
  'byte-order-mark': true,
  'control-byte': true,
  'not-json': true,
  batch: true,
  'duplicate-key': true,
  'ambiguous-key': true,
  'escaped-key': true,
  'bad-version': true,
  'bad-id': true,
  'bad-method': true,
  'bad-params': true,
  'mixed-kinds': true,
  'unfinished-line': true,
  'call-without-id': true,
  // These keep guard itself, its records and the matching of answers sound; no reader runs a call for them.
  'too-deep': false,
  'not-object': false,
  'unknown-member': false,
  'too-many-members': false,
  'no-kind': false,
  'too-large': false,
  'id-in-use': false,
  'unsolicited-answer': false,
  'too-many-pending': false,
};

describe('the fuzzer finds what a missing check lets through', () => {
  test.each(Object.entries(FOUND).filter(([, found]) => found))('%s', (reason) => {
    const report = fuzz({ seed: 1, lines: 20_000, door: new LeakyDoor([reason]) });
    expect(report.findings).toHaveLength(1);
    expect(report.lines).toBeLessThan(20_000);
  });

  test('and nothing where no check is missing', () => {
    expect(fuzz({ seed: 1, lines: 2000, door: new LeakyDoor([]) }).findings).toEqual([]);
  });
});

test('every reader but the plain ones is needed by some known bypass', () => {
  const used = new Set(BYPASSES.map(({ reader }) => reader));
  const variants = ['Go map', 'C strings, first wins', 'Content-Length'];
  expect(MODELS.map(({ name }) => name).filter((name) => !used.has(name))).toEqual(variants);
});

function line(name: string, input: string): Buffer {
  return Buffer.from(
    `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${name}","arguments":${input}}}\n`,
  );
}

describe('a violation', () => {
  const judged = { method: 'tools/call', target: 'read_file', input: { path: '/tmp', n: 1 } };
  test.each([
    ['the judged call', line('read_file', '{"n":1.0,"path":"/tmp"}'), [judged], false],
    ['another name', line('write_file', '{"n":1,"path":"/tmp"}'), [judged], true],
    ['another argument', line('read_file', '{"n":2,"path":"/tmp"}'), [judged], true],
    ['one argument less', line('read_file', '{"n":1}'), [judged], true],
    [
      'the call twice, judged once',
      Buffer.concat([1, 2].map(() => line('read_file', '{"n":1,"path":"/tmp"}'))),
      [judged],
      true,
    ],
    ['a call that nobody judged', line('read_file', '{}'), [], true],
    [
      'a judged call that is not there',
      Buffer.from('{"jsonrpc":"2.0","id":1,"method":"ping"}\n'),
      [judged],
      true,
    ],
    ['nothing at all', Buffer.alloc(0), [], false],
  ])('%s', (_name, bytes, calls, expected) => {
    expect(violationOf(bytes, calls) !== null).toBe(expected);
  });
});
