import { afterEach, describe, expect, test } from 'vitest';
import type { AnswerDraft } from '../../src/approvals/board.js';
import { dropCondition, widenCondition } from '../../src/approvals/remember/edit-conditions.js';
import { proposeRemembered } from '../../src/approvals/remember/proposal.js';
import { ApiClient } from '../../src/dashboard/client/api-client.js';
import { createRemoteBoard, type RemoteBoard } from '../../src/dashboard/client/remote-board.js';
import { systemClock } from '../../src/platform/clock.js';
import { verifies } from '../requirements.js';
import { errorOf, post, SECRET, type Served, serving } from './serving.js';

verifies('dashboard:approvals', 'dashboard:command');

const boards: RemoteBoard[] = [];
afterEach(() => {
  for (const board of boards.splice(0)) board.close();
});

/** The board that `guard approve --url` has. */
async function boardOf({ base }: Served): Promise<RemoteBoard> {
  const board = createRemoteBoard(new ApiClient({ url: base, secret: SECRET, name: 'ana' }), systemClock());
  boards.push(board);
  await board.refresh();
  return board;
}

const REMEMBERABLE = {
  remember: 'user',
  definition: 'sha256:1',
  arguments: { path: '/srv/a/b.txt', content: 'hello' },
} as const;

test('what was not delivered elsewhere is shown from afar', async () => {
  const served = await serving();
  const undelivered = [
    { channel: 'slack', why: 'Slack says channel_not_found', at: '2026-11-22T08:00:00.000Z' },
  ];
  const { request } = served.hold({ undelivered });
  const [pending] = (await boardOf(served)).pending();
  expect(pending?.request).toMatchObject({ id: request.id, undelivered });
});

describe('remembering from afar', () => {
  test.each<[string, (draft: AnswerDraft['remember'] & object) => AnswerDraft['remember'] & object]>([
    ['as proposed', (draft) => draft],
    ['for another time', (draft) => ({ ...draft, expires_at: '2027-01-01T00:00:00.000Z' })],
    ['until it is revoked', (draft) => ({ ...draft, expires_at: null })],
    ['widened and dropped', (draft) => dropCondition(widenCondition(draft, '$.path'), '$.content')],
  ])('%s arrives as it was shown', async (_how, change) => {
    const saved: unknown[] = [];
    const save = (_request: unknown, draft: AnswerDraft) => Promise.resolve(void saved.push(draft.remember));
    const served = await serving({ sourceMore: { save } });
    const { request, answers } = served.hold(REMEMBERABLE);
    const board = await boardOf(served);
    const remember = change(proposeRemembered(request, 'project'));
    expect(await board.answer(request, { decision: 'approved', reason: null, remember })).toEqual({
      kind: 'accepted',
    });
    expect([answers.map((answer) => answer.remember), saved]).toEqual([[remember], [remember]]);
  });

  test('a rule that the steps do not lead to is refused, and nothing is answered', async () => {
    const served = await serving();
    const { request, answers } = served.hold(REMEMBERABLE);
    const board = await boardOf(served);
    const remember = { scope: 'user' as const, input: { '$.path': { glob: '**' } }, expires_at: null };
    const receipt = await board.answer(request, { decision: 'approved', reason: null, remember });
    expect([receipt.kind, answers]).toEqual(['refused', []]);
  });

  test.each([
    [{ scope: 'session', expires_at: '2027-01-01T00:00:00Z' }, '422 refused'],
    [{ scope: 'user', expires_at: '2027-13-45T00:00:00Z' }, '422 refused'],
    [{ scope: 'user', expires_at: 'tomorrow' }, '400 bad-request'],
  ])('%j is no time to be kept for', async (draft, expected) => {
    const served = await serving();
    const { request } = served.hold(REMEMBERABLE);
    const answer = await served.ask(`/api/v1/approvals/${request.id}/remember`, post(draft));
    expect(await errorOf(answer)).toBe(expected);
  });

  test('what could not be kept is told', async () => {
    const served = await serving({ sourceMore: { save: () => Promise.resolve('the disk is full') } });
    const { request } = served.hold(REMEMBERABLE);
    const board = await boardOf(served);
    const remember = proposeRemembered(request, 'user');
    await board.answer(request, { decision: 'approved', reason: null, remember });
    expect(board.keepingTrouble()).toContain('the disk is full');
  });
});
