import type { Clock } from '../../platform/clock.js';
import { messageOf } from '../../platform/errors.js';
import { isJsonObject, member, type JsonObject } from '../../platform/json.js';
import type { AnswerReceipt, ApprovalEnd, ChannelEvents, ChannelTicket } from '../channel.js';
import type { ApprovalRequest } from '../request.js';
import { outsideAnswer } from './outside-answer.js';
import type { OutsideChannel, OutsideRefusal } from './outside-channel.js';
import type { SlackApp, SlackListener } from './slack-app.js';
import {
  endedMessage,
  isShownWhole,
  reasonModal,
  waitingMessage,
  type SlackMessage,
} from './slack-message.js';
import type { SlackAct } from './slack-payload.js';

export interface SlackChannelOptions {
  readonly name: string;
  readonly app: SlackApp;
  /** The Slack channel in which requests are posted. */
  readonly channel: string;
  /** Ids of the Slack users who may answer. */
  readonly approvers: ReadonlySet<string>;
  /** False where answers must be signed: the message has no buttons then. */
  readonly answers: boolean;
  readonly clock: Clock;
  readonly onRefused: OutsideRefusal;
  /** Told of what could not be said any more: updates and ends. */
  readonly note: (text: string) => void;
}

/** One request that was to be posted. */
interface OpenMessage {
  request: ApprovalRequest;
  readonly events: ChannelEvents;
  /** Over, or not to be delivered. */
  over: boolean;
  /** Aborted when it is over: what was not posted by then is not. */
  readonly wanted: AbortController;
  /** Where it stands; undefined before it was posted. */
  place: { readonly channel: string; readonly ts: string } | undefined;
  last: Promise<void>;
}

/** Asks in a Slack channel, with buttons for those who may answer. */
export class SlackChannel implements OutsideChannel, SlackListener {
  readonly kind = 'slack';
  readonly name: string;
  readonly notifiesOnly: boolean;
  readonly #options: SlackChannelOptions;
  readonly #open = new Map<string, OpenMessage>();
  readonly #ending = new AbortController();

  constructor(options: SlackChannelOptions) {
    this.#options = options;
    this.name = options.name;
    this.notifiesOnly = !options.answers;
    options.app.add(this);
  }

