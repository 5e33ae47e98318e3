import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { composePipeline } from '../../src/pipeline/compose.js';
import { afterDenial, type DeniedRun, LoopBreaker, loopRetryMs } from '../../src/pipeline/loop-breaker.js';
import { loopLayer } from '../../src/pipeline/loop-layer.js';
import type { GovernedCall, Ruling } from '../../src/pipeline/ruling.js';
import { ask, compiled, deny, layer } from '../policy/support.js';
import { verifies } from '../requirements.js';
import { asking } from '../support/asking.js';
import { counting } from '../support/counting.js';
import { createMemoryChannel } from '../support/memory-channel.js';
import { decisionWith, governed, trailInMemory } from './support.js';

verifies('loop:growing', 'loop:reset');

test.each([
  [1, null],
  [2, null],
  [3, 5000],
  [4, 10_000],
  [5, 20_000],
  [8, 160_000],
  [9, 300_000],
  [10, 300_000],
  [5000, 300_000],
])('after %i denials in a row the wait is %s', (count, expected) => {
  expect(loopRetryMs(count)).toBe(expected);
});

const words = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 40 });

test('a run is as long as the end of the sequence that is one call', () => {
  fc.assert(
    fc.property(words, (keys) => {
      let run: DeniedRun | undefined;
      for (const [index, key] of keys.entries()) {
        run = afterDenial(run, key);
        const before = keys.slice(0, index + 1);
        const other = before.findLastIndex((one) => one !== key);
        expect(run).toEqual({ key, count: index - other });
      }
    }),
  );
});

test('sessions are apart, a reset begins anew, and only so many sessions are remembered', () => {
  const breaker = new LoopBreaker();
  expect(breaker.isIdle).toBe(true);
  expect([breaker.denied('s', 'a'), breaker.denied('t', 'a'), breaker.denied('s', 'a')]).toEqual([1, 1, 2]);
  breaker.reset('s');
  expect([breaker.denied('s', 'a'), breaker.denied('t', 'a')]).toEqual([1, 2]);
  for (let count = 0; count < 1000; count += 1) breaker.denied(`u${count}`, 'a');
  expect([breaker.denied('s', 'a'), breaker.denied('u999', 'a')]).toEqual([1, 2]);
});

/** The pipeline, and the wait that it tells for a call; `passes` for what is not denied. */
function pipeline() {
  const policy = compiled([
    layer([
      deny({ tool: 'no_*' }),
      ask({ tool: 'ask_*' }),
      { name: 'few', match: { tool: 'few' }, action: 'deny' },
    ]),
  ]);
  let attempts = 0;
  const composed = composePipeline({
    killSwitch: () => undefined,
    policyInForce: () => policy,
    trail: trailInMemory(),
    approvals: asking([createMemoryChannel()]).gate,
    limits: counting().gate,
  });
  return (tool: string, argumentText = '{}', changes: Partial<GovernedCall> = {}): number | null | string => {
    const params = `{"name":"${tool}","arguments":${argumentText},"_meta":{"progressToken":${(attempts += 1)}}}`;
    const call = { ...governed({ tool }, argumentText), paramBytes: () => Buffer.from(params), ...changes };
    return waitOf(composed.rule(call));
  };
}

function waitOf(ruling: Ruling): number | null | string {
  if (ruling.kind !== 'deny') return ruling.kind;
  return ruling.denial.retryAfterMs ?? null;
}

describe('the same denied call in a row', () => {
  test('is told to wait longer and longer, however it is written', () => {
    const told = pipeline();
    expect([
      told('no_x', '{"a":1,"b":2}'),
      told('no_x', '{"b":2, "a":1}'),
      told('no_x', '{"a":1,"b":2}'),
    ]).toEqual([null, null, 5000]);
    expect([told('no_x', '{"a":1,"b":2}'), told('no_x', '{"a":1,"b":2}')]).toEqual([10_000, 20_000]);
  });

  test.each<[string, string, string]>([
    ['an allowed call', 'read', '{}'],
    ['a held call', 'ask_x', '{}'],
    ['another denied call', 'no_y', '{}'],
    ['the same tool with other arguments', 'no_x', '{"a":2}'],
  ])('begins anew after %s', (_what, tool, text) => {
    const told = pipeline();
    const repeat = (): unknown[] => [told('no_x'), told('no_x'), told('no_x')];
    expect(repeat()).toEqual([null, null, 5000]);
    told(tool, text);
    expect(repeat()).toEqual([null, null, 5000]);
  });

  test('of a server is no part of what the client repeats', () => {
    const told = pipeline();
    told('no_x');
    told('no_x');
    told('no_x', '{"a":2}', { direction: 'server-to-client' });
    expect(told('no_x')).toBe(5000);
  });
});

function layerOf(rulings: readonly Ruling[]): (call?: GovernedCall) => Ruling {
  let count = 0;
  const looped = loopLayer({
    stage: 'kill-switch',
    rule() {
      count += 1;
      const ruling = rulings[(count - 1) % rulings.length];
      if (ruling === undefined) throw new Error('there is no ruling');
      return ruling;
    },
  });
  return (call = governed()) => looped.rule(call);
}

function denied(
  reason: 'rate_limited' | 'approval_timeout' | 'policy_denied',
  retryAfterMs?: number,
): Ruling {
  const denial = {
    reason,
    message: 'No.',
    suggestion: 'Ask.',
    rule: 'r',
    action: 'deny',
    retryAllowed: false,
    requestId: 'w-1',
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
  return { kind: 'deny', decision: decisionWith(), reason, denial };
}

function thirdOf(...rulings: readonly Ruling[]): Ruling {
  const rule = layerOf(rulings);
  rule();
  rule();
  return rule();
}

test('the text tells the model to stop, and nothing else of the ruling changes', () => {
  const given = denied('policy_denied');
  const ruling = thirdOf(given);
  if (ruling.kind !== 'deny' || given.kind !== 'deny') throw new Error(ruling.kind);
  expect(ruling.denial.suggestion).toBe(
    'Ask. This same call was denied 3 times in a row for the same reason. Stop repeating it: ' +
      'do something else or ask the user, and do not make it again within 5 s.',
  );
  const told = { ...given.denial, suggestion: ruling.denial.suggestion, retryAfterMs: 5000 };
  expect(ruling).toEqual({ ...given, denial: told });
});

test('a longer wait of a limit stands', () => {
  expect(waitOf(thirdOf(denied('rate_limited', 60_000)))).toBe(60_000);
  expect(waitOf(thirdOf(denied('rate_limited', 100)))).toBe(5000);
});

test('another reason is another run', () => {
  expect(waitOf(thirdOf(denied('policy_denied'), denied('rate_limited')))).toBe(null);
});

test('a call that waits for a person may be repeated', () => {
  expect(waitOf(thirdOf(denied('approval_timeout')))).toBe(null);
});
