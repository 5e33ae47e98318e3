import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  newLife,
  nextTimeMs,
  step,
  type ApprovalLife,
  type LifeEffect,
  type LifeEvent,
  type LifeTerms,
} from '../../src/approvals/life.js';
import { verifies } from '../requirements.js';

const TERMS: LifeTerms = { timeoutMs: 100, escalationMs: 40, onTimeout: 'deny', retryWindowMs: 50 };

/** An event at a time, as `kind@ms`; the decision stands in place of `answered`. */
function eventOf(text: string): { event: LifeEvent; nowMs: number } {
  const [kind = '', at = ''] = text.split('@');
  const event: LifeEvent =
    kind === 'approved' || kind === 'denied'
      ? { kind: 'answered', decision: kind }
      : { kind: kind as 'used' | 'unreachable' | 'time' | 'withdrawn' | 'caller-paused' | 'caller-returned' };
  return { event, nowMs: Number(at) };
}

function shown(life: ApprovalLife): string {
  if (life.phase === 'pending') return life.waiting ? 'waits' : 'paused';
  const kept = life.keptUntilMs === null ? 'gone' : `kept until ${life.keptUntilMs}`;
  return `${life.state}${life.passes ? ' passes' : ''} ${kept}`;
}

/** What a request opened at 0 becomes after these events, and every effect on the way. */
function lived(events: string, terms: LifeTerms = TERMS): { end: string; effects: string } {
  let life = newLife(terms, 0);
  const effects: LifeEffect[] = [];
  for (const text of events.split(' ')) {
    const { event, nowMs } = eventOf(text);
    const next = step(life, event, terms, nowMs);
    life = next.life;
    effects.push(...next.effects);
  }
  return { end: shown(life), effects: effects.join(' ') };
}

describe('one after the other', () => {
  test.each([
    // An answer, in time and too late.
    ['approved@1', 'approved passes kept until 51', 'close settle-caller'],
    ['denied@1', 'denied kept until 51', 'close settle-caller'],
    ['approved@99', 'approved passes kept until 149', 'close settle-caller'],
    ['approved@100', 'expired kept until 150', 'close settle-caller'],
    ['time@100 approved@100', 'expired kept until 150', 'close settle-caller'],
    // Nobody sees it: the delegates are asked before their time, once, and then it ends.
    ['unreachable@5', 'waits', 'escalate'],
    ['unreachable@5 time@50', 'waits', 'escalate'],
    ['unreachable@5 unreachable@6', 'expired kept until 56', 'escalate close settle-caller'],
    ['unreachable@5 approved@6', 'approved passes kept until 56', 'escalate close settle-caller'],
    ['approved@1 unreachable@2', 'approved passes kept until 51', 'close settle-caller'],
    // The first end counts.
    ['denied@1 approved@2', 'denied kept until 51', 'close settle-caller'],
    ['approved@1 denied@2', 'approved passes kept until 51', 'close settle-caller'],
    // An end is used once, and only for so long.
    ['approved@1 used@1', 'approved passes gone', 'close settle-caller forget'],
    ['approved@1 used@1 used@2', 'approved passes gone', 'close settle-caller forget'],
    ['approved@1 time@50', 'approved passes kept until 51', 'close settle-caller'],
    ['approved@1 time@51', 'approved passes gone', 'close settle-caller forget'],
    ['used@1', 'waits', ''],
    // A caller that is away is not told.
    ['caller-paused@1 approved@2', 'approved passes kept until 52', 'close'],
    ['caller-paused@1 caller-returned@2 approved@3', 'approved passes kept until 53', 'close settle-caller'],
    ['caller-paused@100', 'expired kept until 150', 'close'],
    ['caller-paused@1 caller-returned@100', 'expired kept until 150', 'close'],
    // Withdrawn is final.
    ['withdrawn@1', 'withdrawn gone', 'close forget'],
    ['withdrawn@1 approved@2 used@3 time@100', 'withdrawn gone', 'close forget'],
    ['approved@1 withdrawn@2', 'approved passes gone', 'close settle-caller forget'],
    ['withdrawn@100', 'expired gone', 'close forget'],
    // Delegates are asked once, while there is time.
    ['time@39', 'waits', ''],
    ['time@40', 'waits', 'escalate'],
    ['time@40 time@41 time@99', 'waits', 'escalate'],
    ['time@100 time@101', 'expired kept until 150', 'close settle-caller'],
    ['caller-paused@1 time@40', 'paused', 'escalate'],
  ])('%s: %s', (events, end, effects) => {
    expect(lived(events)).toEqual({ end, effects });
  });

  test('silence lets a call pass only where the terms say so', () => {
    const allow: LifeTerms = { ...TERMS, onTimeout: 'allow' };
    expect(lived('time@100', allow).end).toBe('expired passes kept until 150');
    expect(lived('denied@100', allow).end).toBe('expired passes kept until 150');
    expect(lived('withdrawn@100', allow).end).toBe('expired passes gone');
    expect(lived('withdrawn@99 time@100', allow).end).toBe('withdrawn gone');
  });

  test('without delegates nobody else is asked', () => {
    expect(lived('time@40 time@99', { ...TERMS, escalationMs: null }).effects).toBe('');
  });

  test('says when time changes it next', () => {
    const first = newLife(TERMS, 5);
    expect(nextTimeMs(first)).toBe(45);
    const escalated = step(first, { kind: 'time' }, TERMS, 45).life;
    expect(nextTimeMs(escalated)).toBe(105);
    const ended = step(escalated, { kind: 'time' }, TERMS, 105).life;
    expect(nextTimeMs(ended)).toBe(155);
    expect(nextTimeMs(step(ended, { kind: 'used' }, TERMS, 106).life)).toBeNull();
  });
});

