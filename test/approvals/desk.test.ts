import { describe, expect, test } from 'vitest';
import { createRememberedAnswers } from '../../src/approvals/remember/remembered-answers.js';
import { APPROVALS_PENDING_MAX } from '../../src/platform/bounds.js';
import { ports } from '../policy/support.js';
import { approvalAnswer } from '../support/approval-requests.js';
import { verifies } from '../requirements.js';
import { asked, deskRig, RETRY_MS, TIMEOUT_MS, told } from './desk-rig.js';

describe('a race', () => {
  test('the first valid answer wins, and who is late is told who won', () => {
    verifies('approval:race:first');
    const { channels, hold, answer, settled } = deskRig();
    const [one, two, boss] = channels;
    const request = hold(asked('a'));
    expect([one.shown.size, two.shown.size, boss.shown.size]).toEqual([1, 1, 0]);
    // A channel whose ticket was closed a moment ago can still have an answer under way.
    const receipts = [answer(two, request, 'approved')];
    expect(receipts).toEqual([{ kind: 'accepted' }]);
    expect(settled).toEqual(['passes: approved by at two']);
    expect([one.shown.size, two.shown.size]).toEqual([0, 0]);
    for (const channel of [one, two]) {
      expect(channel.ends.get(request.id)).toMatchObject({
        state: 'approved',
        approver: 'at two',
        channel: 'two',
      });
    }
    expect(answer(one, request, 'denied')).toBeUndefined();
    expect(settled).toHaveLength(1);
  });

  test('a late answer is told the end that counts', () => {
    const late: unknown[] = [];
    const { desk, time, settled } = deskRig({
      channels: [
        {
          name: 'one',
          kind: 'terminal',
          // A channel that has two answers under way when its ticket is closed.
          open: (request, events) => ({
            update: () => undefined,
            close: () => late.push(events.answer(approvalAnswer(request, 'approved', { approver: 'slow' }))),
          }),
          close: () => undefined,
        },
      ],
    });
    const call = asked('a');
    const consulted = desk.consult(call, undefined);
    if (consulted.kind !== 'ask') throw new Error(consulted.kind);
    desk.hold(call, consulted.id, { settled: (id) => void settled.push(told(desk.consult(call, id))) });
    time.pass(TIMEOUT_MS);
    expect(late).toEqual([
      { kind: 'late', end: expect.objectContaining({ state: 'expired', approver: null }) },
    ]);
    expect(settled).toEqual(['stopped: expired by null']);
  });

  test('an answer counts at one moment, however long it takes to check', () => {
    let ticks = 0;
    const { desk, settled, channels, hold, answer, time } = deskRig({
      clock: { timestamp: () => '', wallMs: () => 0, monotonicMs: () => (ticks === 0 ? 0 : (ticks += 1)) },
    });
    const request = hold(asked('a', { timeoutMs: 3 }));
    ticks = 1;
    // The clock moves at each look: 2 at the first one, and far past 3 at the last.
    const receipt = answer(channels[0], request, 'approved');
    expect(receipt).toEqual({ kind: 'accepted' });
    expect(settled).toEqual(['passes: approved by at one']);
    expect(desk.find(request.id)).toBeUndefined();
    time.pass(1);
  });

  test('a refused answer leaves the request open, and is journaled with the reason', () => {
    const { channels, hold, answer, settled, journal } = deskRig();
    const request = hold(asked('a'));
    const wrong = answer(channels[0], request, 'approved', { digest: 'sha256:other' });
    expect(wrong).toMatchObject({ kind: 'refused' });
    expect(settled).toEqual([]);
    expect(journal).toMatchObject([
      { event: 'approval-answer-refused', detail: { channel: 'one', approver: 'at one', state: 'pending' } },
    ]);
    expect(answer(channels[1], request, 'approved')).toEqual({ kind: 'accepted' });
    expect(settled).toEqual(['passes: approved by at two']);
  });
});

