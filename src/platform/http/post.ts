import { messageOf, systemErrorCode } from '../errors.js';

/** What came back, or why nothing did, in words that hold no address: addresses can hold secrets. */
export type Posted =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** The answer's body as UTF-8, cut at the bound. */
      readonly text: string;
      /** What a `Retry-After` header in seconds asks for; undefined where there is none, or it is a date. */
      readonly retryAfterMs: number | undefined;
    }
  | { readonly kind: 'trouble'; readonly why: string };

export interface Post {
  readonly url: string | URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Ends it early. */
  readonly signal: AbortSignal;
  /** How long it may take, with its answer, in milliseconds. */
  readonly timeoutMs: number;
  /** How many bytes of the answer's body are read; with 0 it is not waited for. */
  readonly answerBytesMax: number;
}

/**
 * Posts once and follows no redirect, which is an answer like any other: body and headers are for this
 * receiver alone. Never rejects: what went wrong is `trouble`, also where the signal ended it.
 */
export async function post(sent: Post): Promise<Posted> {
  const { url, headers, body, signal, timeoutMs, answerBytesMax } = sent;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeout]),
    });
    return {
      kind: 'answered',
      status: response.status,
      text: await bodyText(response, answerBytesMax),
      retryAfterMs: retryAfterMs(response),
    };
  } catch (error) {
    if (timeout.aborted) return { kind: 'trouble', why: `no answer within ${timeoutMs / 1000} s` };
    return { kind: 'trouble', why: `it cannot be reached (${causeOf(error)})` };
  }
}

/** Whether an answer means that the receiver took the post. */
export function isTaken(status: number): boolean {
  return status >= 200 && status < 300;
}

/** Whether the same post may be taken later: 408, 425, 429 and 5xx, where no protocol says otherwise. */
export function isPassing(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

/** RFC 9110, section 10.2.3: a number of seconds, or a date, which is left to the usual wait. */
function retryAfterMs({ headers }: Response): number | undefined {
  const text = headers.get('retry-after') ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) * 1000 : undefined;
}

async function bodyText({ body }: Response, bytesMax: number): Promise<string> {
  if (bytesMax === 0) await body?.cancel();
  if (body === null || bytesMax === 0) return '';
  const pieces: Uint8Array[] = [];
  let left = bytesMax;
  // Leaving the loop gives up the rest.
  for await (const piece of body) {
    pieces.push(piece.subarray(0, left));
    left -= piece.length;
    if (left <= 0) break;
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** fetch says no more than "fetch failed"; what happened is its cause. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return systemErrorCode(cause) ?? (cause instanceof Error ? cause.name : messageOf(cause));
}
