import { APPROVALS_KEPT_MAX, APPROVALS_PENDING_MAX } from '../platform/bounds.js';
import type { JsonObject } from '../platform/json.js';
import type { ApprovalAnswer } from './answer.js';
import type { AskedCall, Consultation, Foresight } from './asked-call.js';
import type { AnswerReceipt } from './channel.js';
import { answerFault } from './check-answer.js';
import type { DeskOptions } from './desk-options.js';
import { HeldRequest, type Caller } from './held-request.js';
import type { LifeEffect, LifeEvent } from './life.js';
import { makeRequest, timeLabel } from './make-request.js';
import type { ApprovalRequest } from './request.js';
import { isReachable, noteUndelivered, show, unaskable } from './showing.js';

/**
 * Where held calls wait for a person. The first valid answer of any channel wins; the others are
 * told. A request ends once, and its end is used by one call at most: see life.ts.
 */
export class ApprovalDesk {
  readonly #options: DeskOptions;
  readonly #requests = new Map<string, HeldRequest>();
  /** Requests whose own caller is away, by digest: an identical call joins them. */
  readonly #paused = new Map<string, HeldRequest>();
  #pending = 0;

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  /**
   * What is known of this call. `approvalId` names the request that it was held for, if it was: its
   * end is used up here, and counts only where the call is still the one that was shown.
   */
  consult(call: AskedCall, approvalId: string | undefined): Consultation {
    const own = approvalId === undefined ? undefined : this.#requests.get(approvalId);
    if (own?.life.phase === 'ended') {
      if (own.request.digest === call.digest) return this.#used(own);
      this.#journal('approval-stale', own, {
        detail: 'the policy, the tool or the arguments changed while it waited: a person is asked again',
      });
      this.#apply(own, { kind: 'used' });
    }
    const remembered = this.#options.remembered.covering(call);
    if (remembered !== undefined) return { kind: 'passes', note: remembered };
    const paused = this.#pausedFor(call);
    if (paused?.life.phase === 'ended') return this.#used(paused);
    if (paused?.expected === false) {
      paused.expected = true;
      return { kind: 'ask', id: paused.request.id };
    }
    const why = this.#unaskable(call);
    return why === undefined ? { kind: 'ask', id: this.#options.newId() } : { kind: 'unavailable', why };
  }

  /** What would become of this call if it came now, for the first time. Changes nothing. */
  foresee(call: AskedCall): Foresight {
    if (this.#options.remembered.covering(call) !== undefined) return { kind: 'passes' };
    const why = this.#unaskable(call);
    return why === undefined ? { kind: 'ask' } : { kind: 'unavailable', why };
  }

  /** Has a person asked, or joins the request that an identical call left behind; `id` is what `consult` said. */
  hold(call: AskedCall, id: string, caller: Caller): ApprovalRequest {
    const paused = this.#paused.get(call.digest);
    if (paused?.request.id === id) return this.#join(paused, caller);
    const { clock, holder, retryWindowMs, signatures } = this.#options;
    const request = makeRequest(id, call, holder, clock.wallMs());
    // Nobody signs when time runs out: where signatures count, silence never lets a call pass.
    const onTimeout = signatures.required ? 'deny' : call.terms.onTimeout;
    const terms = { ...call.terms, onTimeout, retryWindowMs } as const;
    const held = new HeldRequest(request, terms, caller, clock.monotonicMs());
    this.#requests.set(request.id, held);
    this.#pending += 1;
    this.#show(held, request.channels);
    this.#arm(held);
    return request;
  }

  /** The caller is told to come back, or gave up by time-out: the request stays open for the identical call. */
  pause(approvalId: string): void {
    const held = this.#requests.get(approvalId);
    if (held === undefined) return;
    held.caller = undefined;
    this.#apply(held, { kind: 'caller-paused' });
    if (!this.#requests.has(approvalId)) return;
    const other = this.#paused.get(held.request.digest);
    // Two identical calls were given up: the earlier one would never be joined.
    if (other !== undefined && other !== held) this.#withdraw(other, 'an identical call waits in its place');
    this.#paused.set(held.request.digest, held);
    this.#boundKept();
  }

  /** The call is off: an answer that comes later releases nothing. */
  withdraw(approvalId: string, why: string): void {
    const held = this.#requests.get(approvalId);
    if (held !== undefined) this.#withdraw(held, why);
  }

  /** Requests that nobody has answered yet. */
  get pending(): number {
    return this.#pending;
  }

  /** The request with this id while it is pending or its end is kept. */
  find(approvalId: string): ApprovalRequest | undefined {
    return this.#requests.get(approvalId)?.request;
  }

  /** Withdraws every request, and has the calls that wait ruled on again: they need another reason to pass. */
  recall(why: string): void {
    // A call that is ruled on again may be held again; it is not one of these.
    for (const held of Array.from(this.#requests.values())) {
      const { caller } = held;
      this.#withdraw(held, why);
      caller?.settled(held.request.id);
    }
  }

  /** Withdraws every request and closes the channels. */
  close(why: string): void {
    for (const held of this.#requests.values()) this.#withdraw(held, why);
    for (const channel of this.#options.channels) channel.close();
  }

  #withdraw(held: HeldRequest, why: string): void {
    held.endReason ??= why;
    this.#apply(held, { kind: 'withdrawn' });
  }

  /** Why nobody can be asked about a call; undefined where somebody can. */
  #unaskable({ terms: { channels } }: AskedCall): string | undefined {
    if (this.#pending >= APPROVALS_PENDING_MAX) return 'too many calls wait for a person already.';
    return unaskable(this.#options.channels, channels);
  }

  /** The request that an identical call left behind, as time has made it. */
  #pausedFor(call: AskedCall): HeldRequest | undefined {
    const paused = this.#paused.get(call.digest);
    if (paused !== undefined) this.#apply(paused, { kind: 'time' });
    return this.#paused.get(call.digest);
  }

  #join(paused: HeldRequest, caller: Caller): ApprovalRequest {
    this.#paused.delete(paused.request.digest);
    paused.expected = false;
    paused.caller = caller;
    this.#apply(paused, { kind: 'caller-returned' });
    // It ran out just now: the call is ruled on again once its door knows that it waits.
    if (paused.life.phase === 'ended') this.#options.schedule(0, () => caller.settled(paused.request.id));
    return paused.request;
  }

  #used(held: HeldRequest): Consultation {
    const note = held.note(this.#options.clock.monotonicMs());
    const passes = held.life.phase === 'ended' && held.life.passes;
    this.#apply(held, { kind: 'used' });
    return { kind: passes ? 'passes' : 'stopped', note };
  }

  #show(held: HeldRequest, names: readonly string[]): void {
    show(held, this.#options.channels, names, ({ name }) => ({
      answer: (answer) => this.#answer(held, name, answer),
      undelivered: (why) => this.#undelivered(held, name, why),
    }));
  }

  #undelivered(held: HeldRequest, channel: string, why: string): void {
    this.#journal('approval-undelivered', held, { channel, why });
    if (held.end() !== null) return;
    noteUndelivered(held, channel, why, timeLabel(this.#options.clock.wallMs()));
    if (isReachable(held, this.#options.channels)) return;
    // Nobody sees the request, so nobody is waited for: the delegates are asked now, or the call is denied.
    held.endReason ??= `nobody could be reached (${channel}: ${why})`;
    this.#apply(held, { kind: 'unreachable' });
    if (held.end() === null) held.endReason = undefined;
  }

  #answer(held: HeldRequest, channel: string, answer: ApprovalAnswer): AnswerReceipt {
    // One moment for the whole answer. What ran out meanwhile ran out first.
    const nowMs = this.#options.clock.monotonicMs();
    this.#apply(held, { kind: 'time' }, nowMs);
    const end = held.end();
    if (end !== null) return { kind: 'late', end };
    const why = answerFault(answer, held.request, channel, this.#options.signatures);
    if (why !== null) {
      this.#journal('approval-answer-refused', held, { channel, approver: answer.approver, why });
      return { kind: 'refused', why };
    }
    held.answer = { ...answer, channel };
    if (answer.remember?.scope === 'session') this.#options.remembered.keep(held.request, held.answer);
    this.#apply(held, { kind: 'answered', decision: answer.decision }, nowMs);
    return { kind: 'accepted' };
  }

  #apply(held: HeldRequest, event: LifeEvent, nowMs = this.#options.clock.monotonicMs()): void {
    const wasPending = held.life.phase === 'pending';
    const effects = held.step(event, nowMs);
    if (wasPending && held.end() !== null) this.#pending -= 1;
    for (const effect of effects) this.#effect(held, effect);
    if (this.#requests.has(held.request.id)) this.#arm(held);
  }

  #effect(held: HeldRequest, effect: LifeEffect): void {
    switch (effect) {
      case 'close':
        held.endedAt = timeLabel(this.#options.clock.wallMs());
        // A caller that waits gets a decision record of its own, which says the same.
        if (held.caller === undefined || held.state === 'withdrawn')
          this.#journal('approval-ended', held, {});
        return held.close();
      case 'escalate':
        held.request = {
          ...held.request,
          escalated_at: timeLabel(this.#options.clock.wallMs()),
          channels: [...new Set([...held.request.channels, ...held.terms.delegates])],
        };
        this.#journal('approval-escalated', held, { delegates: [...held.terms.delegates] });
        for (const ticket of held.tickets.values()) ticket.update(held.request);
        return this.#show(held, held.terms.delegates);
      case 'settle-caller':
        return held.caller?.settled(held.request.id);
      case 'forget':
        held.disarm();
        this.#requests.delete(held.request.id);
        if (this.#paused.get(held.request.digest) === held) this.#paused.delete(held.request.digest);
    }
  }

  #arm(held: HeldRequest): void {
    held.arm(this.#options.schedule, this.#options.clock.monotonicMs(), () =>
      this.#apply(held, { kind: 'time' }),
    );
  }

  #boundKept(): void {
    if (this.#paused.size <= APPROVALS_KEPT_MAX) return;
    const [oldest] = this.#paused.values();
    if (oldest !== undefined) this.#withdraw(oldest, 'too many answers wait for a retry');
  }

  #journal(event: string, held: HeldRequest, more: JsonObject): void {
    const note = held.note(this.#options.clock.monotonicMs());
    this.#options.journal(event, {
      ...note,
      request_id: held.request.request_id,
      digest: held.request.digest,
      tool: held.request.tool,
      ...more,
    });
  }
}