describe('an end', () => {
  test('is used once', () => {
    verifies('approval:desk:single-use');
    const { desk, hold, answer, channels, settled } = deskRig();
    const call = asked('a');
    const request = hold(call);
    answer(channels[0], request, 'approved');
    expect(settled).toEqual(['passes: approved by at one']);
    expect(told(desk.consult(call, request.id))).toBe('ask');
    expect(told(desk.consult(call, undefined))).toBe('ask');
  });

  test('does not depend on the time for which ends are kept when its own call waits', () => {
    const { hold, answer, channels, settled } = deskRig({ retryWindowMs: 0 });
    answer(channels[0], hold(asked('a')), 'approved');
    expect(settled).toEqual(['passes: approved by at one']);
  });

  test('of a call that changed while it waited counts for nothing, and the journal says so', () => {
    verifies('approval:desk:stale');
    const { desk, channels, answer, events } = deskRig();
    const call = asked('a');
    const consulted = desk.consult(call, undefined);
    if (consulted.kind !== 'ask') throw new Error(consulted.kind);
    const again: string[] = [];
    const request = desk.hold(call, consulted.id, {
      // A reload of the policy and drift of the tool both show as another digest.
      settled: (id) => void again.push(told(desk.consult(asked('after the reload'), id))),
    });
    answer(channels[0], request, 'approved');
    expect(again).toEqual(['ask']);
    expect(events()).toEqual(['approval-stale approved']);
    expect(told(desk.consult(call, request.id))).toBe('ask');
  });

  test('by silence stops a call, or lets it pass where the rule says so', () => {
    const { hold, settled, time } = deskRig();
    hold(asked('a'));
    hold(asked('b', { onTimeout: 'allow' }));
    time.pass(TIMEOUT_MS - 1);
    expect(settled).toEqual([]);
    time.pass(1);
    expect(settled).toEqual(['stopped: expired by null', 'passes: expired by null']);
  });

  test('comes by the clock that does not jump', () => {
    const { hold, settled, time, answer, channels } = deskRig();
    const request = hold(asked('a'));
    time.jump(10 * TIMEOUT_MS);
    time.pass(1000);
    expect(settled).toEqual([]);
    time.jump(-20 * TIMEOUT_MS);
    time.pass(1000);
    expect(answer(channels[0], request, 'approved')).toEqual({ kind: 'accepted' });
    const late = hold(asked('b'));
    time.jump(-TIMEOUT_MS);
    time.pass(TIMEOUT_MS);
    expect(settled).toEqual(['passes: approved by at one', 'stopped: expired by null']);
    expect(answer(channels[0], late, 'approved')).toBeUndefined();
  });
});

