import {
  DELIVERIES_AT_ONCE_MAX,
  DELIVERY_ANSWER_BYTES_MAX,
  DELIVERY_TIMEOUT_MS,
} from '../../platform/bounds.js';
import type { Clock } from '../../platform/clock.js';
import { messageOf } from '../../platform/errors.js';
import { isPassing, isTaken, post } from '../../platform/http/post.js';
import { signatureHeaders } from '../../platform/http/webhook-signature.js';
import type { JsonObject } from '../../platform/json.js';
import { randomId } from '../../platform/random-id.js';
import type { Schedule } from '../../platform/schedule.js';
import type { ApprovalEnd, ChannelEvents, ChannelTicket } from '../channel.js';
import type { ApprovalRequest } from '../request.js';
import type { CallbackListener, CallbackReply, CallbackRequest } from './callback-listener.js';
import { CallbackTokens } from './callback-tokens.js';
import { deliver, type Attempt, type Delivery } from './delivery.js';
import { outsideAnswer } from './outside-answer.js';
import type { OutsideChannel } from './outside-channel.js';
import { Turns } from './turns.js';
import { replyOf, webhookAnswer, type WebhookAnswer } from './webhook-answer.js';

export interface WebhookOptions {
  readonly name: string;
  readonly url: string;
  /** Key of the signature. */
  readonly secret: string;
  /** Where it is answered; undefined where it only notifies. */
  readonly listener: CallbackListener | undefined;
  /** Key of the tokens that answer: 32 random bytes. */
  readonly tokenKey: Buffer;
  readonly clock: Clock;
  readonly schedule: Schedule;
  /** Told of what could not be said any more: updates and ends. */
  readonly note: (text: string) => void;
}

/** One request that was to be posted. */
interface OpenPost {
  request: ApprovalRequest;
  readonly events: ChannelEvents;
  /** Over, or not to be delivered. */
  over: boolean;
  /** Whether the receiver may have seen it. */
  sent: boolean;
  /** Aborted when it is over: nobody has to be asked any more. */
  readonly wanted: AbortController;
  /** What was begun last: posts about one request arrive in their order. */
  last: Promise<void>;
}

/** Posts requests, changes and ends to one address, and takes answers by callback. */
export class WebhookChannel implements OutsideChannel {
  readonly kind = 'webhook';
  readonly name: string;
  readonly notifiesOnly: boolean;
  readonly #options: WebhookOptions;
  readonly #turns = new Turns(DELIVERIES_AT_ONCE_MAX);
  readonly #open = new Set<OpenPost>();
  readonly #tokens: CallbackTokens<OpenPost>;
  readonly #ending = new AbortController();

