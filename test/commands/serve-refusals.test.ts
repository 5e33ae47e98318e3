import { expect, test } from 'vitest';
import type { RefusalFields } from '../../src/audit/encode.js';
import { ServeRefusals } from '../../src/commands/serve-refusals.js';
import type { FrontRefusal } from '../../src/gateway/core/core.js';
import { REFUSAL_BURST_MAX } from '../../src/platform/bounds.js';
import { verifies } from '../requirements.js';

verifies('gateway:refusals:bounded');

const REFUSAL: FrontRefusal = {
  reason: 'not-json',
  detail: 'no JSON',
  size: 3,
  principal: { agent: 'ada', key: 'dev:ada', scopes: [], claims: {} },
  method: undefined,
  rpcId: null,
  requestId: 'r',
};

function opened() {
  let nowMs = 0;
  const records: { detail: string; http_request_id?: string | undefined }[] = [];
  const notes: string[] = [];
  const events: unknown[] = [];
  const refusals = new ServeRefusals({
    trail: {
      refusal: (fields: RefusalFields) => void records.push(fields),
      event: ({ detail }) => void events.push(detail),
      commitSoon: () => undefined,
    },
    note: (text) => void notes.push(text),
    monotonicMs: () => nowMs,
  });
  const refuse = (times: number, requestId: string): void => {
    for (let time = 0; time < times; time++) refusals.refused({ ...REFUSAL, requestId });
  };
  return { refusals, records, notes, events, refuse, pass: (ms: number) => void (nowMs += ms) };
}

test('a refusal is recorded with its agent and logged with the id of its request', () => {
  const { records, notes, refuse } = opened();
  refuse(1, 'r-1');
  expect(records).toMatchObject([
    { reason: 'not-json', detail: 'no JSON (agent ada)', http_request_id: 'r-1' },
  ]);
  expect(notes).toEqual(['refused a message (not-json: no JSON), request r-1']);
});

test('refusals without end fill neither log nor records, and all of them are counted', () => {
  const { refusals, records, notes, refuse, pass } = opened();
  refuse(REFUSAL_BURST_MAX + 1000, 'flood');
  refusals.settle();
  expect([records.length, notes.length]).toEqual([REFUSAL_BURST_MAX, REFUSAL_BURST_MAX]);
  pass(1000);
  refuse(1, 'next');
  expect(records.at(-1)).toMatchObject({
    detail: 'no JSON (agent ada); 1000 more refused before it',
    http_request_id: 'next',
  });
  expect(notes.at(-1)).toBe(
    'refused a message (not-json: no JSON; 1000 more refused before it), request next',
  );
});

test.each([false, true])('what was only counted is told without another refusal (at the end: %s)', (last) => {
  const { refusals, records, refuse, pass } = opened();
  refuse(REFUSAL_BURST_MAX + 3, 'flood');
  if (!last) pass(1000);
  refusals.settle(last);
  refusals.settle(last);
  expect(records).toHaveLength(REFUSAL_BURST_MAX + 1);
  expect(records.at(-1)?.detail).toBe('no JSON (agent ada); 2 more refused before it');
});

test('names that collide are told at a bounded rate too, and printable', () => {
  const { refusals, events, notes, pass } = opened();
  refusals.collided('the name "\u001B[31mx"', 'one', 'two');
  expect(events).toEqual([{ what: expect.not.stringContaining('\u001B'), kept: 'one', left_out: 'two' }]);
  expect(notes[0]).toMatch(/of "two" is left out: "one" has it already$/);
  for (let at = 0; at < REFUSAL_BURST_MAX + 10; at++) refusals.collided(`the name "${at}"`, 'one', 'two');
  expect([events.length, notes.length]).toEqual([REFUSAL_BURST_MAX, REFUSAL_BURST_MAX]);
  pass(1000);
  refusals.collided('the name "last"', 'one', 'two');
  expect(events.at(-1)).toMatchObject({ what: 'the name "last"', untold: 11 });
});

test('what the door turned away says how many it did not tell of', () => {
  const { refusals, records } = opened();
  const door = { requestId: 'r', status: 401, reason: 'identity', detail: 'no token', remote: '' };
  refusals.turnedAway({ ...door, untold: 0 });
  refusals.turnedAway({ ...door, untold: 7 });
  expect(records.map(({ detail }) => detail)).toEqual(['no token', 'no token; 7 more refused before it']);
});
