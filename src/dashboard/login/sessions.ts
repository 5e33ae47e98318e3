import {
  DASHBOARD_SESSION_IDLE_MS,
  DASHBOARD_SESSION_MS,
  DASHBOARD_SESSIONS_MAX,
} from '../../platform/bounds.js';
import type { Clock } from '../../platform/clock.js';
import { sha256 } from './secret.js';

/** A person who logged in. */
export interface OpenSession {
  /** For records; no secret. */
  readonly id: string;
  readonly name: string;
  /** Digest of the secret that it was opened with. */
  readonly secret: string;
  readonly sinceMs: number;
  usedMs: number;
}

export interface SessionsOptions {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** Made at random, unguessable: what the cookie holds. */
  readonly newToken: () => string;
  readonly newId: () => string;
  /** Told of each session that ends. */
  readonly onEnd: (session: OpenSession, why: string) => void;
}

/**
 * Sessions of this process; a cookie of any other is none. A token is kept as its digest, so looking it
 * up tells nothing about others by its time. A session ends DASHBOARD_SESSION_IDLE_MS after its last
 * use, DASHBOARD_SESSION_MS after its login in any case, and when the secret changes. Where there are
 * DASHBOARD_SESSIONS_MAX the one that was not used for the longest time goes.
 */
export class Sessions {
  readonly #options: SessionsOptions;
  /** In the order of their use. */
  readonly #open = new Map<string, OpenSession>();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /** Opens a session; the token is for the cookie and kept nowhere. */
  begin(name: string, secret: string): { readonly token: string; readonly session: OpenSession } {
    const token = this.#options.newToken();
    const nowMs = this.#options.clock.monotonicMs();
    const session = { id: this.#options.newId(), name, secret, sinceMs: nowMs, usedMs: nowMs };
    this.#open.set(keyOf(token), session);
    for (const [key, oldest] of this.#open) {
      if (this.#open.size <= DASHBOARD_SESSIONS_MAX) break;
      this.#end(key, oldest, 'too many people are logged in');
    }
    return { token, session };
  }

  /** The session of this token, which is used by that; undefined where there is none any more. */
  use(token: string): OpenSession | undefined {
    const key = keyOf(token);
    const session = this.#open.get(key);
    if (session === undefined) return undefined;
    if (this.isOver(session)) {
      this.#end(key, session, 'it was not used for too long, or is too old');
      return undefined;
    }
    session.usedMs = this.#options.clock.monotonicMs();
    this.#open.delete(key);
    this.#open.set(key, session);
    return session;
  }

  /** Whether its time has run out. */
  isOver({ sinceMs, usedMs }: OpenSession): boolean {
    const nowMs = this.#options.clock.monotonicMs();
    return nowMs - usedMs >= DASHBOARD_SESSION_IDLE_MS || nowMs - sinceMs >= DASHBOARD_SESSION_MS;
  }

  /** Whether the session was not ended; says nothing about its time. */
  has(session: OpenSession): boolean {
    return [...this.#open.values()].includes(session);
  }

  end(token: string, why: string): void {
    const key = keyOf(token);
    const session = this.#open.get(key);
    if (session !== undefined) this.#end(key, session, why);
  }

  /** Ends every session that was opened with another secret than this one. */
  keepOnly(secret: string | undefined, why: string): void {
    for (const [key, session] of this.#open) {
      if (session.secret !== secret) this.#end(key, session, why);
    }
  }

  #end(key: string, session: OpenSession, why: string): void {
    this.#open.delete(key);
    this.#options.onEnd(session, why);
  }
}

function keyOf(token: string): string {
  return sha256(token).toString('base64');
}
