/**
 * The life of one approval request, as a pure state machine. Time is a monotonic clock's, in
 * milliseconds. Whatever comes in which order, a request ends once and releases at most one call.
 */
export type ApprovalLife =
  | {
      readonly phase: 'pending';
      /** Whether a call of the client waits now; false between its attempts. */
      readonly waiting: boolean;
      readonly openedMs: number;
      readonly expiresMs: number;
      /** When the delegates are asked too; null once they were, or where there are none. */
      readonly escalatesMs: number | null;
    }
  | {
      readonly phase: 'ended';
      readonly state: EndState;
      /** Whether the end lets the call pass. */
      readonly passes: boolean;
      readonly openedMs: number;
      readonly endedMs: number;
      /** Until when the end is kept for the call that waits, or for an identical one; null once it was used. */
      readonly keptUntilMs: number | null;
    };

type EndState = 'approved' | 'denied' | 'expired' | 'withdrawn';

export type LifeEvent =
  /** A valid answer; the desk has checked it. */
  | { readonly kind: 'answered'; readonly decision: 'approved' | 'denied' }
  /** The client stopped waiting and may ask again: it timed out, or guard told it to come back. */
  | { readonly kind: 'caller-paused' }
  /** An identical call came: it waits for the same answer. */
  | { readonly kind: 'caller-returned' }
  /** The call is off: cancelled, its client gone, guard stopping. */
  | { readonly kind: 'withdrawn' }
  /** No channel that could bring an answer shows it. */
  | { readonly kind: 'unreachable' }
  /** The end was used by the one call that it was for. */
  | { readonly kind: 'used' }
  /** Time passed. */
  | { readonly kind: 'time' };

export interface LifeTerms {
  readonly timeoutMs: number;
  readonly escalationMs: number | null;
  readonly onTimeout: 'deny' | 'allow';
  /** How long an end is kept for an identical call when its own caller has left. */
  readonly retryWindowMs: number;
}

/** What the desk has to do after a step. */
export type LifeEffect =
  /** Tell the channels that it is over. */
  | 'close'
  /** Ask the delegates. */
  | 'escalate'
  /** Have the waiting call ruled on again. */
  | 'settle-caller'
  /** Nobody can use this request any more. */
  | 'forget';

export interface LifeStep {
  readonly life: ApprovalLife;
  readonly effects: readonly LifeEffect[];
}

/** A request that was just made, by a call that waits. */
export function newLife(terms: LifeTerms, nowMs: number): ApprovalLife {
  return {
    phase: 'pending',
    waiting: true,
    openedMs: nowMs,
    expiresMs: nowMs + terms.timeoutMs,
    escalatesMs: terms.escalationMs === null ? null : nowMs + terms.escalationMs,
  };
}

/** The next state. An event that no longer means anything changes nothing and has no effect. */
export function step(life: ApprovalLife, event: LifeEvent, terms: LifeTerms, nowMs: number): LifeStep {
  if (life.phase === 'ended') return afterEnd(life, event, nowMs);
  // Time that ran out before the event counts first: an answer at the deadline is too late.
  if (nowMs >= life.expiresMs) {
    const passes = terms.onTimeout === 'allow';
    const expired = ended(life, 'expired', passes, terms, nowMs);
    return event.kind === 'withdrawn' || event.kind === 'caller-paused'
      ? follow(expired, event, terms, nowMs)
      : expired;
  }
  switch (event.kind) {
    case 'answered':
      return ended(life, event.decision, event.decision === 'approved', terms, nowMs);
    case 'withdrawn':
      return {
        life: { ...endOf(life, 'withdrawn', false, nowMs), keptUntilMs: null },
        effects: ['close', 'forget'],
      };
    case 'caller-paused':
      return { life: { ...life, waiting: false }, effects: [] };
    case 'caller-returned':
      return { life: { ...life, waiting: true }, effects: [] };
    case 'time':
      return life.escalatesMs !== null && nowMs >= life.escalatesMs
        ? { life: { ...life, escalatesMs: null }, effects: ['escalate'] }
        : unchanged(life);
    case 'unreachable':
      return life.escalatesMs === null
        ? ended(life, 'expired', false, terms, nowMs)
        : { life: { ...life, escalatesMs: null }, effects: ['escalate'] };
    case 'used':
      return unchanged(life);
  }
}

/** When time itself changes the state next; null where it never does. */
export function nextTimeMs(life: ApprovalLife): number | null {
  if (life.phase === 'ended') return life.keptUntilMs;
  return life.escalatesMs === null ? life.expiresMs : Math.min(life.escalatesMs, life.expiresMs);
}

type Pending = Extract<ApprovalLife, { phase: 'pending' }>;
type Ended = Extract<ApprovalLife, { phase: 'ended' }>;

function endOf(life: Pending, state: EndState, passes: boolean, nowMs: number): Ended {
  return { phase: 'ended', state, passes, openedMs: life.openedMs, endedMs: nowMs, keptUntilMs: null };
}

/** An end that the waiting call, or the next identical one, is to hear of. */
function ended(life: Pending, state: EndState, passes: boolean, terms: LifeTerms, nowMs: number): LifeStep {
  return {
    life: { ...endOf(life, state, passes, nowMs), keptUntilMs: nowMs + terms.retryWindowMs },
    effects: life.waiting ? ['close', 'settle-caller'] : ['close'],
  };
}

/** Two steps as one. */
function follow(first: LifeStep, event: LifeEvent, terms: LifeTerms, nowMs: number): LifeStep {
  const second = step(first.life, event, terms, nowMs);
  return {
    life: second.life,
    effects: [...first.effects.filter((effect) => effect !== 'settle-caller'), ...second.effects],
  };
}

function afterEnd(life: Ended, event: LifeEvent, nowMs: number): LifeStep {
  if (life.keptUntilMs === null) return unchanged(life);
  const over: LifeStep = { life: { ...life, keptUntilMs: null }, effects: ['forget'] };
  if (event.kind === 'used' || event.kind === 'withdrawn') return over;
  return nowMs >= life.keptUntilMs ? over : unchanged(life);
}

function unchanged(life: ApprovalLife): LifeStep {
  return { life, effects: [] };
}
