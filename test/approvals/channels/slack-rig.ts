import type { ApprovalAnswer } from '../../../src/approvals/answer.js';
import { CallbackListener } from '../../../src/approvals/channels/callback-listener.js';
import { SlackApp } from '../../../src/approvals/channels/slack-app.js';
import { SlackChannel } from '../../../src/approvals/channels/slack-channel.js';
import type { ApprovalRequest } from '../../../src/approvals/request.js';
import { type Clock, systemClock } from '../../../src/platform/clock.js';
import { endBy } from '../../support/approval-requests.js';
import { eventually } from '../../support/eventually.js';
import { shortWaits } from './http-double.js';
import { APP_TOKEN, BOT_TOKEN, CHANNEL, SIGNING_SECRET, type SlackDouble } from './slack-double.js';

export interface SlackRigOptions {
  readonly socket?: boolean;
  readonly answers?: boolean;
  readonly approvers?: readonly string[];
  readonly channel?: string;
  readonly botToken?: string;
  readonly appToken?: string;
  readonly clock?: Clock;
  /** Connections are found silent within milliseconds. */
  readonly impatient?: boolean;
}

/** A Slack channel of guard in front of a Slack on loopback. */
export function slackRig(slack: SlackDouble, options: SlackRigOptions = {}) {
  const { socket = false, answers = true, approvers = ['U0ANA', 'U0BO'], clock = systemClock() } = options;
  const waits = shortWaits(options.impatient === true ? Infinity : undefined);
  const refused: string[] = [];
  const notes: string[] = [];
  const listener = new CallbackListener({
    host: '127.0.0.1',
    port: 0,
    onRefused: (why, channel) => void refused.push(`${channel}: ${why}`),
  });
  const app = new SlackApp({
    apiUrl: slack.apiUrl(),
    botToken: options.botToken ?? BOT_TOKEN,
    appToken: socket ? (options.appToken ?? APP_TOKEN) : undefined,
    signingSecret: socket ? undefined : SIGNING_SECRET,
    listener,
    clock,
    schedule: waits.schedule,
  });
  const channel = new SlackChannel({
    name: 'slack',
    app,
    channel: options.channel ?? CHANNEL,
    approvers: new Set(approvers),
    answers,
    clock,
    onRefused: (id, why) => void refused.push(`${id}: ${why}`),
    note: (text) => void notes.push(text),
  });
  return {
    channel,
    waits,
    refused,
    notes,
    /** Opens a request; the desk takes the first answer. */
    async ask(request: ApprovalRequest) {
      const taken: ApprovalAnswer[] = [];
      const undelivered: string[] = [];
      const ticket = channel.open(request, {
        answer(answer) {
          taken.push(answer);
          ticket.close(endBy(answer));
          return { kind: 'accepted' };
        },
        undelivered: (why) => void undelivered.push(why),
      });
      const message = await eventually(
        'the message, or why there is none',
        () =>
          slack.messageOf(request.id) ??
          (undelivered.length > 0 ? { ts: '', text: '', isOpen: false } : false),
      );
      // guard knows the place of a message a moment after Slack does.
      await channel.idle();
      return { ticket, taken, undelivered, ts: message.ts, text: message.text };
    },
    url: () => listener.address('slack'),
    close() {
      channel.close();
      listener.close();
    },
  };
}