describe('a caller that is away', () => {
  test('leaves its request open: the identical call joins it, and no other', () => {
    verifies('approval:desk:retry');
    const { desk, hold, settled, answer, channels } = deskRig();
    const first = hold(asked('a'));
    desk.pause(first.id);
    expect(hold(asked('b')).id).not.toBe(first.id);
    expect(channels[0].shown.size).toBe(2);
    expect(hold(asked('a')).id).toBe(first.id);
    expect(channels[0].shown.size).toBe(2);
    answer(channels[0], first, 'approved');
    expect(settled).toEqual(['passes: approved by at one']);
  });

  test('finds the answer for as long as ends are kept', () => {
    const { desk, hold, answer, channels, time, events } = deskRig();
    for (const [what, afterMs, found] of [
      ['a', RETRY_MS - 1, 'passes: approved by at one'],
      ['b', RETRY_MS, 'ask'],
    ] as const) {
      const request = hold(asked(what));
      desk.pause(request.id);
      answer(channels[0], request, 'approved');
      expect(told(desk.consult(asked('other'), undefined))).toBe('ask');
      time.pass(afterMs);
      expect(told(desk.consult(asked(what), undefined))).toBe(found);
      expect(told(desk.consult(asked(what), undefined)), 'a second time').toBe('ask');
    }
    // Nobody waited, so no decision record tells of these ends.
    expect(events()).toEqual(['approval-ended approved', 'approval-ended approved']);
    expect(time.planned()).toBe(0);
  });

  test('hears a denial too, once', () => {
    const { desk, hold, answer, channels } = deskRig();
    const request = hold(asked('a'));
    desk.pause(request.id);
    answer(channels[0], request, 'denied');
    expect(told(desk.consult(asked('a'), undefined))).toBe('stopped: denied by at one');
    expect(told(desk.consult(asked('a'), undefined))).toBe('ask');
  });

  test('is joined by one of two identical calls that come at once; the other is asked about by itself', () => {
    const { desk, hold, settled, answer, channels } = deskRig();
    const first = hold(asked('a'));
    desk.pause(first.id);
    const [left, right] = [desk.consult(asked('a'), undefined), desk.consult(asked('a'), undefined)];
    if (left.kind !== 'ask' || right.kind !== 'ask') throw new Error('nobody is asked');
    expect(left.id).toBe(first.id);
    expect(right.id).not.toBe(first.id);
    const caller = { settled: (id: string) => void settled.push(told(desk.consult(asked('a'), id))) };
    const second = desk.hold(asked('a'), right.id, caller);
    expect(second.id).toBe(right.id);
    expect(desk.hold(asked('a'), left.id, caller).id).toBe(left.id);
    answer(channels[0], first, 'approved');
    expect(settled).toEqual(['passes: approved by at one']);
    answer(channels[0], second, 'denied');
    expect(settled).toEqual(['passes: approved by at one', 'stopped: denied by at one']);
  });

  test('that comes back at the deadline hears that it is over, as soon as it waits', () => {
    const { desk, hold, settled, time } = deskRig();
    const request = hold(asked('a'));
    desk.pause(request.id);
    const consulted = desk.consult(asked('a'), undefined);
    if (consulted.kind !== 'ask') throw new Error('nobody is asked');
    // Writing the log took so long that the deadline passed.
    time.lag(TIMEOUT_MS);
    desk.hold(asked('a'), consulted.id, {
      settled: (id) => void settled.push(told(desk.consult(asked('a'), id))),
    });
    expect(settled).toEqual([]);
    time.pass(0);
    expect(settled).toEqual(['stopped: expired by null']);
  });

  test('that comes back after the deadline finds the end, though no timer had run', () => {
    const { desk, hold, time } = deskRig();
    desk.pause(hold(asked('a')).id);
    time.lag(TIMEOUT_MS);
    expect(told(desk.consult(asked('a'), undefined))).toBe('stopped: expired by null');
  });

  test('gives its place to a later identical one', () => {
    const { desk, hold, channels, events } = deskRig();
    const first = hold(asked('a'));
    const second = hold(asked('a'));
    expect(second.id).not.toBe(first.id);
    desk.pause(first.id);
    desk.pause(second.id);
    expect([...channels[0].shown.keys()]).toEqual([second.id]);
    expect(channels[0].ends.get(first.id)?.state).toBe('withdrawn');
    expect(events()).toEqual(['approval-ended withdrawn']);
  });
});

