import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { busFolders } from '../../../src/approvals/bus/bus-folder.js';
import { type BusSystem, systemBus } from '../../../src/approvals/bus/bus-system.js';
import { answerText } from '../../../src/approvals/signing/signed-text.js';
import { approvalAnswer, approvalId, approvalRequest, endBy } from '../../support/approval-requests.js';
import { eventually } from '../../support/eventually.js';
import { verifies } from '../../requirements.js';
import { START, useBusRig } from './bus-rig.js';

verifies('approval:bus:files', 'approval:bus:refused-shown');

const rig = useBusRig();
const approve = { decision: 'approved', reason: null, remember: null } as const;
const deny = { decision: 'denied', reason: 'not today', remember: null } as const;
/** A time before the rig's clock begins. */
const at = (minute: number): string => `2026-11-22T07:0${minute}:00.000Z`;
/** A machine that tells of no change. */
const deaf: BusSystem = {
  ...systemBus(),
  watch() {
    throw new Error('no watches left');
  },
};

describe('a request and its answer', () => {
  test('go through files, and what remains is how it ended', async () => {
    const channel = rig.channel();
    const board = rig.board();
    const request = approvalRequest(1);
    const { answers, undelivered } = rig.open(channel, request);
    expect(rig.read('requests', request.id)).toEqual(request);
    expect(board.pending()).toEqual([{ request, remainingMs: 300_000 }]);

    expect(await board.answer(request, approve)).toEqual({ kind: 'accepted' });
    const answer = approvalAnswer(request, 'approved', { answered_at: START });
    expect(answers).toEqual([answer]);
    expect(undelivered).toEqual([]);
    expect(board.pending()).toEqual([]);
    expect([rig.names('requests'), rig.names('answers'), rig.names('refused')]).toEqual([[], [], []]);
    expect(board.ended(10)).toEqual([{ request, end: endBy(answer) }]);
    expect(board.troubles()).toEqual([]);
    expect(rig.notes).toEqual([]);
  });

  test('a denial brings its reason, and what is to be remembered goes along', async () => {
    const { answers } = rig.open(rig.channel(), approvalRequest(1));
    const remember = { scope: 'session', input: { '$.amount': { lte: 120 } }, expires_at: null } as const;
    await rig.board().answer(approvalRequest(1), { ...deny, remember });
    expect(answers).toEqual([expect.objectContaining({ reason: 'not today', remember })]);
  });

  test('one of two approvers is first, and the other one hears who', async () => {
    const request = approvalRequest(1);
    const { answers } = rig.open(rig.channel(), request);
    const bo = rig.board({ approver: { name: 'bo', presence: 'terminal' } });
    const receipts = await Promise.all([rig.board().answer(request, approve), bo.answer(request, deny)]);
    expect(answers).toHaveLength(1);
    expect(receipts).toEqual([
      { kind: 'accepted' },
      { kind: 'late', end: expect.objectContaining({ state: 'approved', approver: 'ana' }) },
    ]);
    expect(rig.names('answers')).toEqual([]);
  });

  test('a refused answer says why to its writer, is kept apart, and a valid one can follow', async () => {
    const request = approvalRequest(1);
    const { answers } = rig.open(rig.channel(), request, (answer, ticket) => {
      if (answer.approver === 'mallory') return { kind: 'refused', why: 'mallory is not enrolled' };
      ticket.close(endBy(answer));
      return { kind: 'accepted' };
    });
    const mallory = rig.board({ approver: { name: 'mallory', presence: 'script' } });
    expect(await mallory.answer(request, approve)).toEqual({
      kind: 'refused',
      why: 'mallory is not enrolled',
    });
    expect(rig.read('refused', `${request.id}.1`)).toEqual({
      v: 1,
      id: request.id,
      why: 'mallory is not enrolled',
      at: START,
      answer: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(rig.notes).toEqual([
      `guard: an answer to ${request.id} does not count: mallory is not enrolled\n`,
    ]);
    expect(await rig.board().answer(request, approve)).toEqual({ kind: 'accepted' });
    expect(answers.map(({ approver }) => approver)).toEqual(['mallory', 'ana']);
  });

  test('an answer to what is over is late, with how it ended', async () => {
    const request = approvalRequest(1);
    const end = { ...endBy(approvalAnswer(request, 'denied')), state: 'expired', approver: null } as const;
    rig.open(rig.channel(), request).ticket.close(end);
    expect(await rig.board().answer(request, approve)).toEqual({ kind: 'late', end });
    expect(await rig.board().answer(approvalRequest(2), approve)).toEqual({ kind: 'late', end: null });
  });

  test('an update is seen by the approver', () => {
    const request = approvalRequest(1);
    const { ticket } = rig.open(rig.channel(), request);
    const escalated = { ...request, escalated_at: '2026-11-22T08:02:00.000Z' };
    const board = rig.board();
    expect(board.pending().map((pending) => pending.request)).toEqual([request]);
    ticket.update(escalated);
    expect(board.pending().map((pending) => pending.request)).toEqual([escalated]);
  });

  test('a channel of another name takes the answers of a board, which knows its kind only', async () => {
    const request = approvalRequest(1);
    const { answers } = rig.open(rig.channel({ name: 'front-desk' }), request, (answer, ticket) => {
      // As the desk does: the channel counts, and not what an answer says of itself.
      ticket.close({ ...endBy(answer), channel: 'front-desk' });
      return { kind: 'accepted' };
    });
    expect(await rig.board().answer(request, approve)).toEqual({ kind: 'accepted' });
    expect(answers).toHaveLength(1);
  });

  test('closing the channel ends what the desk left open', () => {
    const channel = rig.channel();
    rig.open(channel, approvalRequest(1));
    rig.wallMs += 2500;
    channel.close();
    expect(rig.names('requests')).toEqual([]);
    expect(rig.board().ended(1)[0]?.end).toMatchObject({
      state: 'withdrawn',
      reason: 'guard is ending',
      waited_ms: 2500,
    });
  });
});

describe('an owner that does not react', () => {
  test('the answer is taken back, and the person is told what to do', async () => {
    const request = approvalRequest(1);
    rig.plant('requests', `${request.id}.json`, request);
    const board = rig.board();
    expect(await board.answer(request, approve)).toEqual({
      kind: 'refused',
      why: expect.stringMatching(/pid \d+\) does not react, and the answer was taken back: look/),
    });
    expect(rig.names('answers')).toEqual([]);
  });

  test('an answer file that somebody else removes counts for nothing', async () => {
    const request = approvalRequest(1);
    rig.plant('requests', `${request.id}.json`, request);
    const receipt = rig.board().answer(request, approve);
    await eventually('the answer file', () => rig.names('answers').length === 1);
    fs.rmSync(`${rig.folders.answers}/${request.id}.json`);
    expect(await receipt).toEqual({ kind: 'refused', why: expect.stringContaining('removed by somebody') });
  });

  test('an answer file that stays makes every other answer late', async () => {
    const request = approvalRequest(1);
    rig.plant('requests', `${request.id}.json`, request);
    const file = rig.plant('answers', `${request.id}.json`, approvalAnswer(request, 'denied'));
    expect(await rig.board().answer(request, approve)).toEqual({ kind: 'late', end: null });
    expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toMatchObject({ decision: 'denied' });
  });
});

describe('signatures', () => {
  const signer = { name: 'ana', presence: 'signature', sign: (text: string) => `signed ${text}` } as const;

  test('cover the answer as it is written, presence and time included', async () => {
    const request = approvalRequest(1, { approvers: 'sha256:abc' });
    const { answers } = rig.open(rig.channel(), request);
    expect(await rig.board({ approver: signer }).answer(request, approve)).toEqual({ kind: 'accepted' });
    const [answer] = answers;
    if (answer === undefined) throw new Error('no answer came');
    expect(answer.presence).toBe('signature');
    expect(answer.signature).toBe(`signed ${answerText(answer)}`);
  });

  test('that nobody asks for are no proof of presence', async () => {
    const { answers } = rig.open(rig.channel(), approvalRequest(1));
    await rig.board({ approver: signer }).answer(approvalRequest(1), approve);
    expect(answers).toEqual([
      expect.objectContaining({ presence: 'terminal', signature: expect.stringContaining('signed') }),
    ]);
  });

  test('that are missing, or fail, are told before anything is written', async () => {
    const request = approvalRequest(1, { approvers: 'sha256:abc' });
    const { answers } = rig.open(rig.channel(), request);
    expect(await rig.board().answer(request, approve)).toEqual({
      kind: 'refused',
      why: expect.stringContaining('guard approver'),
    });
    const broken = {
      ...signer,
      sign() {
        throw new Error('the key is locked');
      },
    };
    expect(await rig.board({ approver: broken }).answer(request, approve)).toEqual({
      kind: 'refused',
      why: 'the answer could not be signed: the key is locked',
    });
    expect([answers, rig.names('answers')]).toEqual([[], []]);
  });
});

describe('what the system does not tell of', () => {
  test('an answer that was there before the request is judged like any other', async () => {
    const request = approvalRequest(1);
    rig.plant('answers', `${request.id}.json`, approvalAnswer(request, 'denied'));
    const { answers } = rig.open(rig.channel(), request);
    expect(answers).toEqual([]);
    await eventually('the answer', () => answers.length === 1);
  });

  test('without a watch the poll finds answers, and changes for the screen', async () => {
    const board = rig.board({ system: deaf });
    let changes = 0;
    board.onChange(() => (changes += 1));
    const request = approvalRequest(1);
    const { answers } = rig.open(rig.channel({ system: deaf }), request);
    await eventually('the change', () => changes > 0);
    expect(await board.answer(request, approve)).toEqual({ kind: 'accepted' });
    expect(answers).toHaveLength(1);
  });

  test('folders that are put in the place of others are watched again', async () => {
    const request = approvalRequest(1);
    const { answers } = rig.open(rig.channel(), request);
    // Past the look for an answer that is there from the start.
    await new Promise((resolve) => setImmediate(resolve));
    fs.renameSync(rig.folders.answers, `${rig.folders.root}/old`);
    fs.mkdirSync(rig.folders.answers, { mode: 0o700 });
    rig.plant('answers', `${request.id}.json`, approvalAnswer(request, 'approved'));
    await eventually('the answer', () => answers.length === 1);
  });

  test('an answer for another guard is left alone', async () => {
    const request = approvalRequest(1);
    const { answers } = rig.open(rig.channel(), request);
    const name = `${approvalId(2)}.json`;
    rig.plant('answers', name, approvalAnswer(approvalRequest(2), 'approved'));
    rig.plant('answers', 'notes.txt', 'no answer');
    await rig.board().answer(request, approve);
    expect(answers.map(({ id }) => id)).toEqual([request.id]);
    expect(rig.names('answers').toSorted()).toEqual([name, 'notes.txt']);
  });
});

describe('the board', () => {
  test('without a folder is empty, makes none, and notices when one comes', async () => {
    const board = rig.board();
    let changes = 0;
    board.onChange(() => (changes += 1));
    expect([
      board.pending(),
      board.ended(5),
      board.troubles(),
      board.lastApproved(approvalRequest(1)),
    ]).toEqual([[], [], [], undefined]);
    expect(await board.answer(approvalRequest(1), approve)).toEqual({ kind: 'late', end: null });
    expect(fs.existsSync(rig.folder)).toBe(false);
    rig.open(rig.channel(), approvalRequest(1));
    await eventually('the change', () => changes > 0);
    expect(board.pending()).toHaveLength(1);
  });

  test('has the oldest request first and the newest end first', () => {
    const channel = rig.channel();
    for (const [count, minute] of [5, 3, 8].entries()) {
      rig.open(channel, approvalRequest(count, { created_at: at(minute) }));
      const { ticket, answers } = rig.open(channel, approvalRequest(10 + count));
      expect(answers).toEqual([]);
      ticket.close({ ...endBy(approvalAnswer(approvalRequest(10 + count), 'denied')), ended_at: at(minute) });
    }
    const board = rig.board();
    expect(board.pending().map(({ request }) => request.created_at)).toEqual([at(3), at(5), at(8)]);
    expect(board.ended(2).map(({ end }) => end.ended_at)).toEqual([at(8), at(5)]);
  });

  test('knows what was last approved for the same tool of the same server', () => {
    const channel = rig.channel();
    const end = (count: number, more: object, state: 'approved' | 'denied', minute: number): void => {
      const request = approvalRequest(count, more);
      const { ticket } = rig.open(channel, request);
      ticket.close({
        ...endBy(approvalAnswer(request, state)),
        ended_at: at(minute),
      });
    };
    end(1, {}, 'approved', 1);
    end(2, {}, 'approved', 2);
    end(3, {}, 'denied', 3);
    end(4, { server: 'shop' }, 'approved', 4);
    end(5, { tool: 'charge' }, 'approved', 5);
    const board = rig.board();
    expect(board.lastApproved(approvalRequest(9))?.request.id).toBe(approvalId(2));
    expect(board.lastApproved(approvalRequest(9, { tool: 'void' }))).toBeUndefined();
  });

  test('calls nobody any more who has stopped listening, or after it was closed', async () => {
    const board = rig.board();
    const called: string[] = [];
    const stop = board.onChange(() => called.push('stopped'));
    board.onChange(() => called.push('listening'));
    stop();
    rig.open(rig.channel(), approvalRequest(1));
    await eventually('the change', () => called.length > 0);
    board.close();
    board.close();
    expect(new Set(called)).toEqual(new Set(['listening']));
    expect(board.onChange(() => called.push('late'))).toBeTypeOf('function');
  });

  test('counts the remaining time by the wall clock, whatever that does', () => {
    rig.open(rig.channel(), approvalRequest(1));
    const board = rig.board();
    rig.wallMs = Date.parse('2031-01-01T00:00:00Z');
    expect(board.pending()[0]?.remainingMs).toBe(0);
    rig.wallMs = Date.parse('1999-01-01T00:00:00Z');
    expect(board.pending()[0]?.remainingMs).toBeGreaterThan(300_000);
    rig.wallMs = Number.NaN;
    expect(board.pending()[0]?.remainingMs).toBe(0);
    rig.wallMs = Date.parse(START);
  });

  test('a file that the person may cat shows nothing hidden', () => {
    const hostile = 'a\u001b[2Jb\u202ec\u200bd\u0085e';
    rig.open(rig.channel(), approvalRequest(1, { arguments: { note: hostile } }));
    const file = `${busFolders(rig.folder).requests}/${approvalId(1)}.json`;
    const text = fs.readFileSync(file, 'utf8');
    expect(text).toContain(String.raw`a\u001b[2Jb\u202ec\u200bd\u0085e`);
    expect(rig.board().pending()[0]?.request.arguments).toEqual({ note: hostile });
  });
});
