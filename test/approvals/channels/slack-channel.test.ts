import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { SLACK_SKEW_MS } from '../../../src/platform/bounds.js';
import { describeChannel } from '../../contract/channel-contract.js';
import { verifies } from '../../requirements.js';
import { approvalAnswer, approvalId, approvalRequest, endBy } from '../../support/approval-requests.js';
import { eventually } from '../../support/eventually.js';
import {
  APP_TOKEN,
  BOT_TOKEN,
  press,
  say,
  SIGNING_SECRET,
  signed,
  slackDouble,
  submission,
  type SlackDouble,
} from './slack-double.js';
import { slackRig, type SlackRigOptions } from './slack-rig.js';

let slack: SlackDouble;
beforeAll(async () => {
  slack = await slackDouble();
});
afterAll(() => slack.close());

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
  slack.reset();
});

function rigOf(options: SlackRigOptions = {}) {
  const rig = slackRig(slack, options);
  closing.push(() => rig.close());
  return rig;
}

const methods = (): string[] => slack.calls.map(({ method }) => method);

describe('Slack channel', () => {
  verifies('approval:channel:contract');
  const approvers = [
    'ana',
    'bo',
    'mallory',
    ...Array.from({ length: 60 }, (_, at) => `approver of ${approvalId(at + 1)}`),
  ];
  describeChannel(() => {
    const rig = slackRig(slack, { approvers });
    let queue: Promise<unknown> = Promise.resolve();
    return {
      channel: rig.channel,
      shown(id) {
        const message = slack.messageOf(id);
        return message?.isOpen === true ? message.text : undefined;
      },
      shownEnd(id) {
        const message = slack.messageOf(id);
        return message?.isOpen === false ? message.text : undefined;
      },
      answer({ id }, decision, approver) {
        const { ts } = slack.messageOf(id) ?? {};
        if (ts === undefined) return;
        queue = queue
          .then(async () => {
            const url = await rig.url();
            // Until guard knows where its message stands, a press is none of it.
            await rig.channel.idle();
            if (decision === 'approved') return await signed(url, press('approve', id, approver, ts));
            await signed(url, press('deny', id, approver, ts));
            return await signed(url, submission(id, approver, null));
          })
          .catch(() => undefined);
      },
      breakTransport() {
        slack.control.next.set('chat.postMessage', [
          (response) => say(response, { ok: false, error: 'not_in_channel' }),
        ]);
      },
      cleanUp() {
        rig.close();
        slack.reset();
      },
    };
  });
});

