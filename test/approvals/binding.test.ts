import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AskedCall } from '../../src/approvals/asked-call.js';
import { bindingDigest, type BoundCall } from '../../src/approvals/binding.js';
import type { JsonObject } from '../../src/platform/json.js';
import { layer, ask } from '../policy/support.js';
import { governed } from '../pipeline/support.js';
import { composePipeline } from '../../src/pipeline/compose.js';
import type { GovernedCall } from '../../src/pipeline/ruling.js';
import { compiled } from '../policy/support.js';
import { trailInMemory } from '../pipeline/support.js';
import { asking } from '../support/asking.js';
import { createMemoryChannel } from '../support/memory-channel.js';
import { jsonObject, spaced, spaces } from '../jsonrpc/json-text.js';
import { verifies } from '../requirements.js';
import { counting } from '../support/counting.js';

const BOUND: BoundCall = {
  agent: 'a',
  server: 's',
  method: 'tools/call',
  tool: 't',
  target: null,
  definition: 'sha256:d',
  policy: 'sha256:p',
  params: '{}',
};

test('the digest is another one with each single part of the call', () => {
  verifies('approval:binding:digest');
  const digests = [
    BOUND,
    ...Object.keys(BOUND).flatMap((part) => [
      { ...BOUND, [part]: 'another' },
      ...(BOUND[part as keyof BoundCall] === null ? [] : [{ ...BOUND, [part]: '' }]),
    ]),
    { ...BOUND, agent: null },
    { ...BOUND, tool: null, target: 't' },
  ].map((bound) => bindingDigest(bound));
  expect(new Set(digests).size).toBe(digests.length);
  for (const digest of digests) expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(bindingDigest({ ...BOUND })).toBe(digests[0]);
});

/** The digest for which a person is asked about a call with this text as its params. */
function asked(paramText: string, changes: Partial<GovernedCall> = {}, policy = 'p1'): string {
  return askedCall(paramText, changes, policy).digest;
}

function askedCall(paramText: string, changes: Partial<GovernedCall>, policy: string): AskedCall {
  const { gate } = asking([createMemoryChannel()]);
  const rules = compiled([layer([ask({})], { policy: { unlisted_tools: 'allow' } })]);
  const ruling = composePipeline({
    policyInForce: () => rules,
    trail: trailInMemory(),
    approvals: { ...gate, policyDigest: () => policy },
    limits: counting().gate,
    killSwitch: () => undefined,
  }).rule({
    ...governed(),
    params: JSON.parse(paramText) as JsonObject,
    paramBytes: () => Buffer.from(paramText),
    ...changes,
  });
  if (ruling.kind !== 'hold') throw new Error(ruling.kind);
  return ruling.asked;
}

describe('what a client sends', () => {
  const SAME = '{"name":"read_file","arguments":{"a":"é","b":[1,{"c":null}]}}';

  test.each([
    ['white space', '{ "name" : "read_file" ,\t"arguments":{"a":"é","b":[ 1 , {"c":null}]} }'],
    ['the order of members', '{"arguments":{"b":[1,{"c":null}],"a":"é"},"name":"read_file"}'],
    ['escapes', String.raw`{"name":"read_file","arguments":{"a":"\u00e9","b":[1,{"c":null}]}}`],
    [
      'ids of one attempt',
      '{"_meta":{"progressToken":7},"name":"read_file","arguments":{"a":"é","b":[1,{"c":null}]}}',
    ],
  ])('is the same call whatever its %s', (_, text) => {
    expect(asked(text)).toBe(asked(SAME));
  });

  test.each([
    ['1', '1.0'],
    ['1', '1e0'],
    ['0', '-0'],
    ['9007199254740992', '9007199254740993'],
    ['12345678901234567890', '12345678901234567891'],
    ['0.1', '0.10000000000000001'],
    ['1e400', '1e401'],
    ['"a"', '"a "'],
    ['"é"', String.raw`"e\u0301"`],
    ['[1,2]', '[2,1]'],
    ['{}', '[]'],
    ['null', '""'],
  ])('is another call with %s than with %s, in the arguments and beside them', (left, right) => {
    verifies('approval:binding:exact');
    expect(asked(inside(left))).not.toBe(asked(inside(right)));
    expect(asked(beside(left))).not.toBe(asked(beside(right)));
  });

  test('is another call with another name, also where nobody defined the method', () => {
    const subject = { ...governed().subject, method: 'vendor/run', tool: undefined };
    const named = (name: string): string => asked(`{"name":"${name}","arguments":{}}`, { subject });
    expect(named('a')).not.toBe(named('b'));
  });

  test('is another call under another policy or with another definition of the tool', () => {
    expect(asked(SAME, {}, 'p2')).not.toBe(asked(SAME));
    const tools = { definition: () => 'sha256:changed' };
    expect(asked(SAME, { tools })).not.toBe(asked(SAME));
  });

  test('is never what a server asks', () => {
    expect(asked(SAME, { paramBytes: () => undefined })).not.toBe(asked(SAME));
  });

  test('is the same with any white space, and another one with any other arguments', () => {
    fc.assert(
      fc.property(jsonObject, jsonObject, spaces, (left, right, blanks) => {
        expect(asked(spaced({ arguments: left }, blanks))).toBe(asked(withArguments(left)));
        const isSame = canonical(left) === canonical(right);
        expect(asked(withArguments(left)) === asked(withArguments(right))).toBe(isSame);
      }),
      { numRuns: 300 },
    );
  });
});

test('the size is that of everything that is shown, so that nothing large passes as small', () => {
  const text = `{"arguments":{},"x":"${'x'.repeat(1000)}"}`;
  const params = JSON.parse(text) as JsonObject;
  const argumentBytes = Buffer.from('{}');
  const vendor = { ...governed().subject, method: 'vendor/run', tool: undefined, input: params };
  expect(askedCall(text, { params, argumentBytes, subject: vendor }, 'p').argSize).toBe(text.length);
  expect(askedCall(text, { params, argumentBytes }, 'p').argSize).toBe(2);
});

/** Members in one order, written apart from the source. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))
      : one,
  );
}

function inside(value: string): string {
  return `{"name":"read_file","arguments":{"x":${value}}}`;
}

function beside(value: string): string {
  return `{"name":"read_file","arguments":{},"x":${value}}`;
}

function withArguments(value: JsonObject): string {
  return JSON.stringify({ arguments: value });
}
