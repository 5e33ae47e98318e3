import { isRetryable } from '../../audit/otlp/retryable.js';
import {
  OTLP_ANSWER_BYTES_MAX,
  OTLP_TIMEOUT_MS,
  OTLP_TRIES_MAX,
  OTLP_WAIT_MS_MAX,
} from '../../platform/bounds.js';
import { GuardError } from '../../platform/errors.js';
import { isTaken, post } from '../../platform/http/post.js';
import { isJsonObject, parseJson } from '../../platform/json.js';
import { isLoopbackHost } from '../../platform/loopback.js';
import type { Environment } from '../../platform/paths.js';
import { printable } from '../../platform/printable.js';

/** Sends batches of log records to a collector. */
export interface OtlpSender {
  /** Resolves with how many records of the batch the collector took back; throws GuardError `export-refused`. */
  send(body: string): Promise<number>;
}

export interface OtlpSenderOptions {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Waits so many milliseconds, or until the signal is aborted. */
  readonly wait: (ms: number) => Promise<void>;
  /** One line for the person. */
  readonly note: (text: string) => void;
}

const FIRST_WAIT_MS = 1000;

/**
 * The address that `--endpoint` means: as the variable OTEL_EXPORTER_OTLP_ENDPOINT of the
 * specification, it is completed with `/v1/logs` where it has no path. Throws GuardError `usage`.
 */
export function otlpUrl(endpoint: string): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new GuardError('usage', '--endpoint: expected an http or https address without a password', {
      hint: 'guard audit export --format otlp --endpoint http://127.0.0.1:4318',
    });
  }
  if (url.pathname === '/') url.pathname = '/v1/logs';
  return url;
}

/**
 * The headers that the environment names for logs: `name=value,name=value`, percent-encoded. They hold
 * secrets, so that nothing that guard writes shows them, and they go over plain http to this machine
 * only. Throws GuardError `usage`.
 */
export function otlpHeaders(env: Environment, url: URL): Readonly<Record<string, string>> {
  const text = env['OTEL_EXPORTER_OTLP_LOGS_HEADERS'] ?? env['OTEL_EXPORTER_OTLP_HEADERS'] ?? '';
  const headers: Record<string, string> = {};
  for (const pair of text.split(',').filter((piece) => piece.trim() !== '')) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, Math.max(0, at)).trim().toLowerCase();
    const value = decoded(pair.slice(at + 1).trim());
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name) || value === undefined || /[^\t\x20-\x7e]/.test(value)) {
      throw new GuardError('usage', 'OTEL_EXPORTER_OTLP_HEADERS: expected name=value,name=value', {
        hint: 'values are percent-encoded: authorization=Bearer%20…',
      });
    }
    headers[name] = value;
  }
  if (Object.keys(headers).length > 0 && url.protocol === 'http:' && !isLoopbackHost(url.hostname)) {
    throw new GuardError('usage', '--endpoint: headers with secrets are not sent over plain http', {
      hint: 'use https, or a collector on this machine',
    });
  }
  return headers;
}

/** A sender that tries a batch up to OTLP_TRIES_MAX times, waiting twice as long each time, or as told. */
export function createOtlpSender(options: OtlpSenderOptions): OtlpSender {
  const { url, signal, wait, note } = options;
  const where = `${url.origin}${url.pathname}`;
  return {
    async send(body) {
      let waitMs = FIRST_WAIT_MS;
      for (let attempt = 1; ; attempt += 1) {
        const answer = await tried(body, options);
        if (answer.kind === 'taken') return answer.rejected;
        const isOver = attempt >= OTLP_TRIES_MAX || signal.aborted;
        if (answer.kind === 'refused' || isOver) {
          throw new GuardError('export-refused', `${where} did not take the logs: ${answer.why}`, {
            hint: 'what was sent before stays sent; use --since to go on from there',
          });
        }
        const nextMs = Math.min(OTLP_WAIT_MS_MAX, answer.afterMs ?? waitMs);
        note(`${where}: ${answer.why}; trying again in ${nextMs / 1000} s`);
        await wait(nextMs);
        waitMs *= 2;
      }
    },
  };
}

type Answer =
  | { readonly kind: 'taken'; readonly rejected: number }
  | { readonly kind: 'later'; readonly why: string; readonly afterMs: number | undefined }
  | { readonly kind: 'refused'; readonly why: string };

async function tried(body: string, { url, headers, signal, note }: OtlpSenderOptions): Promise<Answer> {
  const posted = await post({
    url,
    headers: { ...headers, 'content-type': 'application/json' },
    body,
    signal,
    timeoutMs: OTLP_TIMEOUT_MS,
    answerBytesMax: OTLP_ANSWER_BYTES_MAX,
  });
  if (posted.kind === 'trouble') return { kind: 'later', why: posted.why, afterMs: undefined };
  const { status, text, retryAfterMs } = posted;
  const why = `it answered ${status}`;
  if (isRetryable(status)) return { kind: 'later', why, afterMs: retryAfterMs };
  if (!isTaken(status)) return { kind: 'refused', why };
  return { kind: 'taken', rejected: rejectedOf(text, note) };
}

/** What a partial success says that was not taken; it is not to be sent again. */
function rejectedOf(text: string, note: (text: string) => void): number {
  const answer = parseJson(text);
  const partial = isJsonObject(answer) ? answer['partialSuccess'] : undefined;
  if (!isJsonObject(partial)) return 0;
  const { errorMessage, rejectedLogRecords } = partial;
  const rejected = Number(rejectedLogRecords ?? 0);
  if (typeof errorMessage === 'string' && errorMessage !== '') note(printable(errorMessage, 200));
  return Number.isSafeInteger(rejected) && rejected > 0 ? rejected : 0;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