describe('answers', () => {
  verifies('approval:slack:verified');

  test('of an approver counts, with who it was, and the message says so to all', async () => {
    const rig = rigOf();
    const { taken, ts } = await rig.ask(approvalRequest(1));
    expect(await signed(await rig.url(), press('approve', approvalId(1), 'U0ANA', ts))).toEqual({
      status: 200,
      body: null,
    });
    expect(taken.map(({ approver, presence, decision }) => [approver, presence, decision])).toEqual([
      ['U0ANA', 'slack', 'approved'],
    ]);
    await eventually('the end', () => slack.messageOf(approvalId(1))?.isOpen === false);
    expect(slack.messageOf(approvalId(1))?.text).toContain('Approved by <@U0ANA>');
  });

  test('a denial asks for a reason in a form, and the agent reads it', async () => {
    const rig = rigOf();
    const { taken, ts } = await rig.ask(approvalRequest(1));
    await signed(await rig.url(), press('deny', approvalId(1), 'U0BO', ts));
    const form = await eventually('the form', () =>
      slack.calls.find(({ method }) => method === 'views.open'),
    );
    expect(form.body).toMatchObject({ trigger_id: 'trigger.1', view: { private_metadata: approvalId(1) } });
    expect(taken).toEqual([]);
    await signed(await rig.url(), submission(approvalId(1), 'U0BO', 'not on a Friday'));
    expect(taken.map(({ decision, reason }) => [decision, reason])).toEqual([['denied', 'not on a Friday']]);
  });

  test('of anybody else is told so alone, recorded, and changes nothing', async () => {
    const rig = rigOf();
    const { taken, ts } = await rig.ask(approvalRequest(1));
    const url = await rig.url();
    await signed(url, press('approve', approvalId(1), 'U0EVE', ts));
    const told = await signed(url, submission(approvalId(1), 'U0EVE', null));
    expect(told.body).toMatchObject({ response_action: 'errors' });
    expect(taken).toEqual([]);
    const why = 'the Slack user U0EVE is not one of the approvers of slack';
    expect(rig.refused).toEqual([`${approvalId(1)}: ${why}`, `${approvalId(1)}: ${why}`]);
    await eventually('the word to Eve', () => methods().includes('chat.postEphemeral'));
  });

  test.each([
    ['forged', () => ({ secret: 'another-secret-altogether' })],
    ['stale', () => ({ atS: Math.floor((Date.now() - SLACK_SKEW_MS) / 1000) - 10 })],
    ['from the future', () => ({ atS: Math.floor((Date.now() + SLACK_SKEW_MS) / 1000) + 10 })],
    ['signed with an empty signature', () => ({ signature: 'v0=' })],
    ['signed under another version', () => ({ signature: `v1=${'a'.repeat(64)}` })],
  ])('a request that is %s is refused with 401, recorded, and nothing else', async (_, options) => {
    const rig = rigOf();
    const { taken, ts } = await rig.ask(approvalRequest(1));
    const reply = await signed(await rig.url(), press('approve', approvalId(1), 'U0ANA', ts), options());
    expect(reply).toEqual({ status: 401, body: null });
    expect(taken).toEqual([]);
    expect(rig.refused).toHaveLength(1);
    expect(methods()).toEqual(['chat.postMessage']);
  });

  test('a request that comes again, letter by letter, is a replay', async () => {
    const rig = rigOf();
    const { taken, ts } = await rig.ask(approvalRequest(1));
    const atS = Math.floor(Date.now() / 1000);
    const eve = press('approve', approvalId(1), 'U0EVE', ts);
    expect((await signed(await rig.url(), eve, { atS })).status).toBe(200);
    expect((await signed(await rig.url(), eve, { atS })).status).toBe(401);
    expect(rig.refused.at(-1)).toBe('slack: it came before: a replay');
    expect(taken).toEqual([]);
  });

  test('a button that stands in another message answers nothing', async () => {
    const rig = rigOf();
    const { taken } = await rig.ask(approvalRequest(1));
    const other = await rig.ask(approvalRequest(2));
    await signed(await rig.url(), press('approve', approvalId(1), 'U0ANA', other.ts));
    expect([taken, other.taken]).toEqual([[], []]);
    expect(rig.refused).toHaveLength(1);
  });

  test('after the end a press is told that it is over', async () => {
    const rig = rigOf();
    const { ticket, taken, ts } = await rig.ask(approvalRequest(1));
    ticket.close(endBy(approvalAnswer(approvalRequest(1), 'denied')));
    await signed(await rig.url(), press('approve', approvalId(1), 'U0ANA', ts));
    expect(taken).toEqual([]);
    await eventually('the word', () => methods().includes('chat.postEphemeral'));
  });

  test('where answers must be signed the message has no buttons, and a press is worth nothing', async () => {
    const rig = rigOf({ answers: false });
    expect(rig.channel.notifiesOnly).toBe(true);
    const { text } = await rig.ask(approvalRequest(1));
    expect(text).toContain('run guard approve');
    expect(text).not.toContain('guard_approve');
  });
});

const limited = (response: Parameters<typeof say>[0]): void =>
  say(response, { ok: false, error: 'ratelimited' }, 429, { 'retry-after': '3' });

describe('calls to Slack', () => {
  verifies('approval:slack:limits');

  test('wait as long as Slack asks, one after the other, and each arrives once', async () => {
    const rig = rigOf();
    slack.control.next.set('chat.postMessage', [limited, limited]);
    const all = await Promise.all([1, 2, 3].map((at) => rig.ask(approvalRequest(at))));
    expect(rig.waits.askedMs).toEqual([3000, 3000]);
    expect(all.map(({ undelivered }) => undelivered)).toEqual([[], [], []]);
    expect(slack.messages.size).toBe(3);
  });

  test.each([
    ['not_in_channel', 'invite the app to the channel'],
    ['invalid_auth', 'the token does not count'],
    ['missing_scope', 'the app lacks a scope'],
    ['some_new_error', 'some_new_error'],
  ])('a refusal (%s) is reported in words, without a token', async (error, words) => {
    const rig = rigOf();
    slack.control.next.set('chat.postMessage', [(response) => say(response, { ok: false, error })]);
    const { undelivered } = await rig.ask(approvalRequest(1));
    expect(undelivered).toEqual([expect.stringContaining(words)]);
    for (const secret of [BOT_TOKEN, APP_TOKEN, SIGNING_SECRET])
      expect(undelivered.join()).not.toContain(secret);
  });

  test('an end that cannot be shown is noted', async () => {
    const rig = rigOf();
    const { ticket } = await rig.ask(approvalRequest(1));
    slack.control.next.set('chat.update', [
      (response) => say(response, { ok: false, error: 'cant_update_message' }),
    ]);
    ticket.close(endBy(approvalAnswer(approvalRequest(1), 'approved')));
    await eventually('the note', () => rig.notes.length > 0);
    expect(rig.notes).toEqual([expect.stringContaining('cant_update_message')]);
  });
});

