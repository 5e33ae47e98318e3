import { DELIVERY_ANSWER_BYTES_MAX, DELIVERY_TIMEOUT_MS } from '../../platform/bounds.js';
import { post } from '../../platform/http/post.js';
import { isJsonObject, member, parseJson, type JsonObject } from '../../platform/json.js';
import { printable } from '../../platform/printable.js';
import type { Schedule } from '../../platform/schedule.js';
import { deliver, type Attempt, type Delivery } from './delivery.js';
import { Turns } from './turns.js';

export interface SlackApiOptions {
  /** Ends with a slash. */
  readonly apiUrl: string;
  readonly token: string;
  readonly schedule: Schedule;
}

/** Errors of Slack's that pass. */
const PASSING: ReadonlySet<string> = new Set([
  'ratelimited',
  'rate_limited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
]);

const ADVICE: Readonly<Record<string, string>> = {
  invalid_auth: 'the token does not count',
  not_authed: 'the token does not count',
  token_revoked: 'the token was revoked: install the app anew',
  account_inactive: 'the token was revoked: install the app anew',
  not_in_channel: 'invite the app to the channel',
  channel_not_found: 'no such channel, or a private one that the app was not invited to',
  is_archived: 'the channel is archived',
  missing_scope: 'the app lacks a scope: bot chat:write, app connections:write',
};

/** The Web API of Slack for one token. Its rate limits are per app, so calls go one after the other. */
export class SlackApi {
  readonly #options: SlackApiOptions;
  readonly #turns = new Turns(1);

  constructor(options: SlackApiOptions) {
    this.#options = options;
  }

  /**
   * Calls a method in its turn, and again while Slack asks for patience. Once `wanted` is aborted it is not
   * begun any more; what is on its way is let through, so that its result is known.
   */
  call(
    method: string,
    body: JsonObject,
    signal: AbortSignal,
    wanted: AbortSignal = signal,
  ): Promise<Delivery<JsonObject>> {
    const terms = { schedule: this.#options.schedule, signal: wanted };
    return this.#turns.run(() => deliver(() => this.try(method, body, signal), terms));
  }

  /** Calls a method at once and once: for what is worth nothing later. */
  async try(method: string, body: JsonObject, signal: AbortSignal): Promise<Attempt<JsonObject>> {
    const { apiUrl, token } = this.#options;
    const posted = await post({
      url: `${apiUrl}${method}`,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(body),
      signal,
      timeoutMs: DELIVERY_TIMEOUT_MS,
      answerBytesMax: DELIVERY_ANSWER_BYTES_MAX,
    });
    if (posted.kind === 'trouble') return { kind: 'again', why: `Slack: ${posted.why}` };
    const { status, retryAfterMs } = posted;
    const after = retryAfterMs === undefined ? {} : { afterMs: retryAfterMs };
    if (status === 429) return { kind: 'again', why: 'Slack asks to wait', ...after };
    if (status >= 500) return { kind: 'again', why: `Slack answered with status ${status}`, ...after };
    const answer = parseJson(posted.text);
    if (!isJsonObject(answer))
      return { kind: 'failed', why: `Slack answered with status ${status} and no JSON` };
    if (member(answer, 'ok') === true) return { kind: 'delivered', value: answer };
    const error = member(answer, 'error');
    const name = typeof error === 'string' ? printable(error, 64) : 'no reason';
    const advice = ADVICE[name];
    const why = `Slack refused ${method} (${name}${advice === undefined ? '' : `: ${advice}`})`;
    return { kind: PASSING.has(name) ? 'again' : 'failed', why, ...after };
  }

  /** Resolves when no call is under way. */
  idle(): Promise<void> {
    return this.#turns.idle();
  }
}
