import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ApprovalAnswer } from '../../../src/approvals/answer.js';
import type { AnswerReceipt } from '../../../src/approvals/channel.js';
import { CALLBACK_BODY_BYTES_MAX, DELIVERY_TRIES_MAX } from '../../../src/platform/bounds.js';
import { describeChannel } from '../../contract/channel-contract.js';
import { verifies } from '../../requirements.js';
import { approvalAnswer, approvalRequest, endBy } from '../../support/approval-requests.js';
import { eventually } from '../../support/eventually.js';
import { heldTime } from '../../support/held-time.js';
import { callBack, SECRET, webhookRig, type WebhookRig } from './webhook-rig.js';

let rig: WebhookRig;
beforeAll(async () => {
  rig = await webhookRig();
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Opens a request and notes what the channel tells of it. */
function ask(
  options: Parameters<WebhookRig['open']>[0] = {},
  judge?: (answer: ApprovalAnswer) => AnswerReceipt,
) {
  const { channel, listener } = rig.open(options);
  closing.push(() => {
    channel.close();
    listener.close();
  });
  const request = approvalRequest(1, { channels: ['ops'] });
  const answers: ApprovalAnswer[] = [];
  const undelivered: string[] = [];
  const ticket = channel.open(request, {
    answer(answer) {
      answers.push(answer);
      const receipt = judge?.(answer) ?? { kind: 'accepted' };
      if (receipt.kind === 'accepted') ticket.close(endBy(answer));
      return receipt;
    },
    undelivered: (why) => void undelivered.push(why),
  });
  const asked = () => eventually('the post', () => rig.of(request.id, 'approval_requested'));
  return { channel, request, ticket, answers, undelivered, asked };
}

/** The callback of a request that was posted. */
async function callbackOf(asked: ReturnType<typeof ask>['asked']) {
  const { callback } = await asked();
  if (callback === undefined || callback === null) throw new Error('there is no callback');
  return callback;
}

describe('webhook channel', () => {
  verifies('approval:channel:contract');
  const tokens = new Map<string, string>();
  describeChannel(() => {
    const { channel, listener } = rig.open();
    let queue: Promise<unknown> = Promise.resolve();
    tokens.clear();
    return {
      channel,
      shown(id) {
        if (rig.of(id, 'approval_ended') !== undefined) return undefined;
        const last = rig.of(id, 'approval_updated') ?? rig.of(id, 'approval_requested');
        return last === undefined ? undefined : JSON.stringify(last);
      },
      shownEnd(id) {
        const end = rig.of(id, 'approval_ended');
        return end === undefined ? undefined : JSON.stringify(end);
      },
      answer({ id }, decision, approver) {
        const callback = rig.of(id, 'approval_requested')?.callback;
        if (callback === undefined || callback === null) return;
        queue = queue
          .then(() => callBack(callback.url, { token: tokens.get(id) ?? callback.token, decision, approver }))
          .then(({ value }) => {
            if (typeof value['token'] === 'string') tokens.set(id, value['token']);
            return undefined;
          })
          .catch(() => undefined);
      },
      breakTransport() {
        rig.control.status = 400;
      },
      cleanUp() {
        listener.close();
        rig.reset();
      },
    };
  });
});

describe('posts', () => {
  verifies('approval:webhook:signed');

  test('carry a signature over timestamp and body that the receiver can compute', async () => {
    const { asked } = ask();
    await asked();
    const [post] = rig.posts;
    const timestamp = String(post?.headers['x-guard-timestamp']);
    const expected = createHmac('sha256', SECRET)
      .update(`${timestamp}.${post?.body ?? ''}`)
      .digest('hex');
    expect(post?.headers['x-guard-signature']).toBe(`v1=${expected}`);
    expect(Math.abs(Date.now() / 1000 - Number(timestamp))).toBeLessThan(300);
    expect(post?.headers['x-guard-event']).toBe('approval_requested');
  });

  test('hold no secret, and nothing of the process that holds the call', async () => {
    const { asked } = ask();
    await asked();
    const body = rig.posts[0]?.body ?? '';
    expect(body).not.toContain(SECRET);
    expect(JSON.parse(body)).not.toHaveProperty('request.owner');
    expect(JSON.parse(body)).not.toHaveProperty('request.writer');
  });

  test('a channel that has nowhere to be answered says so by having no callback', async () => {
    const { channel, asked } = ask({ callback: false });
    expect(channel.notifiesOnly).toBe(true);
    expect((await asked()).callback).toBeNull();
  });
});

describe('a receiver in trouble', () => {
  verifies('approval:webhook:retried');

  test('is tried again after longer and longer waits, with the same delivery id', async () => {
    rig.control.replies = [{ status: 503 }, { status: 500 }, { status: 200 }];
    const { undelivered } = ask();
    await eventually('three posts', () => rig.posts.length === 3);
    expect(new Set(rig.posts.map(({ value }) => value.delivery)).size).toBe(1);
    const [first = 0, second = 0] = rig.waits.askedMs;
    expect(first).toBeGreaterThanOrEqual(250);
    expect(first).toBeLessThan(500);
    expect(second).toBeGreaterThanOrEqual(500);
    expect(second).toBeLessThan(1000);
    expect(undelivered).toEqual([]);
  });

  test('is left alone for as long as it asks, within a bound', async () => {
    rig.control.replies = [{ status: 429, headers: { 'retry-after': '7' } }, { status: 200 }];
    ask();
    await eventually('the second post', () => rig.posts.length === 2);
    expect(rig.waits.askedMs).toEqual([7000]);
    rig.reset();
    rig.control.replies = [{ status: 429, headers: { 'retry-after': '3600' } }];
    const { undelivered } = ask();
    await eventually('the report', () => undelivered.length > 0);
    expect(undelivered).toEqual(['it answered with status 429, for 3600 s']);
  });

  test('that stays broken is reported once, in words without its address', async () => {
    rig.control.status = 502;
    const { undelivered } = ask();
    await eventually('the report', () => undelivered.length > 0);
    expect(rig.posts).toHaveLength(DELIVERY_TRIES_MAX);
    expect(undelivered).toEqual([`it answered with status 502, ${DELIVERY_TRIES_MAX} times`]);
    expect(undelivered.join()).not.toContain('url-secret');
  });

  test('a redirect is not followed: the body is for one receiver alone', async () => {
    rig.control.replies = [{ status: 307, headers: { location: '?key=elsewhere' } }];
    const { undelivered } = ask();
    await eventually('the report', () => undelivered.length > 0);
    expect(rig.posts).toHaveLength(1);
  });

  test('a webhook that hangs holds nobody up: the end of the call goes on, and closing ends the post', async () => {
    rig.control.replies = [{ status: 0 }];
    const { channel, ticket, request, undelivered } = ask();
    await eventually('the post', () => rig.posts.length === 1);
    ticket.close(endBy(approvalAnswer(request, 'denied')));
    await eventually('the end', () => rig.of(request.id, 'approval_ended'));
    await channel.idle();
    expect(undelivered).toEqual([]);
  });
});

describe('callbacks', () => {
  verifies('approval:webhook:callback');

  test('a token answers once, and is worth nothing when it comes again', async () => {
    const { answers, asked } = ask();
    const { url, token } = await callbackOf(asked);
    const answer = { token, decision: 'approved', approver: 'ana', reason: 'fine' };
    expect(await callBack(url, answer)).toMatchObject({ status: 200, value: { status: 'accepted' } });
    expect(await callBack(url, answer)).toMatchObject({ status: 409, value: { status: 'used' } });
    expect(
      answers.map(({ approver, reason, presence, signature }) => [approver, reason, presence, signature]),
    ).toEqual([['ana', 'fine', 'webhook', null]]);
    expect(rig.refused).toEqual(['ops: its token was used, or the call is over']);
  });

  test('of many uses of one token at once, one counts', async () => {
    const { answers, asked } = ask({}, () => ({ kind: 'late', end: null }));
    const { url, token } = await callbackOf(asked);
    const replies = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        callBack(url, { token, decision: 'approved', approver: `ana ${index}` }),
      ),
    );
    expect(answers).toHaveLength(1);
    expect(replies.filter(({ value }) => value['status'] === 'used')).toHaveLength(11);
  });

  test('an answer that the desk refuses comes back with why, and with a token for another one', async () => {
    let first = true;
    const { answers, asked } = ask({}, () => {
      const receipt: AnswerReceipt = first ? { kind: 'refused', why: 'not so' } : { kind: 'accepted' };
      first = false;
      return receipt;
    });
    const { url, token } = await callbackOf(asked);
    const refused = await callBack(url, { token, decision: 'approved', approver: 'ana' });
    expect(refused).toMatchObject({ status: 422, value: { status: 'refused', why: 'not so' } });
    const again = await callBack(url, { token: refused.value['token'], decision: 'denied', approver: 'ana' });
    expect(again.status).toBe(200);
    expect(answers.map(({ decision }) => decision)).toEqual(['approved', 'denied']);
  });

  test('a token that was edited, of another guard, or no token is refused and recorded', async () => {
    const { answers, asked } = ask();
    const { url, token } = await callbackOf(asked);
    const [text = '', signature = ''] = token.split('.');
    const claims = JSON.parse(Buffer.from(text, 'base64url').toString()) as object;
    const edited = Buffer.from(JSON.stringify({ ...claims, digest: 'sha256:other' })).toString('base64url');
    ask();
    await eventually('the post of another guard', () => rig.posts.length === 2);
    const foreign = rig.posts[1]?.value.callback?.token ?? '';
    expect(foreign).not.toBe('');
    const bad = [
      `${edited}.${signature}`,
      `${text}.${signature.slice(0, -2)}`,
      text,
      '',
      `${token}.x`,
      foreign,
    ];
    for (const one of [...bad, 'x'.repeat(5000)]) {
      const reply = await callBack(url, { token: one, decision: 'approved', approver: 'ana' });
      expect(reply.status).toBe(401);
    }
    expect(answers).toEqual([]);
    expect(new Set(rig.refused)).toEqual(new Set(['ops: its token is none of this guard']));
    expect((await callBack(url, { token, decision: 'approved', approver: 'ana' })).status).toBe(200);
  });

  test('a token expires with its request, by a clock that does not jump', async () => {
    const time = heldTime();
    const { answers, asked } = ask({ clock: time.clock });
    const { url, token } = await callbackOf(asked);
    time.jump(-86_400_000);
    time.lag(300_000);
    const reply = await callBack(url, { token, decision: 'approved', approver: 'ana' });
    expect(reply).toMatchObject({ status: 410, value: { status: 'expired' } });
    expect(answers).toEqual([]);
  });

  test.each([
    ['no JSON', 'approve it', 400],
    ['a list', '[]', 400],
    ['no decision', { token: 't', approver: 'ana' }, 400],
    ['another decision', { token: 't', decision: 'yes', approver: 'ana' }, 400],
    ['nobody as approver', { token: 't', decision: 'approved', approver: '' }, 400],
    ['a reason that is no text', { token: 't', decision: 'denied', approver: 'ana', reason: {} }, 400],
    ['a name without end', { token: 't', decision: 'approved', approver: 'a'.repeat(300) }, 400],
    ['more than may come', ' '.repeat(CALLBACK_BODY_BYTES_MAX + 1), 413],
  ])('%s is refused with its status, recorded, and nothing else', async (_, body, status) => {
    const { answers, asked } = ask();
    const { url } = await callbackOf(asked);
    expect((await callBack(url, body)).status).toBe(status);
    expect(answers).toEqual([]);
    expect(rig.refused).toHaveLength(1);
  });

  test('another type, another method and another path are refused', async () => {
    const { asked } = ask();
    const { url, token } = await callbackOf(asked);
    const body = { token, decision: 'approved', approver: 'ana' };
    expect((await callBack(url, body, 'text/plain')).status).toBe(415);
    expect((await fetch(url)).status).toBe(405);
    expect((await callBack(`${url}/../../etc/passwd`, body)).status).toBe(404);
    expect(rig.refused).toHaveLength(3);
  });
});

test('a port that is taken is reported, in words', async () => {
  const { listener } = rig.open();
  const { port } = new URL(await listener.address('x'));
  closing.push(() => listener.close());
  const { CallbackListener } = await import('../../../src/approvals/channels/callback-listener.js');
  const second = new CallbackListener({
    host: '127.0.0.1',
    port: Number(port),
    onRefused: () => undefined,
  });
  await expect(second.address('ops')).rejects.toThrow(`cannot listen on 127.0.0.1 port ${port} (EADDRINUSE)`);
});
