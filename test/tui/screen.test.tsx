import { describe, expect, test } from 'vitest';
import type { AnswerReceipt } from '../../src/approvals/channel.js';
import { KEY_SEQUENCE_MS } from '../../src/platform/bounds.js';
import { verifies } from '../requirements.js';
import { FakeBoard } from './fake-board.js';
import { sampleEnded, samplePending, sampleRequest } from './sample-request.js';
import { ENTER, ESCAPE, screenRig } from './screen-rig.js';

const SECOND = 'apr_bbbbbbbbbbbbbbbb0002';
const THIRD = 'apr_cccccccccccccccc0003';

describe('what the screen shows', () => {
  verifies('tui:answer:keys');

  test('server, tool, agent, countdown, rule, message and the whole of short arguments at one look', async () => {
    const { press, shows, unmount } = screenRig(new FakeBoard([samplePending()]));
    for (const text of [
      '1 call waits',
      '> ',
      'filesystem write_file',
      '(coder)',
      '4:59',
      'project/ask-writes',
      'writes need a look',
      '"path": "/srv/site/a.txt"',
      '"content": "hello"',
      'end of the arguments',
    ]) {
      await shows(text);
    }
    press(' ');
    for (const text of ['some-client', 's1', 'folder    /srv/site', 'apr_aaaaaaaaaaaaaaaa0001'])
      await shows(text);
    unmount();
  });

  test('nothing to answer', async () => {
    const board = new FakeBoard();
    const { press, shows, unmount } = screenRig(board);
    await shows('no call waits');
    press('a', 'd', 's', 'r', ' ', 'j', ENTER);
    expect(board.answers).toEqual([]);
    unmount();
  });

  test('what lies in the bus and is no request is told of', async () => {
    const board = new FakeBoard();
    board.trouble = ['requests/x.json is not JSON'];
    const { shows, unmount } = screenRig(board);
    await shows('requests/x.json is not JSON');
    unmount();
  });

  test('the difference from the last approved call', async () => {
    const board = new FakeBoard([samplePending()]);
    board.last = sampleEnded({ arguments: { path: '/srv/site/b.txt', content: 'hello' } });
    const { press, shows, unmount } = screenRig(board);
    press(' ', ' ');
    await shows('compared with the call approved by alice');
    await shows('- $.path: "/srv/site/b.txt"');
    await shows('+ $.path: "/srv/site/a.txt"');
    await shows('the same in 1 value');
    unmount();
  });

  test('the countdown goes on when the board is looked at again', async () => {
    const board = new FakeBoard([samplePending()]);
    const { shows, unmount } = screenRig(board);
    board.set([samplePending({}, 29_000)]);
    await shows('0:29 left');
    unmount();
  });
});

