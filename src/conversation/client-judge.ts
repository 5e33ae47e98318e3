import type { ByteSpan, NotificationMessage, RequestMessage } from '../jsonrpc/message.js';
import { spansAt } from '../jsonrpc/splice.js';
import { denialFrame, dryRunFrame, type AnsweredRequest } from '../mcp/denial.js';
import { isModernRequest } from '../mcp/era.js';
import { isPlainToolName, readTarget, type RequestTarget } from '../mcp/request-target.js';
import { unavailableDenial } from '../pipeline/denial-text.js';
import type { AskedCall } from '../approvals/asked-call.js';
import type { GovernedCall, Ruling } from '../pipeline/ruling.js';
import type { Decision } from '../policy/decision.js';
import type { FramePlace } from './client-frames.js';
import type { Conversation, OpenRequest } from './conversation.js';
import { callKey, continuedState, roundKey } from './paid-rounds.js';
import { openRequest, reopened } from './requests.js';

/** A governed call that waits for the log: what is needed to deny it after all. */
export interface JudgedCall {
  readonly call: GovernedCall;
  readonly decision: Decision;
  readonly open: OpenRequest;
  /** Null for a notification, which is never answered. */
  readonly answered: AnsweredRequest | null;
}

/** A call that a person has to approve; nobody was asked yet. */
export interface JudgedHold extends JudgedCall {
  readonly answered: AnsweredRequest;
  readonly asked: AskedCall;
  /** The request that it waits for. */
  readonly approvalId: string;
}

/** The request for which a call was held that is now ruled on again. */
export interface HeldBefore {
  readonly open: OpenRequest;
  readonly approvalId: string;
}

/** What becomes of a governed message of the client. */
export type Ruled =
  | { readonly kind: 'pass'; readonly call: JudgedCall }
  | { readonly kind: 'reply'; readonly frame: Buffer }
  /** A person has to answer first. */
  | { readonly kind: 'hold'; readonly hold: JudgedHold }
  /** A denied notification: there is nobody to answer. */
  | { readonly kind: 'drop' };

/** Puts the client's governed messages through the pipeline. */
export class ClientJudge {
  readonly #conversation: Conversation;

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
  }

  /** What the message is about, or what is wrong with its params. */
  target(message: RequestMessage | NotificationMessage): RequestTarget | string {
    const target = readTarget(message.method, message.params);
    if ('invalid' in target) return target.invalid;
    const { tool } = target;
    if (tool === undefined || isPlainToolName(tool)) return target;
    // A name with other characters counts only as the server itself listed it: look-alikes die here.
    if (this.#conversation.catalog.standing(tool) === 'listed') return target;
    return 'expected a tool name of letters, digits and _ . / - with at most 128 characters';
  }

  /** Rules on one message whose frame stands at `place`; stages its record, commits nothing. */
  rule(
    message: RequestMessage | NotificationMessage,
    target: RequestTarget,
    known: boolean,
    place: FramePlace,
    before?: HeldBefore,
  ): Ruled {
    const conversation = this.#conversation;
    const { method } = message;
    const modern = isModernRequest(message.params);
    const open =
      before === undefined
        ? openRequest(conversation, method, target.tool, modern, undefined, message.params)
        : reopened(conversation, before.open);
    const continued = modern ? this.#continued(message, place) : undefined;
    const call: GovernedCall = {
      requestId: open.requestId,
      rpcId: open.origin === undefined ? (message.kind === 'request' ? message.id : null) : open.origin.rpcId,
      httpRequestId: open.origin?.httpRequestId,
      traceparent: open.traceparent,
      direction: 'client-to-server',
      subject: conversation.subject(method, known, target),
      argumentBytes: bytesOf(place.bytes, message.argumentsSpan),
      paramBytes: () => paramBytesOf(place),
      params: message.params,
      tools: conversation.catalog,
      approvalId: before?.approvalId,
      holdable: message.kind === 'request',
      paid: continued === undefined ? undefined : conversation.paidRounds.find(continued),
    };
    const ruling = conversation.options.pipeline.rule(call);
    const answered = message.kind === 'request' ? { id: message.id, method, modern } : null;
    if (ruling.kind === 'forward') {
      if (ruling.charge !== undefined) {
        open.charge = ruling.charge;
        if (modern && ruling.charge.draws.length > 0) open.callKey = keyOf(message, place);
      }
      if (ruling.continues === true && continued !== undefined) {
        conversation.paidRounds.take(continued);
        open.continues = continued;
      }
      if (message.kind === 'request') conversation.fromClient.add(message.id, open);
      return { kind: 'pass', call: { call, decision: ruling.decision, answered, open } };
    }
    if (ruling.kind === 'hold') {
      // Only requests are holdable, and a request can be answered.
      if (answered === null) return { kind: 'drop' };
      const { decision, asked, approvalId } = ruling;
      // In use from now on: the same read may bring the id again.
      conversation.fromClient.park(answered.id, open);
      return { kind: 'hold', hold: { call, decision, asked, approvalId, open, answered } };
    }
    const frame = answered === null ? null : this.#answer(ruling, answered);
    conversation.settle(open, ruling.kind === 'dry-run' ? 'dry-run' : 'denied', frame?.length ?? 0);
    return frame === null ? { kind: 'drop' } : { kind: 'reply', frame };
  }

  /** A call whose record could not be written does not happen; the frame that says so, if one is due. */
  takeBack({ call, decision, answered, open }: JudgedCall): Buffer | null {
    const { charge, continues } = open;
    // What an earlier round has drawn was not for nothing: the retry may come again.
    if (charge !== undefined && continues !== undefined)
      this.#conversation.paidRounds.keep(continues, charge);
    else if (charge !== undefined) this.#conversation.options.settleCharge(charge, 'denied');
    if (answered === null) return null;
    this.#conversation.fromClient.take(answered.id);
    this.#conversation.fromClient.unpark(answered.id);
    const denial = unavailableDenial(call, decision, 'audit_unavailable');
    return denialFrame(answered, denial, this.#conversation.options.denialStyle);
  }

  /** The round that a message claims to continue; undefined where it is the first of its call. */
  #continued(message: RequestMessage | NotificationMessage, place: FramePlace): string | undefined {
    const claimed = continuedState(message.params);
    const key = claimed === null ? undefined : keyOf(message, place);
    return claimed === null || key === undefined ? undefined : roundKey(key, claimed.state);
  }

  #answer(ruling: Exclude<Ruling, { kind: 'forward' | 'hold' }>, answered: AnsweredRequest): Buffer {
    if (ruling.kind === 'dry-run') return dryRunFrame(answered, ruling.answer);
    return denialFrame(answered, ruling.denial, this.#conversation.options.denialStyle);
  }
}

/** Names the call for its retry; undefined where it has no params. */
function keyOf({ method }: RequestMessage | NotificationMessage, place: FramePlace): string | undefined {
  const params = paramBytesOf(place);
  return params === undefined ? undefined : callKey(method, params);
}

function paramBytesOf({ bytes, start, end }: FramePlace): Buffer | undefined {
  const frame = bytes.subarray(start, end);
  return bytesOf(frame, spansAt(frame, ['params'])[0]);
}

function bytesOf(bytes: Buffer, span: ByteSpan | undefined): Buffer | undefined {
  return span === undefined ? undefined : bytes.subarray(span.start, span.end);
}
