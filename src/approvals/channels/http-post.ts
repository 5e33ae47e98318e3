import { DELIVERY_ANSWER_BYTES_MAX, DELIVERY_TIMEOUT_MS } from '../../platform/bounds.js';
import { messageOf, systemErrorCode } from '../../platform/errors.js';

/** What came back, or why nothing did, in words that hold no address: addresses can hold secrets. */
export type Posted =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly text: string;
      /** What a `Retry-After` header in seconds asks for. */
      readonly retryAfterMs: number | undefined;
    }
  | { readonly kind: 'trouble'; readonly why: string };

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
  /** How long it may take, with its answer. */
  readonly timeoutMs?: number;
}

/** Posts once, within a time (DELIVERY_TIMEOUT_MS by default), and follows no redirect: the body is for this receiver alone. Never rejects. */
export async function post(sent: Post): Promise<Posted> {
  const { url, headers, body, signal, timeoutMs = DELIVERY_TIMEOUT_MS } = sent;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeout]),
    });
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    return {
      kind: 'answered',
      status: response.status,
      text: await bodyText(response),
      retryAfterMs: Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined,
    };
  } catch (error) {
    if (timeout.aborted) return { kind: 'trouble', why: `no answer within ${timeoutMs / 1000} s` };
    return { kind: 'trouble', why: `it cannot be reached (${causeOf(error)})` };
  }
}

async function bodyText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = response.body?.getReader();
  for (;;) {
    const read = await reader?.read();
    if (read === undefined || read.done) break;
    bytes += read.value.length;
    if (bytes > DELIVERY_ANSWER_BYTES_MAX) {
      await reader?.cancel();
      break;
    }
    chunks.push(read.value);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** fetch says no more than "fetch failed"; what happened is its cause. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return systemErrorCode(cause) ?? (cause instanceof Error ? cause.name : messageOf(cause));
}