describe('keys', () => {
  verifies('tui:answer:keys');

  test('a approves once', async () => {
    const board = new FakeBoard([samplePending()]);
    const { press, shows, unmount } = screenRig(board);
    press(' ', 'a');
    expect(board.answers).toEqual([
      { request: sampleRequest(), draft: { decision: 'approved', reason: null, remember: null } },
    ]);
    await shows('approved: filesystem write_file');
    await shows('no call waits');
    unmount();
  });

  test('d denies with the reason that is typed', async () => {
    const board = new FakeBoard([samplePending()]);
    const { press, shows, unmount } = screenRig(board);
    press('d', 'n', 'o', 'x', '\u007f', '!');
    await shows('reason (may be empty): no!_');
    expect(board.answers).toEqual([]);
    press(ENTER);
    expect(board.answers[0]?.draft).toEqual({ decision: 'denied', reason: 'no!', remember: null });
    await shows('denied: filesystem write_file');
    unmount();
  });

  test('d and Enter denies without a reason; Escape does not deny', async () => {
    const board = new FakeBoard([samplePending()]);
    const { press, clock, unmount } = screenRig(board);
    press('d', 'x', ESCAPE);
    expect(board.answers).toEqual([]);
    // What follows an escape character at once would be a sequence: a person is slower.
    clock.nowMs += KEY_SEQUENCE_MS + 1;
    press('d', ENTER);
    expect(board.answers[0]?.draft).toEqual({ decision: 'denied', reason: null, remember: null });
    unmount();
  });

  test('s approves for the session with the narrowest rule', async () => {
    const board = new FakeBoard([samplePending()]);
    const { press, unmount } = screenRig(board);
    press(' ', 's');
    expect(board.answers[0]?.draft.remember).toEqual({
      scope: 'session',
      input: { '$.path': { eq: '/srv/site/a.txt' }, '$.content': { eq: 'hello' } },
      expires_at: null,
    });
    unmount();
  });

  test('s and r say why they are not offered', async () => {
    const board = new FakeBoard([samplePending({ remember: null })]);
    const { press, shows, unmount } = screenRig(board);
    press(' ', 's');
    await shows('the rule does not let answers be remembered');
    press('r');
    await shows('the rule does not let answers be remembered');
    expect(board.answers).toEqual([]);
    unmount();
  });

  test('j, k and arrows select; the others stay where they are', async () => {
    const board = new FakeBoard([
      samplePending(),
      samplePending({ id: SECOND, tool: 'second_tool' }),
      samplePending({ id: THIRD, tool: 'third_tool' }),
    ]);
    const { model, press, unmount } = screenRig(board);
    press('j');
    expect(model.state().selectedId).toBe(SECOND);
    press('\u001b[B', '\u001b[B');
    expect(model.state().selectedId).toBe(THIRD);
    press('k', '\u001b[A', '\u001b[A');
    expect(model.state().selectedId).toBe(sampleRequest().id);
    unmount();
  });

  test('h shows what was answered, ? the help; Escape and q go back, q leaves', async () => {
    const board = new FakeBoard([samplePending()]);
    board.over = [sampleEnded({}, { state: 'denied', approver: 'bob', channel: 'client', reason: 'no' })];
    const { press, quits, shows, unmount } = screenRig(board);
    press('h');
    await shows('was denied by bob through client: no');
    press('q', '?');
    await shows('approve this one call');
    expect(quits()).toBe(0);
    press('q');
    await shows('writes need a look');
    press('q');
    expect(quits()).toBe(1);
    press('\u0003');
    expect(quits()).toBe(2);
    unmount();
  });

  test.each<[string, AnswerReceipt, string]>([
    [
      'late',
      { kind: 'late', end: sampleEnded({}, { approver: 'bob', channel: 'client' }).end },
      'too late: filesystem write_file was approved by bob through client',
    ],
    ['late without an end', { kind: 'late', end: null }, 'too late: filesystem write_file is over'],
    [
      'refused',
      { kind: 'refused', why: 'the signature is wrong' },
      'the answer did not count: the signature is wrong',
    ],
  ])('an answer that is %s says so', async (_what, receipt, text) => {
    const board = new FakeBoard([samplePending()]);
    board.receipt = receipt;
    const { press, shows, unmount } = screenRig(board);
    press(' ', 'a');
    await shows(text);
    unmount();
  });

  test('an answer that is under way is not given twice', async () => {
    const board = new FakeBoard([samplePending()]);
    board.receipt = new Promise(() => undefined);
    const { press, shows, unmount } = screenRig(board);
    press(' ', 'a', 'a', 'd');
    expect(board.answers).toHaveLength(1);
    await shows('its answer is under way');
    unmount();
  });

  test('new calls ring once for all of them; what was there before does not', async () => {
    const board = new FakeBoard([samplePending()]);
    const { rung, unmount } = screenRig(board);
    expect(rung).toEqual([]);
    board.set([samplePending(), samplePending({ id: SECOND }), samplePending({ id: THIRD })]);
    board.set(board.waiting);
    expect(rung.map((requests) => requests.map(({ id }) => id))).toEqual([[SECOND, THIRD]]);
    unmount();
  });
});

