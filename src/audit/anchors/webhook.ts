import { ANCHOR_ANSWER_MS } from '../../platform/bounds.js';
import { isPassing, isTaken, post } from '../../platform/http/post.js';
import { signatureHeaders } from '../../platform/http/webhook-signature.js';
import { AnchorRefusedError, type RemoteAnchor } from './anchor-queue.js';

export interface WebhookSettings {
  /** https, or http to this machine. */
  readonly url: string;
  /** Signs each post. */
  readonly secret?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Posts each head, the line of the log as it is, as JSON. With a secret `x-guard-signature` is `v1=` and
 * the hex HMAC-SHA256 of `x-guard-timestamp` (seconds), a dot and the body. Redirects are not followed.
 */
export function webhookAnchor({ url, secret, headers }: WebhookSettings, nowMs: () => number): RemoteAnchor {
  return {
    // What follows the host may be a secret of its own.
    name: `webhook ${new URL(url).origin}`,
    async deliver(line, signal) {
      const posted = await post({
        url,
        headers: {
          ...headers,
          ...(secret === undefined ? {} : signatureHeaders(secret, Math.floor(nowMs() / 1000), line)),
          'content-type': 'application/json',
        },
        body: line,
        signal,
        timeoutMs: ANCHOR_ANSWER_MS,
        answerBytesMax: 0,
      });
      signal.throwIfAborted();
      if (posted.kind === 'trouble') throw new Error(posted.why);
      if (isTaken(posted.status)) return;
      const trouble = `answered HTTP ${posted.status}`;
      if (isPassing(posted.status)) throw new Error(trouble);
      throw new AnchorRefusedError(trouble);
    },
  };
}
