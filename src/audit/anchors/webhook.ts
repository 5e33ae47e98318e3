import { signatureHeaders } from '../../platform/http/webhook-signature.js';
import { AnchorRefusedError, type RemoteAnchor } from './anchor-queue.js';

export interface WebhookSettings {
  /** https, or http to this machine. */
  readonly url: string;
  /** Signs each post. */
  readonly secret?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Statuses after which the same head may be sent again. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * Posts each head, the line of the log as it is, as JSON. With a secret `x-guard-signature` is `v1=` and
 * the hex HMAC-SHA256 of `x-guard-timestamp` (seconds), a dot and the body. Redirects are not followed.
 */
export function webhookAnchor({ url, secret, headers }: WebhookSettings, nowMs: () => number): RemoteAnchor {
  return {
    // What follows the host may be a secret of its own.
    name: `webhook ${new URL(url).origin}`,
    async deliver(line, signal) {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          ...headers,
          ...(secret === undefined ? {} : signatureHeaders(secret, Math.floor(nowMs() / 1000), line)),
          'content-type': 'application/json',
        },
        body: line,
        redirect: 'manual',
        signal,
      });
      await response.body?.cancel();
      if (response.ok) return;
      const trouble = `answered HTTP ${response.status}`;
      if (response.status >= 500 || PASSING.has(response.status)) throw new Error(trouble);
      throw new AnchorRefusedError(trouble);
    },
  };
}