describe('keys that were meant for something else', () => {
  verifies('tui:answer:guarded');

  test.each(['a', 'd', 's', 'r'])(
    '%s answers nothing right after another call came into focus',
    async (key) => {
      const board = new FakeBoard([samplePending(), samplePending({ id: SECOND })]);
      const { model, press, look, shows, unmount } = screenRig(board);
      board.set(board.waiting.slice(1));
      press(' ', key);
      expect(board.answers).toEqual([]);
      expect(model.state().mode.kind).toBe('browse');
      await shows('another call came into focus');
      look();
      press('d', ENTER);
      expect(board.answers.map(({ request }) => request.id)).toEqual([SECOND]);
      unmount();
    },
  );

  test('a call that comes while nothing waits is not answered by a key that is on its way', async () => {
    const board = new FakeBoard();
    const { press, unmount } = screenRig(board);
    board.set([samplePending()]);
    press('a', 'd', ENTER);
    expect(board.answers).toEqual([]);
    unmount();
  });

  test('what is typed for a call that is over is dropped, and how it ended is told', async () => {
    const board = new FakeBoard([samplePending(), samplePending({ id: SECOND })]);
    const { press, shows, unmount } = screenRig(board);
    press('d', 'n');
    board.over = [sampleEnded({}, { approver: 'bob', channel: 'client' })];
    board.set(board.waiting.slice(1));
    await shows('was approved by bob through client');
    press('o', ENTER);
    expect(board.answers).toEqual([]);
    unmount();
  });

  test('a call that arrives while a reason is typed changes nothing', async () => {
    const board = new FakeBoard([samplePending()]);
    const { press, unmount } = screenRig(board);
    press('d', 'n', 'o');
    board.set([samplePending({ id: SECOND }), ...board.waiting]);
    press(ENTER);
    expect(board.answers.map(({ request, draft }) => [request.id, draft.reason])).toEqual([
      [sampleRequest().id, 'no'],
    ]);
    unmount();
  });

  test('pasted text and terminal answers answer nothing', async () => {
    const board = new FakeBoard([samplePending()]);
    const { press, unmount } = screenRig(board);
    press(
      ' ',
      'aa',
      '\u001b[200~a\u001b[201~',
      '\u001b]11;rgb:aaaa/dddd/aaaa\u0007',
      '\u001bP>|a\u001b\\',
      'd\r',
    );
    expect(board.answers).toEqual([]);
    unmount();
  });

  test.each([
    ['a destructive call', { destructive: true }],
    ['a call of a tool that changed', { standing: 'drifted' }],
  ] as const)('%s asks for the end of its id', async (_what, changes) => {
    const board = new FakeBoard([samplePending(changes)]);
    const { press, shows, unmount } = screenRig(board);
    await shows('!!');
    press(' ', ' ', 'a');
    await shows('type 0001 to approve');
    press('0', '0', '0', '2', ENTER);
    await shows('that is not 0001');
    expect(board.answers).toEqual([]);
    press('0', '0', '0', '1', ENTER);
    expect(board.answers).toHaveLength(1);
    unmount();
  });
});

describe('a call that nobody sees', () => {
  verifies('tui:answer:guarded', 'tui:sizes');

  test.each(['h', '?'])('is not answered right after the pane of %s was closed', (pane) => {
    const board = new FakeBoard([samplePending(), samplePending({ id: SECOND })]);
    const { press, look, unmount } = screenRig(board);
    press(pane);
    board.set(board.waiting.slice(1));
    look();
    press('q', ' ', 'a', 'd', ENTER);
    expect(board.answers).toEqual([]);
    unmount();
  });

  test.each([
    [80, 7],
    [19, 24],
    [1, 1],
  ])('is not answered in a terminal of %d×%d, which says so', async (columns, rows) => {
    const board = new FakeBoard([samplePending()]);
    const { model, press, look, quits, unmount } = screenRig(board, { columns, rows });
    press(' ', 'a', 'd', ENTER, 's', 'r');
    expect(board.answers).toEqual([]);
    expect(model.lines()).toHaveLength(1);
    expect(model.state().readings.size).toBe(0);
    model.resize(80, 24);
    press('a');
    expect(board.answers).toEqual([]);
    look();
    press('a');
    expect(board.answers).toHaveLength(1);
    press('\u0003');
    expect(quits()).toBe(1);
    unmount();
  });
});