  get isWaiting(): boolean {
    return [...this.#open.values()].some(({ over }) => !over);
  }

  owns(id: string): boolean {
    return this.#open.has(id);
  }

  open(request: ApprovalRequest, events: ChannelEvents): ChannelTicket {
    const wanted = new AbortController();
    const last = Promise.resolve();
    const held: OpenMessage = { request, events, over: false, wanted, place: undefined, last };
    this.#open.set(request.id, held);
    // Not before this returns: the desk does not have the ticket yet.
    this.#next(held, () => this.#ask(held));
    return {
      update: (next) => {
        if (held.over || next.id !== held.request.id) return;
        held.request = next;
        this.#next(held, async () => {
          if (!held.over) await this.#show(held, waitingMessage(held.request, this.#options.answers));
        });
      },
      close: (end) => this.#close(held, end),
    };
  }

  take(act: SlackAct): JsonObject | undefined {
    const { approvers, onRefused } = this.#options;
    const held = this.#open.get(act.id);
    if (held === undefined || held.over) return this.#say(act, OVER);
    if (!approvers.has(act.user)) {
      onRefused(act.id, `the Slack user ${act.user} is not one of the approvers of ${this.name}`);
      return this.#say(act, 'You are not one of the approvers of this channel.');
    }
    if (act.kind === 'reason') return this.#answer(held, act, 'denied', act.reason);
    const isItsOwn = act.ts === held.place?.ts && act.channel === held.place.channel;
    if (!isItsOwn) {
      onRefused(act.id, 'the button stands in another message than the request');
      return this.#say(act, OVER);
    }
    if (act.button === 'deny') return void this.#askReason(held, act);
    if (!isShownWhole(held.request))
      return this.#say(act, 'The call is not shown whole here, so it can only be denied.');
    return this.#answer(held, act, 'approved', null);
  }

  takePassed(act: SlackAct): void {
    const said = this.take(act);
    // A form is answered by whoever got it, which was another process: the person is told beside it.
    const errors = said === undefined ? undefined : member(said, 'errors');
    const text = isJsonObject(errors) ? member(errors, 'reason') : undefined;
    if (typeof text === 'string') this.#whisper(this.#options.channel, act.user, text);
  }

  disown(act: SlackAct): void {
    this.#whisper(act.kind === 'press' ? act.channel : this.#options.channel, act.user, OVER);
  }

  unreachable(why: string): void {
    for (const held of this.#open.values()) this.#undelivered(held, `no answer can come: ${why}`);
  }

  async idle(): Promise<void> {
    await Promise.all([...this.#open.values()].map(({ last }) => last));
    await this.#options.app.api.idle();
  }

  close(): void {
    this.#ending.abort();
    for (const held of this.#open.values()) {
      held.over = true;
      held.wanted.abort();
    }
    this.#open.clear();
    this.#options.app.close();
  }

  #next(held: OpenMessage, action: () => Promise<void>): void {
    held.last = held.last.then(() => new Promise(setImmediate)).then(action);
  }

  async #ask(held: OpenMessage): Promise<void> {
    if (held.over) return;
    const { app, answers, channel } = this.#options;
    if (this.#ending.signal.aborted) return this.#undelivered(held, 'guard is ending');
    try {
      if (answers) await app.listen(this.name);
    } catch (error) {
      return this.#undelivered(held, messageOf(error));
    }
    const message = waitingMessage(held.request, answers);
    const body = { channel, ...message, unfurl_links: false, unfurl_media: false };
    const posted = await app.api.call('chat.postMessage', body, this.#ending.signal, held.wanted.signal);
    if (posted.kind === 'failed') return this.#undelivered(held, posted.why);
    const ts = member(posted.value, 'ts');
    const at = member(posted.value, 'channel');
    if (typeof ts !== 'string') return this.#undelivered(held, 'Slack did not say where the message stands');
    held.place = { channel: typeof at === 'string' ? at : channel, ts };
  }

  #close(held: OpenMessage, end: ApprovalEnd): void {
    if (this.#open.get(held.request.id) !== held || held.over) {
      held.over = true;
      return;
    }
    held.over = true;
    held.wanted.abort();
    this.#next(held, async () => {
      await this.#show(held, endedMessage(held.request, end));
      if (this.#open.get(held.request.id) === held) this.#open.delete(held.request.id);
    });
  }

  async #show({ place, request }: OpenMessage, message: SlackMessage): Promise<void> {
    if (place === undefined) return;
    const { signal } = this.#ending;
    const shown = await this.#options.app.api.call('chat.update', { ...place, ...message }, signal);
    if (shown.kind === 'failed' && !signal.aborted)
      this.#options.note(`the Slack message of ${request.id} stays as it was: ${shown.why}`);
  }

  #undelivered(held: OpenMessage, why: string): void {
    if (held.over) return;
    held.over = true;
    const notice = `It could not be answered here (${why}); look at guard approve.`;
    const end = { state: 'withdrawn', approver: null, channel: null, reason: notice } as const;
    const times = { waited_ms: 0, ended_at: this.#options.clock.timestamp() };
    this.#next(held, async () => {
      await this.#show(held, endedMessage(held.request, { ...end, ...times }));
      if (this.#open.get(held.request.id) === held) this.#open.delete(held.request.id);
    });
    held.events.undelivered(why);
  }

  async #askReason(held: OpenMessage, act: Extract<SlackAct, { kind: 'press' }>): Promise<void> {
    const view = { trigger_id: act.trigger, view: reasonModal(held.request) };
    const opened = await this.#options.app.api.try('views.open', view, this.#ending.signal);
    if (opened.kind !== 'delivered') this.#say(act, `The form did not open (${opened.why}). Press again.`);
  }

  #answer(
    { request, events }: OpenMessage,
    act: SlackAct,
    decision: 'approved' | 'denied',
    reason: string | null,
  ): JsonObject | undefined {
    const receipt = events.answer(
      outsideAnswer(request, {
        decision,
        reason,
        approver: act.user,
        channel: this.name,
        presence: 'slack',
        answered_at: this.#options.clock.timestamp(),
      }),
    );
    // The message itself shows an answer that counted.
    return receipt.kind === 'accepted' ? undefined : this.#say(act, wordsOf(receipt));
  }

  /** Tells the person alone: in the form, or under the message. */
  #say(act: SlackAct, text: string): JsonObject | undefined {
    if (act.kind === 'reason') return { response_action: 'errors', errors: { reason: text } };
    this.#whisper(act.channel, act.user, text);
    return undefined;
  }

  #whisper(channel: string, user: string, text: string): void {
    void this.#options.app.api.try('chat.postEphemeral', { channel, user, text }, this.#ending.signal);
  }
}

const OVER =
  'No guard on this machine holds the call: it is over, or a guard of another machine with the same Slack app holds it. If it still waits, press again, or use guard approve on that machine.';

function wordsOf(receipt: AnswerReceipt): string {
  if (receipt.kind === 'refused') return `The answer does not count: ${receipt.why}.`;
  return 'The answer came too late: the call is over.';
}
