import type { IncomingMessage } from 'node:http';
import { DASHBOARD_NAME_CHARS_MAX } from '../../platform/bounds.js';
import { printable } from '../../platform/printable.js';
import { WRITE_HEADER } from '../contract.js';
import { Stop } from '../http/reply.js';
import type { OneTimeCodes } from './one-time-codes.js';
import type { Secret } from './secret.js';
import type { OpenSession, Sessions } from './sessions.js';
import type { LoginThrottle } from './throttle.js';

/** Who asks. */
export type Caller =
  | { readonly by: 'cookie'; readonly name: string; readonly id: string; readonly session: OpenSession }
  | {
      readonly by: 'bearer';
      readonly name: string;
      readonly id: string;
      /** Digest of the secret that it came with. */
      readonly secret: string;
    };

export interface GateOptions {
  readonly sessions: Sessions;
  readonly throttle: LoginThrottle;
  readonly codes: OneTimeCodes;
  /** Undefined where only one-time codes are taken. */
  readonly secret: () => Secret | undefined;
  /** What the cookie is called; two dashboards of one machine must not overwrite each other's. */
  readonly cookieName: () => string;
  /** Told of each login that is refused. */
  readonly onRefused: (detail: {
    readonly address: string;
    readonly how: string;
    readonly why: string;
  }) => void;
}

/** The name under which a script's bearer answers. */
const NAME_HEADER = 'x-guard-name';
/** Of a session that was opened by a one-time code where no secret is configured. */
const NO_SECRET = 'none';

/** Who may come in: sessions by cookie, scripts by the secret itself. */
export class Gate {
  readonly #options: GateOptions;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** Who asks. Throws Stop `unauthenticated`, `too-many`. */
  callerOf(request: IncomingMessage): Caller {
    const { authorization } = request.headers;
    if (authorization !== undefined) return this.#bearer(request, authorization);
    const token = this.tokenOf(request);
    const session = token === undefined ? undefined : this.#options.sessions.use(token);
    if (session === undefined) throw new Stop('unauthenticated', 'log in first');
    return { by: 'cookie', name: session.name, id: session.id, session };
  }

  /** The one session cookie of this dashboard; undefined where there is none, or several. */
  tokenOf({ headers }: IncomingMessage): string | undefined {
    const prefix = `${this.#options.cookieName()}=`;
    const found = (headers.cookie ?? '').split(/; ?/).filter((cookie) => cookie.startsWith(prefix));
    return found.length === 1 ? found[0]?.slice(prefix.length) : undefined;
  }

  /**
   * Opens a session for the secret or a one-time code. Throws Stop `unauthenticated`, `too-many`: while
   * an address has to wait, no secret of it is looked at.
   */
  login(
    request: IncomingMessage,
    { secret: tried, name }: { readonly secret: string; readonly name?: string | undefined },
  ): { readonly token: string; readonly session: OpenSession } {
    const secret = this.#options.secret();
    this.#check(request, 'login', () => {
      const isSecret = secret?.matches(tried) === true;
      return isSecret || this.#options.codes.take(tried);
    });
    return this.#options.sessions.begin(nameOf(name) ?? 'dashboard', secret?.digest ?? NO_SECRET);
  }

  /** Ends the sessions that another secret opened. */
  secretChanged(): void {
    const digest = this.#options.secret()?.digest ?? NO_SECRET;
    this.#options.sessions.keepOnly(digest, 'the secret was changed');
  }

  /** A write by cookie needs a header that no other site can send. Throws Stop `csrf-refused`. */
  checkWrite(request: IncomingMessage): void {
    const site = request.headers['sec-fetch-site'];
    const isForeign = site !== undefined && site !== 'same-origin' && site !== 'none';
    if (!isForeign && request.headers[WRITE_HEADER.toLowerCase()] !== undefined) return;
    throw new Stop('csrf-refused', `a write needs the header ${WRITE_HEADER} and comes from no other site`);
  }

  #bearer(request: IncomingMessage, authorization: string): Caller {
    const tried = /^Bearer ([\x20-\x7e]+)$/i.exec(authorization)?.[1];
    if (tried === undefined)
      throw new Stop('unauthenticated', 'expected Authorization: Bearer and the secret');
    const secret = this.#options.secret();
    this.#check(request, 'bearer', () => secret?.matches(tried) === true);
    const named = request.headers[NAME_HEADER];
    const name = nameOf(typeof named === 'string' ? named : undefined) ?? 'script';
    return { by: 'bearer', name, id: 'bearer', secret: secret?.digest ?? NO_SECRET };
  }

  #check(request: IncomingMessage, how: string, isRight: () => boolean): void {
    const { throttle, onRefused } = this.#options;
    const address = request.socket.remoteAddress ?? '';
    const waitMs = throttle.waitMs(address);
    if (waitMs > 0) {
      // One for each wait: who hammers must not fill the log.
      if (throttle.isFirst(address)) onRefused({ address, how, why: 'it has to wait after wrong tries' });
      const seconds = String(Math.ceil(waitMs / 1000));
      throw new Stop('too-many', 'too many wrong tries: wait', {}, { 'Retry-After': seconds });
    }
    if (isRight()) return throttle.right(address);
    throttle.wrong(address);
    onRefused({ address, how, why: 'the secret is wrong' });
    const message = 'the secret is wrong, or the link was used or is too old';
    throw new Stop('unauthenticated', message, {}, {}, true);
  }
}

/** A name that a person gave, as records hold it. */
function nameOf(text: string | undefined): string | undefined {
  const name = printable(text?.trim() ?? '').slice(0, DASHBOARD_NAME_CHARS_MAX);
  return name === '' ? undefined : name;
}
