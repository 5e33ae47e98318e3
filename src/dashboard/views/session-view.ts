import { DASHBOARD_SESSION_IDLE_MS, DASHBOARD_SESSION_MS } from '../../platform/bounds.js';
import type { Clock } from '../../platform/clock.js';
import { VERSION } from '../../platform/version.js';
import type { Session } from '../contract/session.js';
import type { Caller } from '../login/gate.js';
import type { DashboardSource } from '../source.js';

/** Who is logged in and until when, with what this guard is. A bearer's access ends with the secret alone. */
export function sessionView(caller: Caller, source: DashboardSource, clock: Clock): Session {
  const nowMs = clock.wallMs();
  const at = (afterMs: number): string => new Date(nowMs + afterMs).toISOString();
  const ageMs = caller.by === 'cookie' ? clock.monotonicMs() - caller.session.sinceMs : 0;
  const leftMs = DASHBOARD_SESSION_MS - ageMs;
  return {
    id: caller.id,
    name: caller.name,
    by: caller.by,
    idle_ends_at: caller.by === 'bearer' ? null : at(Math.min(leftMs, DASHBOARD_SESSION_IDLE_MS)),
    ends_at: caller.by === 'bearer' ? null : at(leftMs),
    guard: {
      version: VERSION,
      scope: source.scope,
      now: clock.timestamp(),
      approvers: source.approvers,
      notes: [...source.notes()],
    },
  };
}