describe('nothing is approved that was not shown', () => {
  verifies('tui:read:whole');

  const long = Array.from({ length: 60 }, (_, index) => `line ${index}`);

  test('a opens only when the last line of the arguments was on the screen', async () => {
    const board = new FakeBoard([samplePending({ arguments: { long } })]);
    const { press, model, shows, unmount } = screenRig(board);
    press('a');
    expect(board.answers).toEqual([]);
    await shows('read the arguments to their end');
    const isWhole = (): boolean => [...model.state().readings.values()].some((reading) => reading.isWhole);
    while (!isWhole()) {
      press('a');
      expect(board.answers).toEqual([]);
      const before = model.state().top;
      press(' ');
      expect(model.state().top).toBeGreaterThan(before);
    }
    await shows('end of the arguments');
    press('a');
    expect(board.answers).toHaveLength(1);
    unmount();
  });

  test('it can be denied unread', async () => {
    const board = new FakeBoard([samplePending({ arguments: { long } })]);
    const { press, unmount } = screenRig(board);
    press('d', ENTER);
    expect(board.answers[0]?.draft.decision).toBe('denied');
    unmount();
  });

  test('arguments that are not whole can only be denied', async () => {
    const board = new FakeBoard([
      samplePending({ arguments: null, arguments_complete: false, arg_size: 9_000_000 }),
    ]);
    const { press, shows, unmount } = screenRig(board);
    press(' ', ' ', 'a', 's', 'r');
    expect(board.answers).toEqual([]);
    await shows('too large to be shown whole');
    press('d', ENTER);
    expect(board.answers).toHaveLength(1);
    unmount();
  });

  test('other columns are other lines: what was half read begins anew', async () => {
    const board = new FakeBoard([samplePending({ arguments: { long } })]);
    const { press, model, unmount } = screenRig(board);
    press(' ', ' ');
    model.resize(60, 24);
    expect(model.state().top).toBe(0);
    press('a');
    expect(board.answers).toEqual([]);
    unmount();
  });

  test('reading one call is not reading another', async () => {
    const board = new FakeBoard([samplePending(), samplePending({ id: SECOND, arguments: { long } })]);
    const { press, look, unmount } = screenRig(board);
    press(' ', 'j');
    look();
    press('a');
    expect(board.answers).toEqual([]);
    unmount();
  });
});

describe('signatures', () => {
  verifies('tui:signature');

  const signed = samplePending({ approvers: 'f00' });

  test('the passphrase is asked for once, masked; a wrong one can be typed again', async () => {
    let isOpen = false;
    const board = new FakeBoard([signed, samplePending({ id: SECOND, approvers: 'f00' })]);
    const tried: string[] = [];
    const { frame, press, shows, look, unmount } = screenRig(board, {
      signing: () => ({ kind: isOpen ? 'ready' : 'locked' }),
      unlock: (passphrase) => {
        tried.push(passphrase);
        isOpen = passphrase === 'right';
        return Promise.resolve(isOpen ? undefined : 'the passphrase does not open the key');
      },
    });
    press(' ', ' ', 'a', 'w', 'r', 'o', 'n', 'g');
    await shows('passphrase: *****_');
    expect(frame()).not.toContain('wrong');
    press(ENTER);
    await shows('the passphrase does not open the key');
    expect(board.answers).toEqual([]);
    press('r', 'i', 'g', 'h', 't', ENTER);
    await shows('approved: filesystem');
    look();
    press(' ', ' ', 'd', ENTER);
    expect(board.answers.map(({ request }) => request.id)).toEqual([signed.request.id, SECOND]);
    expect(tried).toEqual(['wrong', 'right']);
    expect(JSON.stringify([frame()])).not.toContain('right');
    unmount();
  });

  test('without a key it says so and answers nothing', async () => {
    const board = new FakeBoard([signed]);
    const { press, shows, unmount } = screenRig(board, {
      signing: () => ({ kind: 'impossible', why: 'there is no key of alice' }),
    });
    press(' ', ' ', 'a');
    await shows('there is no key of alice');
    expect(board.answers).toEqual([]);
    unmount();
  });
});
