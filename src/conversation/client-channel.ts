import type { ChannelEvents, ChannelTicket, ApprovalChannel } from '../approvals/channel.js';
import { timeLabel } from '../approvals/make-request.js';
import type { ApprovalRequest } from '../approvals/request.js';
import { notificationFrame } from '../jsonrpc/replies.js';
import type { RpcId } from '../jsonrpc/message.js';
import { elicitationFrame, formAnswerOf, yesNoForm, type FormAnswer } from '../mcp/elicitation.js';
import { APPROVAL_HUMAN_MS, CANCELLED_MAX } from '../platform/bounds.js';
import type { Clock } from '../platform/clock.js';
import type { JsonObject, JsonValue } from '../platform/json.js';
import { questionText } from './question-text.js';

/** The way to the client, which is there once the door is open. */
export interface ClientLink {
  /** Sends a frame to the client. */
  readonly send: (frame: Buffer) => void;
  /** Whether the client shows forms that come as requests; the modern era has no such requests. */
  readonly asksByRequest: () => boolean;
  readonly clientName: () => string | undefined;
}

export interface ClientChannelOptions {
  readonly clock: Clock;
  /** A part of the ids of guard's own requests that no server can guess. */
  readonly idPrefix: string;
}

interface OpenQuestion {
  readonly request: ApprovalRequest;
  readonly events: ChannelEvents;
  readonly form: JsonObject;
  /** The id of the form that is on the client's screen. */
  rpcId: string | undefined;
  /** When it was last shown; null before: nobody can have answered it. */
  shownMs: number | null;
  /** The client said at once, or by a cancel, that nobody is there: it is not asked again. */
  nobody: boolean;
}

/**
 * Asks in the client itself, by elicitation. The client is the agent's own program, so it is the
 * weaker witness: a refusal that nobody can have read, and every cancel, only mean that nobody is
 * there, and the request stays open elsewhere.
 */
export class ClientChannel implements ApprovalChannel {
  readonly name = 'client';
  readonly kind = 'client';
  readonly #options: ClientChannelOptions;
  readonly #open = new Map<string, OpenQuestion>();
  readonly #byRpcId = new Map<RpcId, OpenQuestion>();
  /** Ids of questions that were taken back: an answer may be under way. */
  readonly #over = new Set<RpcId>();
  #link: ClientLink | undefined;
  #count = 0;

  constructor(options: ClientChannelOptions) {
    this.#options = options;
  }

  connect(link: ClientLink): void {
    this.#link = link;
  }

  open(request: ApprovalRequest, events: ChannelEvents): ChannelTicket {
    const message = questionText(request);
    if (message === null) {
      queueMicrotask(() => events.undelivered("the arguments are too long for the client's dialog"));
      return { update: () => undefined, close: () => undefined };
    }
    const form = yesNoForm(message, request.destructive);
    const question = { request, events, form, rpcId: undefined, shownMs: null, nobody: false };
    this.#open.set(request.id, question);
    if (this.#link?.asksByRequest() === true) this.#ask(question);
    return {
      update: () => undefined,
      close: () => this.#close(question, 'answered elsewhere'),
    };
  }

  close(): void {
    for (const question of this.#open.values()) this.#close(question, 'guard is ending');
  }

  /** The question as a modern answer carries it; null where it is not to be asked here. */
  question(approvalId: string): JsonObject | null {
    const question = this.#open.get(approvalId);
    if (question === undefined || question.nobody) return null;
    question.shownMs = this.#options.clock.monotonicMs();
    return { method: 'elicitation/create', params: question.form };
  }

  /** What the client's person did with the question of a request. */
  answered(approvalId: string, answer: FormAnswer | undefined): void {
    const question = this.#open.get(approvalId);
    if (question !== undefined && question.shownMs !== null) this.#take(question, answer);
  }

  /** Whether the id is of one of guard's own questions, so that no server may use it. */
  owns(id: RpcId): boolean {
    return this.#byRpcId.has(id) || this.#over.has(id);
  }

  /** Takes the client's answer to one of guard's own requests; false where the id is none of them. */
  response(id: RpcId, result: JsonValue | undefined): boolean {
    const question = this.#byRpcId.get(id);
    if (question === undefined) return this.#over.delete(id);
    this.#byRpcId.delete(id);
    question.rpcId = undefined;
    this.#take(question, formAnswerOf(result));
    return true;
  }

  #ask(question: OpenQuestion): void {
    this.#count += 1;
    const id = `${this.#options.idPrefix}-${this.#count}`;
    question.rpcId = id;
    question.shownMs = this.#options.clock.monotonicMs();
    this.#byRpcId.set(id, question);
    this.#link?.send(elicitationFrame(id, question.form));
  }

  #take(question: OpenQuestion, answer: FormAnswer | undefined): void {
    const decision = this.#decisionOf(question, answer);
    if (decision === undefined) {
      question.nobody = true;
      return question.events.undelivered(
        'the client has nobody to ask: it cancelled, chose nothing, or refused at once',
      );
    }
    const { request } = question;
    question.events.answer({
      v: 1,
      id: request.id,
      digest: request.digest,
      decision,
      remember: null,
      reason: null,
      approver: `user of ${this.#link?.clientName() ?? 'the client'}`,
      channel: this.name,
      presence: 'client',
      answered_at: timeLabel(this.#options.clock.wallMs()),
      expires_at: request.expires_at,
      signature: null,
    });
  }

  #decisionOf(question: OpenQuestion, answer: FormAnswer | undefined): 'approved' | 'denied' | undefined {
    if (answer === undefined || answer.action === 'cancel') return undefined;
    if (answer.action === 'accept') {
      if (!question.request.destructive) return 'approved';
      // A form that was sent back without a choice was not answered by a person.
      const { decision } = answer.content;
      return decision === 'approve' ? 'approved' : decision === 'deny' ? 'denied' : undefined;
    }
    const readMs = this.#options.clock.monotonicMs() - (question.shownMs ?? 0);
    return readMs < APPROVAL_HUMAN_MS ? undefined : 'denied';
  }

  #close(question: OpenQuestion, reason: string): void {
    this.#open.delete(question.request.id);
    if (question.rpcId === undefined) return;
    this.#byRpcId.delete(question.rpcId);
    this.#over.add(question.rpcId);
    if (this.#over.size > CANCELLED_MAX) {
      const oldest = this.#over.values().next();
      if (oldest.done !== true) this.#over.delete(oldest.value);
    }
    this.#link?.send(notificationFrame('notifications/cancelled', { requestId: question.rpcId, reason }));
  }
}
