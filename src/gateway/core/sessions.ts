import {
  GATEWAY_AGENT_SESSIONS_MAX,
  GATEWAY_AGENTS_MAX,
  GATEWAY_SESSION_IDLE_MS,
  GATEWAY_SESSIONS_MAX,
} from '../../platform/bounds.js';
import type { Clock } from '../../platform/clock.js';
import type { Principal } from '../identity/principal.js';
import type { LegacySession } from './legacy-session.js';
import type { ModernCaller } from './modern-caller.js';

/**
 * Everybody who talks to the gateway: sessions of the older era by their id, agents of the modern
 * one by who they are. Both are bounded; who was not heard for long is let go.
 */
export class Sessions {
  readonly #clock: Clock;
  readonly #legacy = new Map<string, LegacySession>();
  readonly #modern = new Map<string, ModernCaller>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#legacy.size;
  }

  /** The session with this id, if it is this principal's: an id alone proves nothing. */
  find(id: string, principal: Principal): LegacySession | undefined {
    const session = this.#legacy.get(id);
    if (session?.principalKey !== principal.key) return undefined;
    session.caller.facts.principal = principal;
    session.heardMs = this.#clock.monotonicMs();
    return session;
  }

  /** Whether one more session of this principal fits. */
  hasRoomFor(principalKey: string): boolean {
    if (this.#legacy.size >= GATEWAY_SESSIONS_MAX) return false;
    let own = 0;
    for (const session of this.#legacy.values()) if (session.principalKey === principalKey) own++;
    return own < GATEWAY_AGENT_SESSIONS_MAX;
  }

  add(session: LegacySession): void {
    session.heardMs = this.#clock.monotonicMs();
    this.#legacy.set(session.id, session);
  }

  has(session: LegacySession): boolean {
    return this.#legacy.get(session.id) === session;
  }

  remove(id: string): void {
    this.#legacy.delete(id);
  }

  /** The modern caller of a principal, made with its first request. */
  modern(principal: Principal, make: () => ModernCaller): ModernCaller {
    const known = this.#modern.get(principal.key);
    const caller = known ?? make();
    caller.caller.facts.principal = principal;
    caller.heardMs = this.#clock.monotonicMs();
    if (known === undefined) {
      this.#modern.set(principal.key, caller);
      if (this.#modern.size > GATEWAY_AGENTS_MAX) this.#dropOldest();
    }
    return caller;
  }

  everyone(): (LegacySession | ModernCaller)[] {
    return [...this.#legacy.values(), ...this.#modern.values()];
  }

  /** Ends what was not heard for GATEWAY_SESSION_IDLE_MS and waits for nothing. */
  expire(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const [id, session] of this.#legacy) {
      if (session.isBusy || nowMs - session.heardMs < GATEWAY_SESSION_IDLE_MS) continue;
      this.#legacy.delete(id);
      session.close('the session was idle for too long');
    }
    for (const [key, caller] of this.#modern) {
      if (caller.isBusy || nowMs - caller.heardMs < GATEWAY_SESSION_IDLE_MS) continue;
      this.#modern.delete(key);
      caller.close('the agent was idle for too long');
    }
  }

  close(why: string): void {
    for (const one of this.everyone()) one.close(why);
    this.#legacy.clear();
    this.#modern.clear();
  }

  #dropOldest(): void {
    let oldest: [string, ModernCaller] | undefined;
    for (const entry of this.#modern) {
      if (oldest === undefined || entry[1].heardMs < oldest[1].heardMs) oldest = entry;
    }
    if (oldest === undefined) return;
    this.#modern.delete(oldest[0]);
    oldest[1].close('too many agents talk to this gateway');
  }
}