/** What the issue promises of one request, told the plain way: no phases, only facts. */
function naive({ timeoutMs, escalationMs, onTimeout, retryWindowMs }: LifeTerms) {
  const told: LifeEffect[] = [];
  let end = '';
  let passes = false;
  let waiting = true;
  let usableUntilMs = 0;
  let escalated = escalationMs === null;
  const over = (state: string, lets: boolean, usableMs: number, leaves: boolean): void => {
    [end, passes, usableUntilMs] = [state, lets, usableMs];
    told.push('close');
    if (waiting && !leaves) told.push('settle-caller');
  };
  return {
    told,
    happens({ kind, ...rest }: LifeEvent, nowMs: number): void {
      const leaves = kind === 'withdrawn' || kind === 'caller-paused';
      if (end === '' && nowMs >= timeoutMs) {
        over('expired', onTimeout === 'allow', nowMs + retryWindowMs, leaves);
        if (kind !== 'withdrawn') return;
      }
      if (end === '' && kind === 'answered' && 'decision' in rest)
        over(rest.decision, rest.decision === 'approved', nowMs + retryWindowMs, false);
      else if (end === '' && kind === 'withdrawn') over('withdrawn', false, nowMs, true);
      else if (end === '' && kind === 'caller-paused') waiting = false;
      else if (end === '' && kind === 'caller-returned') waiting = true;
      else if (end === '' && kind === 'time' && !escalated && nowMs >= (escalationMs ?? 0)) {
        escalated = true;
        told.push('escalate');
      }
      if (end === '' || told.includes('forget')) return;
      if (kind === 'withdrawn' || kind === 'used' || nowMs >= usableUntilMs) told.push('forget');
    },
    facts: () => ({ end, passes, usable: end !== '' && !told.includes('forget') }),
  };
}

const events = fc.array(
  fc.tuple(
    fc.constantFrom(
      'approved',
      'denied',
      'caller-paused',
      'caller-returned',
      'withdrawn',
      'used',
      'time',
      'time',
    ),
    fc.constantFrom(0, 0, 1, 3, 10, 40, 60, 100),
  ),
  { maxLength: 14 },
);
const anyTerms: fc.Arbitrary<LifeTerms> = fc.record({
  timeoutMs: fc.constantFrom(1, 50, 100),
  escalationMs: fc.constantFrom(null, 0, 40, 99),
  onTimeout: fc.constantFrom('deny' as const, 'allow' as const),
  retryWindowMs: fc.constantFrom(1, 50),
});

test('whatever happens in which order, it ends as the plain model says, and its promises hold', () => {
  verifies('approval:life:once', 'approval:life:valid', 'approval:life:late', 'approval:life:escalates');
  const ends = new Set<string>();
  fc.assert(
    fc.property(anyTerms, events, (terms, sequence) => {
      let life = newLife(terms, 0);
      let nowMs = 0;
      const model = naive(terms);
      const effects: LifeEffect[] = [];
      let approvedInTime = false;
      let withdrawn = false;
      for (const [kind, afterMs] of sequence) {
        nowMs += afterMs;
        const { event } = eventOf(`${kind}@0`);
        const before = life;
        const next = step(life, event, terms, nowMs);
        life = next.life;
        effects.push(...next.effects);
        model.happens(event, nowMs);
        expect(factsOf(life)).toEqual(model.facts());
        expect(effects).toEqual(model.told);
        // The promises themselves, from what was seen.
        if (before.phase === 'pending' && kind === 'approved' && nowMs < terms.timeoutMs)
          approvedInTime = true;
        if (before.phase === 'pending' && kind === 'withdrawn' && nowMs < terms.timeoutMs) withdrawn = true;
        if (before.phase === 'ended') expect(stateOf(life)).toBe(stateOf(before));
        if (life.phase === 'ended' && life.passes) {
          expect(approvedInTime || (life.state === 'expired' && terms.onTimeout === 'allow')).toBe(true);
          expect(withdrawn).toBe(false);
        }
      }
      for (const once of ['close', 'escalate', 'settle-caller', 'forget'] as const) {
        expect(effects.filter((effect) => effect === once).length).toBeLessThan(2);
      }
      if (life.phase === 'ended') ends.add(life.state);
    }),
    { numRuns: 10_000 },
  );
  expect([...ends].sort()).toEqual(['approved', 'denied', 'expired', 'withdrawn']);
});

function stateOf(life: ApprovalLife): string {
  return life.phase === 'pending' ? 'pending' : `${life.state} ${life.passes}`;
}

function factsOf(life: ApprovalLife): object {
  if (life.phase === 'pending') return { end: '', passes: false, usable: false };
  return { end: life.state, passes: life.passes, usable: life.keptUntilMs !== null };
}
