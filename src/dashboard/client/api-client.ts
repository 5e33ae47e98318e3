import { DASHBOARD_ANSWER_BYTES_MAX, DASHBOARD_CLIENT_TIMEOUT_MS } from '../../platform/bounds.js';
import { GuardError, messageOf } from '../../platform/errors.js';
import { isJsonObject, type JsonObject, member, parseJson } from '../../platform/json.js';
import { printable } from '../../platform/printable.js';
import { API_ROOT } from '../contract.js';
import type { ApiError } from '../contract/shapes.js';

/** What the API answered. */
export type ApiAnswer =
  | { readonly kind: 'done'; readonly value: JsonObject }
  | { readonly kind: 'error'; readonly status: number; readonly error: ApiError['error'] };

export interface ApiClientOptions {
  /** The dashboard's address, without a path. */
  readonly url: string;
  readonly secret: string;
  /** The name under which answers are recorded: a claim. */
  readonly name: string;
}

/** Asks the API of another guard's dashboard, as a script. */
export class ApiClient {
  readonly #options: ApiClientOptions;

  constructor(options: ApiClientOptions) {
    this.#options = options;
  }

  /** Throws GuardError `dashboard-unreachable` where there is no answer that an API gives. */
  async ask(path: string, body?: object): Promise<ApiAnswer> {
    const { url, secret, name } = this.#options;
    const place = `${url.replace(/\/$/, '')}${API_ROOT}${path}`;
    const headers = {
      authorization: `Bearer ${secret}`,
      'x-guard-name': encodeName(name),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    try {
      const response = await fetch(place, {
        method: body === undefined ? 'GET' : 'POST',
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        // Where a redirect leads, nobody meant the secret to go.
        redirect: 'error',
        signal: AbortSignal.timeout(DASHBOARD_CLIENT_TIMEOUT_MS),
      });
      const value = parseJson(await boundedText(response));
      if (!isJsonObject(value)) throw new Error(`status ${response.status} without JSON`);
      if (response.ok) return { kind: 'done', value };
      return { kind: 'error', status: response.status, error: errorIn(value) };
    } catch (error) {
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
      throw new GuardError(
        'dashboard-unreachable',
        `${printable(url)} does not answer: ${messageOf(cause)}`,
        {
          cause: error,
          hint: 'is guard serve or guard dashboard running there, and the address that of its dashboard?',
        },
      );
    }
  }
}

async function boundedText(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.byteLength;
    if (bytes > DASHBOARD_ANSWER_BYTES_MAX) throw new Error('its answer is too large');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function errorIn(value: JsonObject): ApiError['error'] {
  const error = member(value, 'error');
  if (!isJsonObject(error)) return { code: 'unknown', message: 'it says nothing' };
  const { code, message, command, end } = error;
  return {
    code: typeof code === 'string' ? code : 'unknown',
    message: typeof message === 'string' ? message : 'it says nothing',
    ...(typeof command === 'string' ? { command } : {}),
    ...(end === undefined ? {} : { end }),
  };
}

/** A header holds Latin letters only. */
function encodeName(name: string): string {
  return name.replaceAll(/[^\x20-\x7e]/g, '?');
}
