import { describe, expect, test } from 'vitest';
import { verifies } from '../requirements.js';
import { FakeBoard } from './fake-board.js';
import { samplePending, sampleRequest } from './sample-request.js';
import { ENTER, screenRig } from './screen-rig.js';

verifies('tui:remember');

const DAY_MS = 24 * 60 * 60 * 1000;
const NARROWEST = { '$.path': { eq: '/srv/site/a.txt' }, '$.content': { eq: 'hello' } };

describe('remembering an answer', () => {
  test('the narrowest rule is shown, and saved only after the last y', async () => {
    const board = new FakeBoard([samplePending()]);
    const { press, saved, shows, unmount } = screenRig(board);
    press(' ', 'r');
    await shows('remember: filesystem write_file');
    await shows('> $.path = "/srv/site/a.txt"');
    await shows('$.content = "hello"');
    press('y', 'a', 'd');
    expect(board.answers).toEqual([]);
    press(ENTER);
    await shows('save: filesystem write_file');
    press('a', ENTER, ' ');
    expect(board.answers).toEqual([]);
    press('y');
    expect(board.answers[0]?.draft).toEqual({
      decision: 'approved',
      reason: null,
      remember: { scope: 'session', input: NARROWEST, expires_at: null },
    });
    await shows('approved: filesystem write_file (session)');
    // The session's answers are kept by the process that holds the call.
    expect(saved).toEqual([]);
    unmount();
  });

  test('scope and expiry go round; wider scopes are saved here, once the answer counted', async () => {
    const board = new FakeBoard([samplePending()]);
    const { press, saved, shows, clock, unmount } = screenRig(board);
    press(' ', 'r');
    await shows('until the session ends');
    press('o');
    await shows('in /srv/site; for 1d');
    press('o', 'e');
    await shows('in all folders; for 1w');
    press('e');
    await shows('until it is revoked');
    press('e', 'e', ENTER, 'y');
    const expected = {
      scope: 'user',
      input: NARROWEST,
      expires_at: new Date(clock.wallMs() + DAY_MS).toISOString(),
    };
    expect(board.answers[0]?.draft.remember).toEqual(expected);
    await shows('approved and remembered');
    expect(saved.map(({ draft }) => draft.remember)).toEqual([expected]);
    unmount();
  });

  test('only the scopes that the rule allows', async () => {
    const board = new FakeBoard([samplePending({ remember: 'project' })]);
    const { press, frame, shows, unmount } = screenRig(board);
    press(' ', 'r', 'o');
    await shows('scope project of session, project');
    press('o');
    await shows('scope session of session, project');
    expect(frame()).not.toContain('user');
    unmount();
  });

  test('conditions are widened, dropped and taken back', async () => {
    const board = new FakeBoard([samplePending()]);
    const { press, shows, unmount } = screenRig(board);
    press(' ', 'r', 'w');
    await shows('> $.path in /srv/site');
    press('w');
    await shows('> $.path any value');
    press('x', 'j', 'x');
    await shows('with ANY arguments');
    press('u', 'k', 'w', ENTER, 'y');
    expect(board.answers[0]?.draft.remember?.input).toEqual({
      '$.path': { path_within: '/srv/site' },
      '$.content': { eq: 'hello' },
    });
    unmount();
  });

  test('Escape goes back, step by step, and nothing is answered', async () => {
    const board = new FakeBoard([samplePending()]);
    const { press, clock, model, unmount } = screenRig(board);
    press(' ', 'r', ENTER, '\u001b');
    expect(model.state().mode).toMatchObject({ kind: 'remember', draft: { isConfirming: false } });
    clock.nowMs += 1000;
    press('\u001b');
    expect(model.state().mode.kind).toBe('browse');
    expect(board.answers).toEqual([]);
    unmount();
  });

  test.each([
    ['a destructive call', { destructive: true }, 'may destroy'],
    ['a call of a tool that changed', { standing: 'drifted' }, 'has changed'],
    ['a rule that forbids it', { remember: null }, 'does not let answers be remembered'],
  ] as const)('%s is not remembered, and it says why', async (_what, changes, why) => {
    const board = new FakeBoard([samplePending(changes)]);
    const { press, model, shows, unmount } = screenRig(board);
    press(' ', ' ', 'r');
    await shows(why);
    press('s');
    await shows(why);
    expect(model.state().mode.kind).toBe('browse');
    expect(board.answers).toEqual([]);
    unmount();
  });

  test('what was not read is not remembered', () => {
    const board = new FakeBoard([
      samplePending({ arguments: { long: Array.from({ length: 99 }, () => 1) } }),
    ]);
    const { press, model, unmount } = screenRig(board);
    press('r', 's');
    expect(model.state().mode.kind).toBe('browse');
    expect(board.answers).toEqual([]);
    unmount();
  });

  test('an answer that did not count is not saved; one that cannot be saved says so', async () => {
    const board = new FakeBoard([samplePending()]);
    board.receipt = { kind: 'refused', why: 'no' };
    const refused = screenRig(board);
    refused.press(' ', 'r', 'o', ENTER, 'y');
    await refused.shows('the answer did not count: no');
    expect(refused.saved).toEqual([]);
    refused.unmount();
    const other = new FakeBoard([samplePending()]);
    const { press, shows, unmount } = screenRig(other, {
      save: () => Promise.reject(new Error('the disk is full')),
    });
    press(' ', 'r', 'o', ENTER, 'y');
    await shows('approved, but not remembered: the disk is full');
    expect(other.answers.map(({ request }) => request.id)).toEqual([sampleRequest().id]);
    unmount();
  });
});
