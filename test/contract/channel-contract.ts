import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ApprovalAnswer } from '../../src/approvals/answer.js';
import type { AnswerReceipt, ApprovalChannel, ChannelTicket } from '../../src/approvals/channel.js';
import type { ApprovalRequest } from '../../src/approvals/request.js';
import { approvalAnswer, approvalRequest, endBy } from '../support/approval-requests.js';
import { eventually } from '../support/eventually.js';
import { randomFrom } from '../support/random.js';

/** One channel under test, and the person at its other end. */
export interface ChannelHarness {
  readonly channel: ApprovalChannel;
  /** What the person sees of a request that waits; undefined where it is not shown. */
  shown(id: string): string | undefined;
  /** What the person sees of a request that is over; undefined where nothing says so. */
  shownEnd(id: string): string | undefined;
  /** The person answers, whether or not the request is still shown. */
  answer(request: ApprovalRequest, decision: ApprovalAnswer['decision'], approver: string): void;
  /** From now on nothing that is opened can be delivered. */
  breakTransport(): void;
  cleanUp(): void;
}

/** One open request and everything that the channel told of it. */
interface Opened {
  readonly request: ApprovalRequest;
  readonly ticket: ChannelTicket;
  readonly answers: ApprovalAnswer[];
  readonly undelivered: string[];
}

