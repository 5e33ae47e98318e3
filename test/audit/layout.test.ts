import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readLayout } from '../../src/audit/layout.js';
import { readRecord } from '../../src/audit/record-fields.js';
import type { RecordView } from '../../src/audit/record-view.js';
import { verifies } from '../requirements.js';
import { decisionFields, decisionLine, encoderOf, outcomeFields, outcomeLine, TS } from './lines.js';

verifies('audit:search:judges');

const MEMBERS = [
  'type',
  'ts',
  'writer',
  'upstream',
  'session',
  'agent',
  'request_id',
  'method',
  'tool',
  'arg_size',
  'decision',
  'enforced',
  'rule',
  'layer',
  'reason',
  'approval',
  'result',
  'latency_ms',
  'response_size',
  'arguments',
] as const;

function latin1(line: string): string {
  return Buffer.from(line).toString('latin1');
}

function membersOf(view: RecordView): object {
  return Object.fromEntries(MEMBERS.map((name) => [name, view[name]]));
}

/** What is read off the line is what parsing it says, or nothing is read off it. */
function agrees(line: string): boolean {
  const laidOut = readLayout(latin1(line), 0);
  if (laidOut === undefined) return false;
  const reading = readRecord(line.replace(/\n$/, ''));
  expect(reading.kind).toBe('record');
  if (reading.kind === 'record') expect(membersOf(laidOut.view)).toEqual(membersOf(reading.record));
  expect(laidOut.end).toBe(latin1(line).length);
  return true;
}

test.each<[string, string]>([
  ['a decision', decisionLine('1')],
  [
    'a decision with all that it can have',
    decisionLine('1', {
      uncertain: ['a "b"'],
      would: 'deny',
      http_request_id: 'h',
      arguments: { path: '/é', list: [1, { deep: null }] },
    }),
  ],
  [
    'one that a person released',
    decisionLine('1', { approval: { id: 'x', by: ['ü'] }, limits: [{ pot: 'p', amount: '1.5' }] }),
  ],
  ['an outcome', outcomeLine('1')],
  ['an outcome with an error and a response', outcomeLine('1', { error_code: -32000, response: 'no' })],
  [
    'a refusal',
    encoderOf().refusal(TS, {
      direction: 'client-to-server',
      reason: 'not-json',
      detail: 'x',
      size: 1,
      rpc_id: 'a',
      method: null,
    }),
  ],
  ['an event', encoderOf().event(TS, { event: 'reload', detail: { a: [true] } })],
  ['the last line without its line feed', decisionLine('1').trimEnd()],
])('%s is read as it stands', (_what, line) => {
  expect(agrees(line)).toBe(true);
});

test.each<[string, string]>([
  ['a torn line', decisionLine('1').slice(0, 200)],
  ['a torn line with a record behind it', decisionLine('1').slice(0, 200) + outcomeLine('1')],
  [
    'a line that is torn in its arguments',
    decisionLine('1', { arguments: { a: 'b' } }).slice(0, -6) + decisionLine('2'),
  ],
  ['members in another order', '{"v":1,"type":"event","writer":"w","ts":"t"}\n'],
  ['spaces', decisionLine('1').replace('"v":1,', '"v": 1, ')],
  ['a member twice', decisionLine('1').replace(',"tool"', ',"tool":"x","tool"')],
  ['a member more', decisionLine('1').replace(/\}\n$/, ',"more":1}\n')],
  ['another version', decisionLine('1').replace('"v":1', '"v":2')],
  ['a number that is none', decisionLine('1', { arg_size: 7 }).replace('"arg_size":7', '"arg_size":07')],
  ['an escape', decisionLine('1').replace('read_file', String.raw`re\u0061d_file`)],
  ['a carriage return', decisionLine('1').replace('\n', '\r\n')],
  ['an empty line', '\n'],
])('%s is left to JSON.parse', (_what, line) => {
  expect(readLayout(latin1(line), 0)).toBeUndefined();
});

const text = fc.oneof(fc.string({ maxLength: 20 }), fc.string({ unit: 'grapheme', maxLength: 8 }));
const json = fc.jsonValue({ maxDepth: 5 });

test('whatever a record holds, and whatever happened to its line, both readers agree', () => {
  let read = 0;
  fc.assert(
    fc.property(
      text,
      text,
      json,
      json,
      fc.nat(900),
      fc.nat(255),
      fc.boolean(),
      (tool, rule, approval, args, at, byte, isHurt) => {
        for (const line of [
          decisionLine('1', { tool, rule, approval: approval as never, arguments: args as never }),
          encoderOf('w').outcome(TS, outcomeFields('1', { tool, response: args as never })),
          encoderOf('w').decision(TS, decisionFields(tool, { reason: rule })),
        ]) {
          const bytes = Buffer.from(line);
          if (isHurt) bytes[at % (bytes.length - 1)] = byte === 0x0a ? 0x20 : byte;
          if (agrees(bytes.toString('utf8'))) read += 1;
        }
      },
    ),
    { numRuns: 300 },
  );
  expect(read).toBeGreaterThan(100);
});
