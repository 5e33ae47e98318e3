import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { argumentsDigest } from '../../src/audit/digest.js';
import type { RecordConstants } from '../../src/audit/encode.js';
import type { AuditRecord } from '../../src/audit/record.js';
import { AUDIT_FIELD_CHARS_MAX, AUDIT_LIST_MAX, AUDIT_RECORD_BYTES_MAX } from '../../src/platform/bounds.js';
import type { JsonValue } from '../../src/platform/json.js';
import { printable } from '../../src/platform/printable.js';
import { verifies } from '../requirements.js';
import { lineEncoder } from './lines.js';

verifies('audit:hostile-text');

const TS = '2026-01-02T03:04:05.678Z';
const CONSTANTS: RecordConstants = {
  writer: 'w1',
  upstream: 'files',
  session: null,
  agent: 'a',
  client: 'c',
  era: '2025-11-25',
};
const DECISION = {
  request_id: 'w1-1',
  rpc_id: 7,
  direction: 'client-to-server',
  method: 'tools/call',
  tool: 'read',
  target: null,
  arg_hash: null,
  arg_size: 2,
  decision: 'allow',
  enforced: true,
  rule: null,
  layer: null,
  reason: 'rule',
  approval: null,
  limits: null,
} as const;
const OUTCOME = {
  request_id: 'w1-1',
  method: 'tools/call',
  tool: 'read',
  result: 'ok',
  latency_ms: 1.5,
  response_size: 3,
} as const;

/** Any text: plain, any code unit (lone surrogates too), and what terminals act on. */
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xff_ff })).map((units) => String.fromCharCode(...units)),
  fc.constantFrom('\u001b[2J', 'a\u202eb', '\u{e0041}', '"\\', '{"v":1', '\u200b', '\ud800', 'é漢字'),
);
const nullable = fc.option(text, { nil: null });
const id = fc.oneof(fc.maxSafeInteger(), text, fc.constant(null));
const value = fc.jsonValue() as fc.Arbitrary<JsonValue>;

const constants = fc.record<RecordConstants>({
  writer: text,
  upstream: text,
  session: nullable,
  agent: nullable,
  client: nullable,
  era: nullable,
});
const decision = fc
  .record({ request_id: text, rpc_id: id, method: text, tool: nullable, target: nullable, rule: nullable })
  .chain((some) =>
    fc
      .record({ approval: value, limits: value, enforced: fc.boolean(), arg_size: fc.nat() })
      .map((more) => ({ ...DECISION, ...some, ...more })),
  );
const extras = fc.record(
  {
    uncertain: fc.array(text, { maxLength: AUDIT_LIST_MAX }),
    would: fc.constantFrom('allow', 'require_approval', 'deny'),
    http_request_id: text,
    arguments: value,
  },
  { requiredKeys: [] },
);

function encoderOf(from: RecordConstants = CONSTANTS) {
  return lineEncoder(from);
}

/** A record's text equals JSON.stringify of the record but for what is hostile, and reads back the same. */
function check(line: string, expected: object): void {
  expect(line.endsWith('\n')).toBe(true);
  expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify(expected)));
  expect(printable(line.slice(0, -1))).toBe(line.slice(0, -1));
  const plain = JSON.stringify(expected);
  if (printable(plain) === plain && plain.lastIndexOf('{"v":') === 0) expect(line).toBe(`${plain}\n`);
}

function base(type: AuditRecord['type'], from: RecordConstants) {
  const { writer, upstream, session, agent } = from;
  return { v: 1, type, ts: TS, writer, seq: 1, prev: null, upstream, session, agent };
}

