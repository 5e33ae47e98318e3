import { KEY_GUARD_MS } from './bounds.js';
import type { Clock } from './clock.js';

/** Keeps a key that was meant for one request from answering the next one. */
export interface KeyGuard {
  /** Another request, or none, came into focus. The same one again changes nothing. */
  focus(id: string | null): void;
  /** Whether a key that is pressed now was pressed by somebody who could see what it is for. */
  accepts(): boolean;
}

export function createKeyGuard(clock: Clock): KeyGuard {
  let focused: string | null = null;
  let sinceMs = Number.NEGATIVE_INFINITY;
  return {
    focus(id) {
      if (id === focused) return;
      focused = id;
      sinceMs = clock.monotonicMs();
    },
    accepts: () => clock.monotonicMs() - sinceMs >= KEY_GUARD_MS,
  };
}
