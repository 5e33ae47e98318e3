import type { IncomingMessage } from 'node:http';
import { ERROR_CODES } from '../../jsonrpc/error-codes.js';
import { NOISE_CHARS_MAX } from '../../platform/bounds.js';
import { GuardError, systemErrorCode } from '../../platform/errors.js';
import { printable } from '../../platform/printable.js';

/** What more is known of a failure than its text. */
export interface FailureDetail {
  /** The error code of the answer that guard gives in the server's place. */
  readonly rpcCode?: number;
  /** The server's own answer to the request, to be relayed in place of guard's. */
  readonly answer?: Buffer;
  /** The HTTP status, where there was a response. */
  readonly status?: number;
  /** Whether the response held a JSON-RPC error, so that a server of the current transport spoke. */
  readonly spokeRpc?: boolean;
  /** Whether the server no longer knows the session. */
  readonly sessionEnded?: boolean;
  readonly cause?: unknown;
}

/** What kind of failure it was, as a word for programs. */
type RemoteFailureClass = 'unreachable' | 'unauthorized' | 'garbled' | 'too-large';

/**
 * Why a message did not get through to the remote server, or its answer not back. The text is for
 * the client and for people; it holds neither a header's value nor more of the address than its origin.
 */
export class RemoteFailure extends GuardError {
  readonly rpcCode: number;
  readonly detail: FailureDetail;

  constructor(message: string, detail: FailureDetail = {}) {
    super('remote-unreachable', message, { cause: detail.cause });
    this.name = 'RemoteFailure';
    this.rpcCode = detail.rpcCode ?? ERROR_CODES.remoteFailed;
    this.detail = detail;
  }

  get failureClass(): RemoteFailureClass {
    if (this.rpcCode === ERROR_CODES.garbledAnswer) return 'garbled';
    if (this.rpcCode === ERROR_CODES.answerTooLarge) return 'too-large';
    return this.detail.status === 401 || this.detail.status === 403 ? 'unauthorized' : 'unreachable';
  }
}

/** What a connection's error means. */
export function networkFailure(url: URL, error: unknown): RemoteFailure {
  if (error instanceof RemoteFailure) return error;
  return new RemoteFailure(`${nameOf(url)} ${networkTrouble(systemErrorCode(error))}`, { cause: error });
}

function networkTrouble(code: string | undefined): string {
  switch (code) {
    case 'ECONNREFUSED':
      return 'refused the connection (ECONNREFUSED): is it running, and is the port of its address right?';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `could not be found (${code}): check the host name of its address, and the network`;
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ERR_STREAM_PREMATURE_CLOSE':
      return `closed the connection before it answered (${code}): whether it ran the request is unknown`;
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `could not be reached (${code}): check the network`;
    case 'CERT_HAS_EXPIRED':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `has a certificate that is not trusted (${code}): for a private authority set NODE_EXTRA_CA_CERTS`;
    default:
      return `could not be talked to (${code ?? 'unknown error'})`;
  }
}

/** For both doors: an option of the command line, a key of the config. */
const PASS_CREDENTIALS =
  "pass credentials as a header, with --header or headers, such as 'Authorization: Bearer ${TOKEN}'";

/** What an HTTP status that is no success means; `credentials` is whether an Authorization header was sent. */
export function statusFailure(
  url: URL,
  response: IncomingMessage,
  credentials: boolean,
  detail: FailureDetail = {},
): RemoteFailure {
  const status = response.statusCode ?? 0;
  const text = `${nameOf(url)} ${statusTrouble(status, response, credentials)}`;
  return new RemoteFailure(text, { ...detail, status });
}

function statusTrouble(status: number, response: IncomingMessage, credentials: boolean): string {
  switch (status) {
    case 401:
      return credentials
        ? 'does not accept the credentials (HTTP 401): check the header that carries them, or whether they have expired'
        : `asks for credentials (HTTP 401): ${PASS_CREDENTIALS}`;
    case 403:
      return credentials
        ? 'does not allow this with these credentials (HTTP 403): check the header that carries them, and their scopes'
        : `does not allow this (HTTP 403): ${PASS_CREDENTIALS}`;
    case 404:
      return 'has nothing at this address (HTTP 404): check the path of the address';
    case 405:
      return 'takes no POST at this address (HTTP 405): check the path of the address';
    case 413:
      return 'finds the message too large (HTTP 413)';
    case 429:
    case 503:
      return `is busy (HTTP ${status}): try again ${retryAfter(response)}`;
    default:
      return status >= 500 ? `failed (HTTP ${status}): try again later` : `answered HTTP ${status}`;
  }
}

function retryAfter(response: IncomingMessage): string {
  const seconds = /^\d{1,6}$/.exec(response.headers['retry-after'] ?? '')?.[0];
  return seconds === undefined ? 'later' : `in ${seconds} s`;
}

/** A redirect that is not followed: credentials stay with the origin that they were given for. */
export function redirectFailure(url: URL, target: URL, status: number): RemoteFailure {
  const place = target.origin === url.origin ? `${target.origin}${target.pathname}` : target.origin;
  return new RemoteFailure(
    `${nameOf(url)} redirects to ${printable(place, NOISE_CHARS_MAX)} (HTTP ${status}), which is not followed: ` +
      'if that is the right server, give its address in place of this one',
    { status },
  );
}

/** An answer that is there but cannot be used. */
export function garbledFailure(url: URL, trouble: string): RemoteFailure {
  return new RemoteFailure(`${nameOf(url)} ${printable(trouble, NOISE_CHARS_MAX)}`, {
    rpcCode: ERROR_CODES.garbledAnswer,
  });
}

/** An answer above the bound. */
export function tooLargeFailure(url: URL, bytesMax: number): RemoteFailure {
  return new RemoteFailure(
    `${nameOf(url)} sent an answer larger than ${bytesMax} bytes, which is the bound`,
    {
      rpcCode: ERROR_CODES.answerTooLarge,
    },
  );
}

/** The remote server as messages name it: its origin, never its path, query or credentials. */
export function nameOf(url: URL): string {
  return `the remote server ${url.origin}`;
}