describe('the text of a record', () => {
  test('a decision equals JSON.stringify in member order and reads back the same', () => {
    fc.assert(
      fc.property(constants, decision, extras, (from, fields, more) => {
        const line = encoderOf(from).decision(TS, { ...fields, ...more });
        const { request_id, rpc_id, direction, ...rest } = fields;
        const { client, era } = from;
        check(line, {
          ...base('decision', from),
          request_id,
          rpc_id,
          direction,
          client,
          era,
          ...rest,
          ...more,
        });
      }),
    );
  });

  test('outcomes, refusals, events and sessions do as well', () => {
    const fields = fc.record({
      a: text,
      b: nullable,
      id,
      value,
      size: fc.nat(),
      ms: fc.double({ min: 0, max: 1e9, noNaN: true }),
    });
    fc.assert(
      fc.property(constants, fields, (from, some) => {
        const outcome = { ...OUTCOME, request_id: some.a, tool: some.b, latency_ms: some.ms };
        const latency_ms = Math.round(some.ms * 1000) / 1000;
        const last = { error_code: -1, response: some.value };
        check(encoderOf(from).outcome(TS, { ...outcome, ...last }), {
          ...base('outcome', from),
          ...outcome,
          latency_ms,
          ...last,
        });
        const refusal = {
          direction: 'server-to-client',
          reason: some.a,
          detail: some.a,
          size: some.size,
          rpc_id: some.id,
          method: some.b,
        } as const;
        check(encoderOf(from).refusal(TS, { ...refusal }), { ...base('refusal', from), ...refusal });
        const event = { event: some.a, detail: some.value };
        check(encoderOf(from).event(TS, { ...event }), { ...base('event', from), ...event });
        const config = [{ layer: some.a, path: some.a, digest: 'd' }];
        const session = {
          guard_version: '1',
          pid: some.size,
          command: some.a,
          mode: 'enforce',
          approvers: null,
          config,
        } as const;
        check(encoderOf(from).session(TS, { ...session }), { ...base('session', from), ...session });
      }),
    );
  });

  test('a checkpoint is open at its end, where the signature comes', () => {
    const fields = { count: 3, closing: true, key: 'sha256:00' };
    check(encoderOf().checkpoint(TS, fields), {
      ...base('checkpoint', CONSTANTS),
      ...fields,
      signature: '00',
    });
  });
});

describe('hostile text', () => {
  test('stays one line that a terminal shows as it is', () => {
    const tool = '\n{"v":1,"type":"decision"}\u001b]0;owned\u0007\u009b2J\u202e\u200b\u{e0041}\ud800\u2028';
    const line = encoderOf().decision(TS, { ...DECISION, tool, arguments: { [tool]: tool } });
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(printable(line.slice(0, -1))).toBe(line.slice(0, -1));
    expect((JSON.parse(line) as { tool: string }).tool).toBe(tool);
  });

  test('the start of a record stands nowhere but at the start of the line', () => {
    const forged = { v: 1, type: 'decision', '{"v': '{"v":1', list: [{ v: 1 }, '{"v":'] };
    const line = encoderOf().decision(TS, {
      ...DECISION,
      tool: '{"v":1',
      approval: forged,
      arguments: forged,
    });
    expect(line.lastIndexOf('{"v":')).toBe(0);
    expect((JSON.parse(line) as { arguments: unknown }).arguments).toEqual(forged);
  });
});

describe('bounds', () => {
  test('a long field is cut with a visible mark, not inside a character', () => {
    const long = `${'x'.repeat(AUDIT_FIELD_CHARS_MAX - 1)}😀${'y'.repeat(10)}`;
    const { tool } = JSON.parse(encoderOf().decision(TS, { ...DECISION, tool: long })) as { tool: string };
    expect(tool).toBe(`${'x'.repeat(AUDIT_FIELD_CHARS_MAX - 1)}…(+12 chars)`);
  });

  test('arguments and responses that are too large are left out and said to be', () => {
    const large = 'é'.repeat(AUDIT_RECORD_BYTES_MAX / 2);
    const omitted = { omitted: 'too large', size: AUDIT_RECORD_BYTES_MAX + 2 };
    expect(JSON.parse(encoderOf().decision(TS, { ...DECISION, arguments: large }))).toMatchObject({
      arguments: omitted,
    });
    expect(JSON.parse(encoderOf().outcome(TS, { ...OUTCOME, response: large }))).toMatchObject({
      response: omitted,
    });
  });

  test('no record passes its bound, whatever its fields hold', () => {
    const worst = '\u0000'.repeat(1_000_000);
    const from = { writer: worst, upstream: worst, session: worst, agent: worst, client: worst, era: worst };
    const fields = {
      request_id: worst,
      rpc_id: worst,
      method: worst,
      tool: worst,
      target: worst,
    };
    const line = encoderOf(from).decision(TS, {
      ...DECISION,
      ...fields,
      rule: worst,
      layer: worst,
      reason: worst,
      approval: worst,
      limits: worst,
      uncertain: Array.from({ length: 1000 }, () => worst),
      arguments: worst,
    });
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(AUDIT_RECORD_BYTES_MAX);
    const { uncertain } = JSON.parse(line) as { uncertain: string[] };
    expect(uncertain).toHaveLength(AUDIT_LIST_MAX + 1);
    expect(uncertain.at(-1)).toBe(`…(+${1000 - AUDIT_LIST_MAX} more)`);
  });
});

test('the digest is that of the bytes as they came', () => {
  expect(argumentsDigest(Buffer.from('{}'))).toBe(
    'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
  );
});