  constructor(options: WebhookOptions) {
    this.#options = options;
    this.name = options.name;
    this.notifiesOnly = options.listener === undefined;
    this.#tokens = new CallbackTokens(options.tokenKey, options.clock);
    options.listener?.handle(options.name, (request) => this.#called(request));
  }

  open(request: ApprovalRequest, events: ChannelEvents): ChannelTicket {
    const wanted = new AbortController();
    const held: OpenPost = { request, events, over: false, sent: false, wanted, last: Promise.resolve() };
    this.#open.add(held);
    // Not before this returns: the desk does not have the ticket yet.
    this.#next(held, () => this.#ask(held));
    return {
      update: (next) => {
        if (held.over || next.id !== held.request.id) return;
        held.request = next;
        this.#next(held, () => this.#tell(held, 'approval_updated', {}));
      },
      close: (end) => this.#close(held, end),
    };
  }

  async idle(): Promise<void> {
    await Promise.all([...this.#open].map(({ last }) => last));
    await this.#turns.idle();
  }

  close(): void {
    this.#ending.abort();
    for (const held of this.#open) {
      held.over = true;
      held.wanted.abort();
      this.#tokens.revoke(held.request.id);
    }
    this.#open.clear();
  }

  #next(held: OpenPost, action: () => Promise<void>): void {
    held.last = held.last.then(() => new Promise(setImmediate)).then(action);
  }

  #close(held: OpenPost, end: ApprovalEnd): void {
    if (held.over) return;
    held.over = true;
    held.wanted.abort();
    this.#tokens.revoke(held.request.id);
    this.#next(held, async () => {
      if (held.sent) await this.#tell(held, 'approval_ended', { end: { ...end } });
      this.#open.delete(held);
    });
  }

  async #ask(held: OpenPost): Promise<void> {
    if (held.over) return;
    if (this.#ending.signal.aborted) return this.#undelivered(held, 'guard is ending');
    try {
      const url = await this.#options.listener?.address(this.name);
      if (held.over) return;
      const callback =
        url === undefined ? null : { url, token: this.#token(held), expires_at: held.request.expires_at };
      const { signal } = held.wanted;
      const done = await this.#turns.run(() => this.#post(held, 'approval_requested', { callback }, signal));
      if (done.kind === 'failed') this.#undelivered(held, done.why);
    } catch (error) {
      this.#undelivered(held, messageOf(error));
    }
  }

  async #tell(held: OpenPost, event: string, more: JsonObject): Promise<void> {
    const { signal } = this.#ending;
    const done = await this.#turns.run(() => this.#post(held, event, more, signal));
    if (done.kind === 'failed' && !signal.aborted)
      this.#options.note(
        `the webhook ${this.name} was not told of ${event} (${held.request.id}): ${done.why}`,
      );
  }

  #undelivered(held: OpenPost, why: string): void {
    if (held.over) return;
    held.over = true;
    this.#tokens.revoke(held.request.id);
    this.#open.delete(held);
    held.events.undelivered(why);
  }

  #token(held: OpenPost): string {
    return this.#tokens.issue(held.request, held.request.timeout_ms, held);
  }

  #post(held: OpenPost, event: string, more: JsonObject, signal: AbortSignal): Promise<Delivery<null>> {
    const { url, secret, clock, schedule } = this.#options;
    const { owner: _owner, writer: _writer, ...request } = held.request;
    const delivery = randomId('dlv_', 20);
    const body = JSON.stringify({ v: 1, event, delivery, channel: this.name, request, ...more });
    return deliver(
      async () => {
        held.sent = true;
        // Signed for each try: a receiver refuses what is old.
        const signed = signatureHeaders(secret, Math.floor(clock.wallMs() / 1000), body);
        const headers = {
          ...signed,
          'content-type': 'application/json',
          'x-guard-event': event,
          'x-guard-delivery': delivery,
        };
        const posted = await post({
          url,
          headers,
          body,
          signal,
          timeoutMs: DELIVERY_TIMEOUT_MS,
          answerBytesMax: DELIVERY_ANSWER_BYTES_MAX,
        });
        return posted.kind === 'trouble' ? { kind: 'again', why: posted.why } : attemptOf(posted);
      },
      { schedule, signal },
    );
  }

  #called(request: CallbackRequest): CallbackReply {
    const answer = webhookAnswer(request);
    if ('status' in answer) return answer;
    const redeemed = this.#tokens.redeem(answer.token);
    switch (redeemed.kind) {
      case 'forged':
        return { status: 401, refused: 'its token is none of this guard' };
      case 'used':
        return { status: 409, body: { status: 'used' }, refused: 'its token was used, or the call is over' };
      case 'expired':
        return { status: 410, body: { status: 'expired' }, refused: 'its token has expired' };
      case 'valid':
        return this.#answer(redeemed.holder.value, answer);
    }
  }

  #answer(held: OpenPost, { decision, approver, reason }: WebhookAnswer): CallbackReply {
    const { request } = held;
    const receipt = held.events.answer(
      outsideAnswer(request, {
        decision,
        reason,
        approver,
        channel: this.name,
        presence: 'webhook',
        answered_at: this.#options.clock.timestamp(),
      }),
    );
    return replyOf(receipt, () => this.#token(held));
  }
}

/** A receiver that is busy or broken is tried again; one that says no, or points elsewhere, is not. */
function attemptOf({
  status,
  retryAfterMs,
}: {
  readonly status: number;
  readonly retryAfterMs: number | undefined;
}): Attempt<null> {
  if (isTaken(status)) return { kind: 'delivered', value: null };
  const why = `it answered with status ${status}`;
  if (isPassing(status))
    return { kind: 'again', why, ...(retryAfterMs === undefined ? {} : { afterMs: retryAfterMs }) };
  return { kind: 'failed', why: status >= 300 && status < 400 ? `${why}, a redirect` : why };
}
