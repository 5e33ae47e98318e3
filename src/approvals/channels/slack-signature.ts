import { createHmac, timingSafeEqual } from 'node:crypto';
import { SLACK_SEEN_MAX, SLACK_SKEW_MS } from '../../platform/bounds.js';
import type { Clock } from '../../platform/clock.js';
import type { CallbackRequest } from './callback-listener.js';

/**
 * Whether requests come from Slack: HMAC-SHA256 over `v0:timestamp:body` with the app's signing
 * secret, not older than five minutes (docs.slack.dev, "Verifying requests from Slack"), and each once.
 */
export class SlackVerifier {
  readonly #secret: string;
  readonly #clock: Clock;
  /** Signatures of the last minutes, oldest first, with the time at which they are too old anyway. */
  readonly #seen = new Map<string, number>();

  constructor(secret: string, clock: Clock) {
    this.#secret = secret;
    this.#clock = clock;
  }

  /** Why the request does not count; undefined where it does, which is once. */
  fault({ headers, body }: CallbackRequest): string | undefined {
    const timestamp = headers['x-slack-request-timestamp'];
    const signature = headers['x-slack-signature'];
    if (typeof timestamp !== 'string' || typeof signature !== 'string' || !/^\d{1,12}$/.test(timestamp))
      return 'it is not signed by Slack';
    const expected = createHmac('sha256', this.#secret).update(`v0:${timestamp}:`).update(body).digest();
    const given = Buffer.from(signature.replace(/^v0=/, ''), 'hex');
    const isSlack =
      signature.startsWith('v0=') && given.length === expected.length && timingSafeEqual(given, expected);
    if (!isSlack) return 'its signature is not made with the signing secret';
    const nowMs = this.#clock.wallMs();
    if (Math.abs(nowMs - Number(timestamp) * 1000) > SLACK_SKEW_MS)
      return 'its signature is older than five minutes, or ahead of this clock';
    for (const [old, endsMs] of this.#seen) {
      if (endsMs >= nowMs && this.#seen.size < SLACK_SEEN_MAX) break;
      this.#seen.delete(old);
    }
    const seen = expected.toString('hex');
    if (this.#seen.has(seen)) return 'it came before: a replay';
    this.#seen.set(seen, nowMs + 2 * SLACK_SKEW_MS);
    return undefined;
  }
}