/** What every channel must do, whatever carries it. */
export function describeChannel(create: () => ChannelHarness): void {
  let harness: ChannelHarness;
  beforeEach(() => {
    harness = create();
  });
  afterEach(() => {
    harness.channel.close();
    harness.cleanUp();
  });

  /** Opens a request as the desk does; `judge` is the desk's verdict on an answer. */
  function open(count: number, judge: (opened: Opened) => AnswerReceipt = accept): Opened {
    const request = approvalRequest(count);
    const answers: ApprovalAnswer[] = [];
    const undelivered: string[] = [];
    const ticket = harness.channel.open(request, {
      answer(answer) {
        answers.push(answer);
        return judge(opened);
      },
      undelivered: (why) => undelivered.push(why),
    });
    const opened: Opened = { request, ticket, answers, undelivered };
    // What comes before the desk has the ticket would come before the desk knows the request.
    expect([answers, undelivered]).toEqual([[], []]);
    return opened;
  }
  const shown = ({ request }: Opened): Promise<string> =>
    eventually('the request to be shown', () => harness.shown(request.id));
  /** Everything that is under way has arrived once a later request was answered. */
  async function settled(): Promise<void> {
    const last = open(900);
    await shown(last);
    harness.answer(last.request, 'denied', 'bo');
    await answered(last);
  }

  test('has a name and a kind', () => {
    expect(harness.channel.name).toMatch(/\w/);
    expect(harness.channel.kind).toMatch(/\w/);
  });

  test('shows the request and hands the answer in, with who gave it and by which channel', async () => {
    const opened = open(1);
    expect(await shown(opened)).toContain('refund');
    harness.answer(opened.request, 'approved', 'ana');
    await answered(opened);
    const { id, digest } = opened.request;
    expect(opened.answers).toEqual([
      expect.objectContaining({
        id,
        digest,
        decision: 'approved',
        approver: 'ana',
        channel: harness.channel.name,
      }),
    ]);
    expect(opened.undelivered).toEqual([]);
  });

  test('an answer that is refused leaves the request open for another one', async () => {
    const opened = open(1, ({ answers, ...rest }) =>
      answers.length === 1 ? { kind: 'refused', why: 'not this one' } : accept({ answers, ...rest }),
    );
    await shown(opened);
    harness.answer(opened.request, 'approved', 'mallory');
    await answered(opened);
    await eventually('the next answer', () => {
      if (opened.answers.length === 1) harness.answer(opened.request, 'denied', 'ana');
      return opened.answers.length > 1;
    });
    expect(opened.answers.map(({ approver }) => approver)).toEqual(['mallory', 'ana']);
  });

  test('shows how the request ended, and takes no answer any more', async () => {
    const opened = open(1);
    await shown(opened);
    opened.ticket.close(endBy(approvalAnswer(opened.request, 'approved', { approver: 'bo' })));
    expect(await eventually('the end', () => harness.shownEnd(opened.request.id))).toContain('bo');
    await eventually('the request to go', () => harness.shown(opened.request.id) === undefined);
    harness.answer(opened.request, 'approved', 'ana');
    await settled();
    expect(opened.answers).toEqual([]);
  });

  test('closing a ticket twice keeps the first end', async () => {
    const opened = open(1);
    await shown(opened);
    opened.ticket.close(endBy(approvalAnswer(opened.request, 'denied', { approver: 'bo' })));
    opened.ticket.close(endBy(approvalAnswer(opened.request, 'approved', { approver: 'mallory' })));
    await settled();
    const end = await eventually('the end', () => harness.shownEnd(opened.request.id));
    expect(end).toContain('bo');
    expect(end).not.toContain('mallory');
  });

  test('a ticket that is closed at once is told of nothing', async () => {
    const opened = open(1);
    opened.ticket.close(endBy(approvalAnswer(opened.request, 'denied')));
    harness.answer(opened.request, 'approved', 'ana');
    await settled();
    expect([opened.answers, opened.undelivered]).toEqual([[], []]);
    expect(harness.shown(opened.request.id)).toBeUndefined();
  });

  test('an update is seen, and one after the end brings nothing back', async () => {
    const opened = open(1);
    const before = await shown(opened);
    const next = { ...opened.request, escalated_at: '2026-11-22T08:02:00.000Z' };
    opened.ticket.update(next);
    await eventually('the update', () => (harness.shown(next.id) ?? before) !== before);
    harness.answer(next, 'approved', 'ana');
    await answered(opened);
    opened.ticket.update(opened.request);
    await settled();
    expect(harness.shown(next.id)).toBeUndefined();
  });

  test('a transport that is broken is reported once, after open has returned, in words', async () => {
    harness.breakTransport();
    const opened = open(1);
    await eventually('the report', () => opened.undelivered.length > 0);
    expect(opened.undelivered).toEqual([expect.stringMatching(/\w+ \w+/)]);
    opened.ticket.update(opened.request);
    opened.ticket.close(endBy(approvalAnswer(opened.request, 'denied')));
    expect([opened.answers.length, opened.undelivered.length]).toEqual([0, 1]);
  });

  test('many requests at once: every answer reaches its own request, once', async () => {
    const random = randomFrom(7);
    const all = Array.from({ length: 60 }, (_, index) => open(index + 1));
    for (const opened of all) await shown(opened);
    for (const { request } of random.shuffled(all)) {
      const decision = request.id.endsWith('3') ? 'denied' : 'approved';
      harness.answer(request, decision, `approver of ${request.id}`);
    }
    for (const opened of all) await answered(opened);
    await settled();
    for (const { request, answers } of all) {
      expect(answers.map(({ id, digest, decision, approver }) => [id, digest, decision, approver])).toEqual([
        [
          request.id,
          request.digest,
          request.id.endsWith('3') ? 'denied' : 'approved',
          `approver of ${request.id}`,
        ],
      ]);
    }
  });

  test('a closed channel hands nothing in and delivers nothing; closing it twice is safe', async () => {
    const opened = open(1);
    await shown(opened);
    harness.channel.close();
    harness.channel.close();
    harness.answer(opened.request, 'approved', 'ana');
    opened.ticket.update(opened.request);
    opened.ticket.close(endBy(approvalAnswer(opened.request, 'denied')));
    const late = open(2);
    await eventually('the report', () => late.undelivered.length > 0);
    expect([opened.answers, opened.undelivered, late.answers]).toEqual([[], [], []]);
  });
}

/** The channel handed that many answers in. */
function answered({ answers }: Opened, count = 1): Promise<boolean> {
  return eventually(`${count} answers`, () => answers.length >= count);
}

/** The desk's verdict on a first valid answer. */
function accept({ ticket, answers }: Opened): AnswerReceipt {
  const [answer] = answers.slice(-1);
  if (answer !== undefined) ticket.close(endBy(answer));
  return { kind: 'accepted' };
}
