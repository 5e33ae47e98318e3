import type { ApprovalRequest } from '../approvals/request.js';
import { notificationFrame, resultFrame } from '../jsonrpc/replies.js';
import type { RpcId } from '../jsonrpc/message.js';
import { denialFrame } from '../mcp/denial.js';
import { APPROVAL_PROGRESS_MS, APPROVAL_ROUNDS_MAX, TIMER_MS_MAX } from '../platform/bounds.js';
import type { JsonObject } from '../platform/json.js';
import { pendingDenial } from '../pipeline/approval-text.js';
import { callerLeft } from './caller-left.js';
import type { ApprovalParts } from './approval-parts.js';
import type { Conversation } from './conversation.js';
import type { HeldCall } from './held-call.js';
import { waitingMs } from './waiting-time.js';

interface Waiting {
  readonly held: HeldCall;
  readonly request: ApprovalRequest;
  timer: NodeJS.Timeout | undefined;
  progress: number;
}

export interface HeldCallsOptions {
  readonly conversation: Conversation;
  /** Sends a frame to the client. */
  readonly send: (frame: Buffer) => void;
  /** Has the call ruled on again, now that a person answered. */
  readonly resume: (held: HeldCall, approvalId: string) => void;
}

/** Requests whose answer is `input_required` in the modern era (2026-07-28, basic/patterns/mrtr). */
const ROUND_METHODS: ReadonlySet<string> = new Set(['tools/call', 'prompts/get', 'resources/read']);
/** Guard's steps are so small that those of a server, which mostly counts from 1, are larger. */
const PROGRESS_PARTS = 1_000_000;
/** What a client is told to wait before it asks again. */
const RETRY_AFTER_MS = 30_000;

/** Calls that wait for a person. None of them delays another message. */
export class HeldCalls {
  readonly #options: HeldCallsOptions;
  readonly #waiting = new Map<RpcId, Waiting>();
  #ticker: NodeJS.Timeout | undefined;

  constructor(options: HeldCallsOptions) {
    this.#options = options;
  }

  get #parts(): ApprovalParts {
    const { parts } = this.#options.conversation.options.approvals;
    // INVARIANT: no call is ruled to be held before there is a desk to hold it.
    if (parts === undefined) throw new Error('a call is held and there is no approval desk');
    return parts;
  }

  /** Has a person asked. The record of the decision to ask is in the log. */
  begin(held: HeldCall): void {
    const { channel, desk } = this.#parts;
    const { id } = held.answered;
    const request = desk.hold(held.asked, held.approvalId, {
      settled: (approvalId) => this.#resume(id, approvalId),
    });
    const waiting: Waiting = { held, request, timer: undefined, progress: 0 };
    this.#waiting.set(id, waiting);
    if (held.reply !== undefined && held.reply.approvalId === request.id) {
      // It may settle the call at once.
      channel?.answered(request.id, held.reply.answer);
      if (this.#waiting.get(id) !== waiting) return;
    }
    const asks = held.elicits && this.#rounds(held) && held.round < APPROVAL_ROUNDS_MAX;
    const question = asks ? (channel?.question(request.id) ?? null) : null;
    if (question !== null) return this.#answerRound(waiting, { approval: question });
    this.#wait(waiting);
  }

  /** The client does not want this call any more. False where it is not held here. */
  cancelled(id: RpcId, reason: string | undefined): boolean {
    const waiting = this.#take(id);
    if (waiting === undefined) return false;
    const { clock } = this.#options.conversation.options;
    const { held, request } = waiting;
    this.#options.conversation.settle(held.open, 'cancelled', 0);
    const waitedMs = clock.monotonicMs() - held.open.startedMs;
    if (callerLeft(reason, waitedMs) === 'gave-up') this.#parts.desk.pause(request.id);
    else this.#parts.desk.withdraw(request.id, 'the client cancelled the call');
    return true;
  }

  /** Takes every call back: nothing of them is forwarded any more. The door answers them. */
  close(why: string): void {
    for (const id of this.#waiting.keys()) {
      const waiting = this.#waiting.get(id);
      this.#stop(id);
      if (waiting !== undefined) this.#parts.desk.withdraw(waiting.request.id, why);
    }
  }

  #resume(id: RpcId, approvalId: string): void {
    // A call that took its id since then waits for another answer.
    if (this.#waiting.get(id)?.request.id !== approvalId) return;
    const waiting = this.#take(id);
    if (waiting !== undefined) this.#options.resume(waiting.held, approvalId);
  }

  #wait(waiting: Waiting): void {
    const { held } = waiting;
    const facts = {
      client: held.call.subject.client,
      progress: held.progressToken !== undefined,
      rounds: this.#rounds(held),
    };
    const waitMs = Math.min(waitingMs(facts, this.#parts.waitingTimes), TIMER_MS_MAX);
    waiting.timer = setTimeout(() => this.#goOn(waiting), waitMs);
    if (held.progressToken !== undefined)
      this.#ticker ??= setInterval(() => this.#showProgress(), APPROVAL_PROGRESS_MS);
  }

  /** The client cannot be kept waiting any longer: another round, or a result that says to come again. */
  #goOn(waiting: Waiting): void {
    const { held, request } = waiting;
    if (this.#rounds(held) && held.round < APPROVAL_ROUNDS_MAX) return this.#answerRound(waiting, undefined);
    const { conversation } = this.#options;
    const denial = pendingDenial(held.call, held.decision, request, RETRY_AFTER_MS);
    const frame = denialFrame(held.answered, denial, conversation.options.denialStyle);
    this.#leave(waiting, frame, 'denied');
  }

  #answerRound(waiting: Waiting, inputRequests: JsonObject | undefined): void {
    const { held, request } = waiting;
    const requestState = this.#parts.states.write({
      approvalId: request.id,
      round: held.round + 1,
    });
    const frame = resultFrame(held.answered.id, {
      resultType: 'input_required',
      ...(inputRequests === undefined ? {} : { inputRequests }),
      requestState,
    });
    this.#leave(waiting, frame, 'input-required');
  }

  /** Answers the request; the approval stays open for its next attempt. */
  #leave({ held, request }: Waiting, frame: Buffer, result: 'denied' | 'input-required'): void {
    const { conversation, send } = this.#options;
    this.#take(held.answered.id);
    conversation.settle(held.open, result, frame.length);
    this.#parts.desk.pause(request.id);
    send(frame);
    conversation.recordEnds();
    conversation.options.trail.commitSoon();
  }

  #rounds({ answered, continues }: HeldCall): boolean {
    return answered.modern && ROUND_METHODS.has(answered.method) && !continues;
  }

  #showProgress(): void {
    for (const waiting of this.#waiting.values()) {
      const { progressToken } = waiting.held;
      if (progressToken === undefined) continue;
      waiting.progress += 1;
      const message = `waiting for a person to approve (${waiting.request.id}; guard approve)`;
      // Progress must rise (2025-11-25, basic/utilities/progress), and the server's own follows this.
      const progress = waiting.progress / PROGRESS_PARTS;
      this.#options.send(notificationFrame('notifications/progress', { progressToken, progress, message }));
    }
  }

  #take(id: RpcId): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return undefined;
    this.#stop(id);
    this.#options.conversation.fromClient.unpark(id);
    return waiting;
  }

  #stop(id: RpcId): void {
    clearTimeout(this.#waiting.get(id)?.timer);
    this.#waiting.delete(id);
    if (this.#waiting.size > 0) return;
    clearInterval(this.#ticker);
    this.#ticker = undefined;
  }
}
