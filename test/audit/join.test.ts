import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createBackwardJoiner, createJoiner, type Row } from '../../src/audit/join.js';
import { encoderOf, decisionFields, seen, seenDecision, seenOutcome, TS } from './lines.js';
import { verifies } from '../requirements.js';

verifies('tail:joined');

/** A row in short: its kind and its call. */
function gist(row: Row): string {
  if (row.kind === 'other') return row.record.record.type;
  const { request_id: id } = row.kind === 'outcome' ? row.outcome.record : row.decision.record;
  return `${row.kind} ${id}`;
}

describe('as they come', () => {
  test('an outcome within the hold makes one row; after it the decision is pending and the outcome late', () => {
    const joiner = createJoiner({ openMax: 10, holdMs: 1000 });
    expect(joiner.push(seenDecision('1'), 0)).toEqual([]);
    expect(joiner.push(seenDecision('2'), 500)).toEqual([]);
    expect(joiner.push(seenOutcome('2'), 600).map(gist)).toEqual(['call 2']);
    expect(joiner.expire(999)).toEqual([]);
    expect(joiner.expire(1000).map(gist)).toEqual(['pending 1']);
    expect(joiner.expire(5000)).toEqual([]);
    expect(joiner.push(seenOutcome('1'), 6000).map(gist)).toEqual(['late 1']);
    expect(joiner.push(seenOutcome('1'), 6000).map(gist)).toEqual(['outcome 1']);
  });

  test('without a hold every decision is shown at once', () => {
    const joiner = createJoiner({ openMax: 10, holdMs: 0 });
    expect(joiner.push(seenDecision('1'), 5).map(gist)).toEqual(['pending 1']);
    expect(joiner.push(seenOutcome('1'), 5).map(gist)).toEqual(['late 1']);
  });

  test('equal request ids of two writers are two calls', () => {
    const joiner = createJoiner({ openMax: 10, holdMs: 1000 });
    joiner.push(seen(encoderOf('other').decision(TS, decisionFields('1'))), 0);
    expect(joiner.push(seenOutcome('1'), 0).map(gist)).toEqual(['outcome 1']);
  });

  test('beyond its bound the oldest call is shown and forgotten', () => {
    const joiner = createJoiner({ openMax: 2, holdMs: 1000 });
    joiner.adopt(seenDecision('0'));
    expect(joiner.push(seenDecision('1'), 0)).toEqual([]);
    expect(joiner.push(seenDecision('2'), 0)).toEqual([]);
    expect(joiner.push(seenDecision('3'), 0).map(gist)).toEqual(['pending 1']);
    expect(joiner.push(seenOutcome('1'), 0).map(gist)).toEqual(['outcome 1']);
    expect(joiner.flush().map(gist)).toEqual(['pending 2', 'pending 3']);
  });

  test('whatever the order, each record is in exactly one row of its kind', () => {
    const steps = fc.array(fc.record({ call: fc.nat(5), outcome: fc.boolean(), afterMs: fc.nat(700) }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 4 }), (list, openMax) => {
        const joiner = createJoiner({ openMax, holdMs: 1000 });
        let nowMs = 0;
        const rows: Row[] = [];
        const given = list.map(({ call, outcome, afterMs }, index) => {
          nowMs += afterMs;
          // A request id is used for one call; here an outcome takes the latest decision of its number.
          const id = outcome
            ? list.findLastIndex((step, at) => at < index && !step.outcome && step.call === call)
            : index;
          const one = outcome ? seenOutcome(String(id)) : seenDecision(String(id));
          rows.push(...joiner.push(one, nowMs), ...joiner.expire(nowMs));
          return one;
        });
        rows.push(...joiner.flush());
        const shown = rows.flatMap((row) => {
          if (row.kind === 'call') return [row.decision, row.outcome];
          if (row.kind === 'pending') return [row.decision];
          return row.kind === 'late' || row.kind === 'outcome' ? [row.outcome] : [];
        });
        expect(new Set(shown)).toEqual(new Set(given));
        expect(shown).toHaveLength(given.length);
      }),
    );
  });
});

test('backwards: outcomes wait for their decisions; what stays is answered by nothing or by something older', () => {
  const joiner = createBackwardJoiner(10);
  expect(joiner.push(seenOutcome('2'))).toBeUndefined();
  expect(joiner.push(seenOutcome('0'))).toBeUndefined();
  const rows = [joiner.push(seenDecision('3')), joiner.push(seenDecision('2'))];
  expect(rows.map((row) => row && gist(row))).toEqual(['unanswered 3', 'call 2']);
  expect(joiner.rest().map(gist)).toEqual(['outcome 0']);
});

describe('a call that was held and decided again', () => {
  const pending = { decision: 'require_approval', approval: { id: 'apr_1', state: 'pending' } } as const;
  const approved = { approval: { id: 'apr_1', state: 'approved' } } as const;

  test('as it comes: it waits, and its last decision gets the outcome', () => {
    const joiner = createJoiner({ openMax: 10, holdMs: 1000 });
    joiner.push(seenDecision('1', pending), 0);
    expect(joiner.expire(1000).map(gist)).toEqual(['pending 1']);
    expect(joiner.push(seenDecision('1', approved), 5000)).toEqual([]);
    const [row] = joiner.push(seenOutcome('1'), 5001);
    expect(row?.kind === 'call' && row.decision.record.approval).toEqual(approved.approval);
    expect(joiner.flush()).toEqual([]);
  });

  test('backwards: one row says it all, and one that still waits is shown', () => {
    const joiner = createBackwardJoiner(10);
    joiner.push(seenOutcome('1'));
    const rows = [
      joiner.push(seenDecision('2', pending)),
      joiner.push(seenDecision('1', approved)),
      joiner.push(seenDecision('1', pending)),
    ];
    expect(rows.map((row) => row && gist(row))).toEqual(['unanswered 2', 'call 1', undefined]);
    expect(joiner.rest()).toEqual([]);
  });
});