const connected = () => eventually('a connection', () => slack.sockets.size > 0);

const unencrypted = (response: Parameters<typeof say>[0]): void =>
  say(response, { ok: true, url: 'ws://slack.example/link' });

describe('Socket Mode', () => {
  verifies('approval:slack:socket');

  test('an envelope is acknowledged and counts; the form is answered in the acknowledgement', async () => {
    const rig = rigOf({ socket: true });
    const { taken, ts } = await rig.ask(approvalRequest(1));
    await connected();
    const foreign = slack.envelope(submission(approvalId(1), 'U0EVE', null));
    const counted = slack.envelope(press('approve', approvalId(1), 'U0ANA', ts));
    await eventually('both acknowledgements', () => slack.acknowledged.length === 2);
    expect(slack.acknowledged).toEqual([
      { envelope_id: foreign, payload: expect.objectContaining({ response_action: 'errors' }) },
      { envelope_id: counted },
    ]);
    expect(taken.map(({ approver }) => approver)).toEqual(['U0ANA']);
  });

  test('an envelope that comes again is acknowledged again and counts once', async () => {
    const rig = rigOf({ socket: true });
    await rig.ask(approvalRequest(1));
    await connected();
    const eve = press('approve', approvalId(1), 'U0EVE', 'x');
    const id = slack.envelope(eve);
    slack.envelope(eve, id);
    await eventually('both acknowledgements', () => slack.acknowledged.length === 2);
    expect(rig.refused).toHaveLength(1);
  });

  test('what is no envelope is passed over', async () => {
    const rig = rigOf({ socket: true });
    const { taken, ts } = await rig.ask(approvalRequest(1));
    await connected();
    for (const socket of slack.sockets)
      for (const text of ['{', '[]', 'null', '{"type":"interactive"}']) socket.send(text);
    slack.envelope({ type: 'block_actions', actions: 'none' });
    slack.envelope(press('approve', approvalId(1), 'U0ANA', ts));
    await eventually('the answer', () => taken.length === 1);
  });

  test('a connection that Slack ends, or that breaks, is made anew while a call waits', async () => {
    const rig = rigOf({ socket: true });
    const { taken, ts } = await rig.ask(approvalRequest(1));
    await connected();
    for (const socket of slack.sockets)
      socket.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' }));
    await eventually(
      'the second connection',
      () => slack.control.connections === 2 && slack.sockets.size === 1,
    );
    for (const socket of slack.sockets) socket.terminate();
    await eventually(
      'the third connection',
      () => slack.control.connections === 3 && slack.sockets.size === 1,
    );
    slack.envelope(press('approve', approvalId(1), 'U0ANA', ts));
    await eventually('the answer', () => taken.length === 1);
  });

  test('a connection that falls silent without a word is found out and made anew', async () => {
    const rig = rigOf({ socket: true, impatient: true });
    const { taken, ts } = await rig.ask(approvalRequest(1));
    await connected();
    for (const socket of slack.sockets) socket.pause();
    await eventually('another connection', () => slack.control.connections > 1);
    await eventually('the answer', () => {
      slack.envelope(press('approve', approvalId(1), 'U0ANA', ts));
      return taken.length === 1;
    });
  });

  test('without a way back the request is reported as undelivered, and the message says so', async () => {
    const rig = rigOf({ socket: true, appToken: 'xapp-another-token' });
    const { undelivered } = await rig.ask(approvalRequest(1));
    await eventually('the report', () => undelivered.length > 0);
    expect(undelivered).toEqual([
      expect.stringContaining('no answer can come: Slack refused apps.connections.open'),
    ]);
    await eventually('no buttons', () => slack.messageOf(approvalId(1))?.isOpen !== true);
  });

  test('an address that is not encrypted is not connected to', async () => {
    const rig = rigOf({ socket: true });
    slack.control.next.set('apps.connections.open', [unencrypted]);
    const { undelivered } = await rig.ask(approvalRequest(1));
    await eventually('the report', () => undelivered.length > 0);
    expect(undelivered.join()).toContain('no wss:// address');
  });
});
