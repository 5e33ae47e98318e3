import type { ApprovalAnswer } from './answer.js';
import type { ApprovalNote } from './asked-call.js';
import type { ApprovalEnd, ChannelTicket } from './channel.js';
import {
  newLife,
  nextTimeMs,
  step,
  type ApprovalLife,
  type LifeEffect,
  type LifeEvent,
  type LifeTerms,
} from './life.js';
import type { ApprovalRequest } from './request.js';
import type { Schedule } from '../platform/schedule.js';

/** A call that waits: it is ruled on again as soon as its request is settled. */
export interface Caller {
  settled(approvalId: string): void;
}

/** The desk's entry for one request: its life, its answer, where it is shown. */
export class HeldRequest {
  request: ApprovalRequest;
  readonly terms: LifeTerms & { readonly delegates: readonly string[] };
  readonly tickets = new Map<string, ChannelTicket>();
  /** The call that waits now. */
  caller: Caller | undefined;
  /** Whether an identical call was told to join it and has not come yet: a second one is asked about anew. */
  expected = false;
  /** The answer that counted. */
  answer: ApprovalAnswer | undefined;
  /** Why it was withdrawn. */
  endReason: string | undefined;
  /** Label of when it ended. */
  endedAt = '';
  #life: ApprovalLife;
  #disarm: (() => void) | undefined;
  #armedForMs: number | null = null;

  constructor(request: ApprovalRequest, terms: HeldRequest['terms'], caller: Caller, nowMs: number) {
    this.request = request;
    this.terms = terms;
    this.caller = caller;
    this.#life = newLife(terms, nowMs);
  }

  get life(): ApprovalLife {
    return this.#life;
  }

  get state(): ApprovalNote['state'] {
    return this.#life.phase === 'pending' ? 'pending' : this.#life.state;
  }

  step(event: LifeEvent, nowMs: number): readonly LifeEffect[] {
    const { life, effects } = step(this.#life, event, this.terms, nowMs);
    this.#life = life;
    return effects;
  }

  /** Has `action` run when time next changes the state. */
  arm(schedule: Schedule, nowMs: number, action: () => void): void {
    const atMs = nextTimeMs(this.#life);
    if (atMs === this.#armedForMs) return;
    this.disarm();
    if (atMs === null) return;
    this.#armedForMs = atMs;
    this.#disarm = schedule(Math.max(0, atMs - nowMs), () => {
      this.#armedForMs = null;
      action();
    });
  }

  disarm(): void {
    this.#disarm?.();
    this.#disarm = undefined;
    this.#armedForMs = null;
  }

  /** How it ended; null while it has not. */
  end(): ApprovalEnd | null {
    const life = this.#life;
    if (life.phase === 'pending') return null;
    return {
      state: life.state,
      approver: this.answer?.approver ?? null,
      channel: this.answer?.channel ?? null,
      reason: this.answer?.reason ?? this.endReason ?? null,
      waited_ms: Math.round(life.endedMs - life.openedMs),
      ended_at: this.endedAt,
    };
  }

  /** Tells every channel that shows it. */
  close(): void {
    const end = this.end();
    if (end === null) return;
    for (const ticket of this.tickets.values()) ticket.close(end);
    this.tickets.clear();
  }

  note(nowMs: number): ApprovalNote {
    const life = this.#life;
    const { answer, request } = this;
    const endedMs = life.phase === 'ended' ? life.endedMs : nowMs;
    const byTimeout = life.phase === 'ended' && life.state === 'expired' && life.passes;
    return {
      id: request.id,
      state: this.state,
      approver: answer?.approver ?? null,
      channel: answer?.channel ?? null,
      presence: answer?.presence ?? (byTimeout ? 'timeout' : null),
      reason: answer?.reason ?? this.endReason ?? null,
      waited_ms: Math.round(endedMs - life.openedMs),
      escalated_at: request.escalated_at,
      remembered: answer?.remember?.scope ?? null,
    };
  }
}