describe('a withdrawn request', () => {
  test('is closed everywhere, releases nothing, and is journaled', () => {
    verifies('approval:desk:withdrawn');
    const { desk, hold, answer, channels, settled, journal, time } = deskRig();
    const request = hold(asked('a'));
    desk.withdraw(request.id, 'the client cancelled the call');
    expect(answer(channels[0], request, 'approved')).toBeUndefined();
    for (const channel of channels.slice(0, 2)) {
      const end = channel.ends.get(request.id);
      expect(end).toMatchObject({
        state: 'withdrawn',
        approver: null,
        reason: 'the client cancelled the call',
      });
    }
    time.pass(10 * TIMEOUT_MS);
    expect(settled).toEqual([]);
    expect(told(desk.consult(asked('a'), request.id))).toBe('ask');
    expect(journal).toMatchObject([
      { event: 'approval-ended', detail: { state: 'withdrawn', id: request.id } },
    ]);
  });

  test('closing the desk withdraws all of them and leaves nothing planned', () => {
    const { desk, hold, channels, time, settled } = deskRig();
    const requests = ['a', 'b', 'c'].map((what) => hold(asked(what)));
    desk.pause(requests[1]?.id ?? '');
    desk.close('guard is ending');
    expect(requests.map(({ id }) => channels[0].ends.get(id)?.state)).toEqual(Array(3).fill('withdrawn'));
    expect(requests.map(({ id }) => desk.find(id))).toEqual([undefined, undefined, undefined]);
    expect(time.planned()).toBe(0);
    expect(settled).toEqual([]);
  });
});

describe('who is asked', () => {
  test('delegates are asked after their time, once, and may answer from then on', () => {
    verifies('approval:desk:escalation');
    const { hold, answer, channels, settled, time, events } = deskRig();
    const [one, , boss] = channels;
    const request = hold(asked('a', { escalationMs: 1000, delegates: ['boss', 'one', 'nobody'] }));
    time.pass(999);
    expect(boss.shown.size).toBe(0);
    time.pass(1);
    time.pass(5000);
    expect(events()).toEqual(['approval-escalated pending']);
    const shown = boss.shown.get(request.id);
    expect(shown?.escalated_at).toBe('2026-11-22T08:00:01.000Z');
    expect(one.shown.get(request.id)).toEqual(shown);
    expect(answer(boss, request, 'approved')).toEqual({ kind: 'accepted' });
    expect(settled).toEqual(['passes: approved by at boss']);
    expect(one.shown.size).toBe(0);
  });

  test('nobody can be asked where no channel of the rule is there', () => {
    const { desk } = deskRig();
    expect(told(desk.consult(asked('a', { channels: ['slack', 'sms'] }), undefined))).toBe(
      'nobody can be asked: no channel is called slack or sms.',
    );
    expect(told(desk.consult(asked('a', { channels: [] }), undefined))).toBe(
      'nobody can be asked: its rules have no channel in common.',
    );
  });

  test('what a channel cannot deliver is journaled, and stays open elsewhere', async () => {
    const { hold, answer, channels, settled, journal } = deskRig();
    channels[0].broken = true;
    const request = hold(asked('a'));
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    expect(journal).toMatchObject([
      { event: 'approval-undelivered', detail: { channel: 'one', id: request.id, state: 'pending' } },
    ]);
    answer(channels[1], request, 'denied');
    expect(settled).toEqual(['stopped: denied by at two']);
  });

  test('at most 1,000 calls wait at one time', () => {
    verifies('approval:desk:bound');
    const { desk, hold, answer, channels } = deskRig();
    const first = hold(asked('0'));
    for (let count = 1; count < APPROVALS_PENDING_MAX; count += 1) hold(asked(String(count)));
    expect(told(desk.consult(asked('more'), undefined))).toBe('too many calls wait for a person already.');
    expect(() => hold(asked('more'))).toThrow('too many');
    // One that ended makes room: for the next one, and for its own call where that has to ask again.
    desk.withdraw(first.id, 'off');
    const last = hold(asked('last'));
    const again: string[] = [];
    desk.withdraw(last.id, 'off');
    const call = asked('changes');
    const consulted = desk.consult(call, undefined);
    if (consulted.kind !== 'ask') throw new Error(consulted.kind);
    const request = desk.hold(call, consulted.id, {
      settled: (id) => void again.push(told(desk.consult(asked('changed'), id))),
    });
    answer(channels[0], request, 'approved');
    expect(again).toEqual(['ask']);
  });
});

