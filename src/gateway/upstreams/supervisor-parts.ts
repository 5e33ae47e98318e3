import type { Clock } from '../../platform/clock.js';
import type { Diagnostics } from '../../platform/diagnostics.js';
import type { Schedule } from '../../platform/schedule.js';
import type { UpstreamDefinition } from '../../upstream/definition.js';
import type { UpstreamTrouble } from './failure.js';
import type { OpenConnection } from './open-connection.js';
import type { SessionSlots } from './session-slots.js';

/**
 * `idle`: not started, since nobody needed it; `waiting`: it failed and is started again in a moment;
 * `broken`: it failed too often and is left alone for a while; `stopped`: for good.
 */
export type UpstreamState = 'idle' | 'starting' | 'ready' | 'waiting' | 'broken' | 'stopped';

/** What is to be seen of an upstream from outside. */
export interface UpstreamStatus {
  readonly definition: UpstreamDefinition;
  readonly state: UpstreamState;
  /** Why it is not ready, or why it was not the last time; null where nothing is wrong. */
  readonly trouble: UpstreamTrouble | null;
  /** Connections that serve one session each. */
  readonly sessions: number;
}

/** What an upstream is run with. */
export interface SupervisorParts {
  readonly open: OpenConnection;
  readonly clock: Clock;
  readonly schedule: Schedule;
  readonly diagnostics: Diagnostics;
  /** Numbers from 0 up to, but without, 1: spreads restarts. */
  readonly random: () => number;
  readonly slots: SessionSlots;
  /** Told after each change of `state` or `trouble`. */
  readonly onChange: (upstream: UpstreamStatus) => void;
}