describe('remembered answers', () => {
  const remember = { scope: 'session', input: { '$.what': { eq: 'a' } }, expires_at: null } as const;

  test('one for the session lets later calls pass that it covers, and no others', () => {
    verifies('approval:remember:session');
    const { desk, hold, answer, channels, settled } = remembering();
    const request = hold(asked('a'));
    expect(answer(channels[0], request, 'approved', { remember })).toEqual({ kind: 'accepted' });
    expect(settled).toEqual(['passes: approved by at one']);
    // Another call as to its digest, and covered by the condition.
    const covered = desk.consult(asked('x', {}, { arguments: { what: 'a' } }), undefined);
    expect(covered).toMatchObject({
      kind: 'passes',
      note: {
        state: 'remembered',
        presence: 'remembered',
        approver: 'at one',
        id: request.id,
        remembered: 'rem_1',
      },
    });
    for (const call of [
      asked('b'),
      asked('a', { remember: null }),
      asked('a', {}, { destructive: true }),
      asked('a', {}, { standing: 'drifted' }),
      asked('a', {}, { definition: 'sha256:changed' }),
      asked('a', {}, { tool: 'delete_file' }),
      asked('a', { rules: [...asked('a').terms.rules, { layer: 'user', name: 'other', message: null }] }),
    ]) {
      expect(told(desk.consult(call, undefined))).toBe('ask');
    }
  });

  test('a wider scope is for the file, and a refused one is for nothing', () => {
    const { desk, hold, answer, channels } = remembering();
    const project = hold(asked('a', { remember: 'project' }));
    answer(channels[0], project, 'approved', { remember: { ...remember, scope: 'project' } });
    expect(told(desk.consult(asked('a', { remember: 'project' }), undefined))).toBe('ask');
    const request = hold(asked('a'));
    const wide = answer(channels[0], request, 'approved', { remember: { ...remember, scope: 'project' } });
    expect(wide).toMatchObject({ kind: 'refused' });
    const wrong = answer(channels[0], request, 'approved', { remember, digest: 'sha256:other' });
    expect(wrong).toMatchObject({ kind: 'refused' });
    desk.withdraw(request.id, 'off');
    expect(told(desk.consult(asked('a'), undefined))).toBe('ask');
  });

  test('a remembered answer is asked before a paused request is joined', () => {
    const { desk, hold, answer, channels } = remembering();
    const paused = hold(asked('a'));
    desk.pause(paused.id);
    const other = hold(asked('x', {}, { arguments: { what: 'a' } }));
    answer(channels[0], other, 'approved', { remember });
    expect(told(desk.consult(asked('a'), undefined))).toBe('passes: remembered by at one');
  });
});

test('recalling takes every request back, and calls that wait are ruled on again', () => {
  const { desk, hold, answer, channels, settled, events } = deskRig();
  const paused = hold(asked('a'));
  const approved = hold(asked('b'));
  const waiting = hold(asked('c'));
  for (const { id } of [paused, approved]) desk.pause(id);
  answer(channels[0], approved, 'approved');
  desk.recall('stop');
  expect(settled).toEqual(['ask']);
  expect(events().filter((event) => event.startsWith('approval-ended'))).toEqual([
    'approval-ended approved',
    'approval-ended withdrawn',
    'approval-ended withdrawn',
  ]);
  expect([paused, approved, waiting].map(({ id }) => desk.find(id))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  // The answer that was given and not used releases nothing afterwards.
  expect(told(desk.consult(asked('b'), undefined))).toBe('ask');
});

/** A desk that keeps answers for the session, and reads no file. */
function remembering() {
  let count = 0;
  return deskRig({
    remembered: createRememberedAnswers({
      saved: () => [],
      project: '/srv/project',
      ports,
      clock: { timestamp: () => '', wallMs: () => 0, monotonicMs: () => 0 },
      newId: () => `rem_${(count += 1)}`,
    }),
  });
}
