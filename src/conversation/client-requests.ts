import type { ClientInspector } from '../jsonrpc/inspect.js';
import type { NotificationMessage, RequestMessage } from '../jsonrpc/message.js';
import { elicitsForms } from '../mcp/elicitation.js';
import { clientNameOf, isModernRequest } from '../mcp/era.js';
import { clientRequestHandling, nearMissOf } from '../mcp/methods.js';
import type { RequestTarget } from '../mcp/request-target.js';
import { member } from '../platform/json.js';
import { placeOf, type FramePlace } from './client-frames.js';
import type { ClientJudge, HeldBefore, JudgedCall } from './client-judge.js';
import type { Conversation } from './conversation.js';
import { heldCallOf, type HeldCall } from './held-call.js';
import type { RefusedLine } from './refusal-desk.js';
import { openRequest, recordRelayed } from './requests.js';
import { readRound, type Round } from './rounds.js';

/** What a request of the client can become; all of it waits for the log. */
export interface RequestOutput {
  /** Goes on to the server as its own bytes. */
  pass(place: FramePlace, call: JudgedCall | null): void;
  /** Is answered by guard. */
  reply(frame: Buffer): void;
  /** A person is asked. */
  ask(held: HeldCall): void;
  /** Is no request that guard takes. */
  refuse(line: RefusedLine): void;
}

/** Decides what becomes of each request of the client. */
export class RequestDesk {
  readonly #conversation: Conversation;
  readonly #inspector: ClientInspector;
  readonly #judge: ClientJudge;
  readonly #output: RequestOutput;

  constructor(
    conversation: Conversation,
    inspector: ClientInspector,
    judge: ClientJudge,
    output: RequestOutput,
  ) {
    this.#conversation = conversation;
    this.#inspector = inspector;
    this.#judge = judge;
    this.#output = output;
  }

  request(message: RequestMessage, place: FramePlace): void {
    const conversation = this.#conversation;
    const { id, method, params } = message;
    const size = place.end - place.start;
    const refuse = (reason: RefusedLine['reason'], detail: string, answerTo: RefusedLine['id']): void =>
      this.#output.refuse({ reason, detail, size, id: answerTo, method });
    // Answering under this id would end the request that still uses it.
    if (conversation.fromClient.has(id))
      return refuse('id-in-use', 'a request with this id is still open', null);
    if (conversation.fromClient.full) return refuse('too-many-pending', 'too many requests are open', id);
    const near = nearMissOf(method);
    if (near !== undefined)
      return refuse('bad-method', `the method is "${near}" to some servers; write it so`, id);
    const modern = isModernRequest(params);
    if (modern || method === 'initialize') conversation.nameClient(clientNameOf(params));
    if (method === 'initialize') conversation.elicitsForms = elicitsForms(params);
    const handling = clientRequestHandling(method);
    if (handling === undefined || handling === 'governed') return this.#governed(message, place);
    const cursor = params === undefined ? undefined : member(params, 'cursor');
    const page = typeof cursor === 'string' ? cursor : undefined;
    const open = openRequest(conversation, method, undefined, modern, page, params);
    conversation.fromClient.add(id, open);
    recordRelayed(conversation, open, id, 'client-to-server');
    this.#output.pass(place, null);
  }

  /** A message without an id whose method nobody defined: policy judges it, and nobody is answered. */
  notification(message: NotificationMessage, place: FramePlace): void {
    this.#judged(message, place, null);
  }

  /** A person answered, or the time is over: the call is ruled on as it stands now. */
  resume(held: HeldCall, approvalId: string): void {
    const place = placeOf(held.frame);
    const message = this.#inspector.inspect(place.bytes, place.start, place.end);
    // It was a request when it came, and it is the same bytes.
    if (message.kind === 'request') this.#judged(message, place, held, { open: held.open, approvalId });
  }

  /** A request that answers guard's own question is judged as what it was before guard asked. */
  #governed(request: RequestMessage, from: FramePlace): void {
    const { parts } = this.#conversation.options.approvals;
    const round =
      parts === undefined
        ? null
        : readRound(parts.states, request, from.bytes.subarray(from.start, from.next));
    if (round === null) return this.#judged(request, from, null);
    const place = round === 'forged' ? from : placeOf(round.frame);
    const message = this.#inspector.inspect(place.bytes, place.start, place.end);
    if (round !== 'forged' && message.kind === 'request') return this.#judged(message, place, round);
    const { id, method } = request;
    const detail = 'its requestState was not made by this guard, or was changed';
    this.#output.refuse({ reason: 'bad-params', detail, size: from.next - from.start, id, method });
  }

  #judged(
    message: RequestMessage | NotificationMessage,
    place: FramePlace,
    round: Pick<Round, 'round' | 'reply'> | null,
    before?: HeldBefore,
  ): void {
    const { method, params } = message;
    const target: RequestTarget | string = this.#judge.target(message);
    if (typeof target === 'string') {
      const id = message.kind === 'request' ? message.id : undefined;
      return this.#output.refuse({
        reason: 'bad-params',
        detail: target,
        size: place.end - place.start,
        id,
        method,
      });
    }
    const known = clientRequestHandling(method) !== undefined;
    const ruled = this.#judge.rule(message, target, known, place, before);
    switch (ruled.kind) {
      case 'pass':
        return this.#output.pass(place, ruled.call);
      case 'reply':
        return this.#output.reply(ruled.frame);
      case 'hold': {
        const frame = place.bytes.subarray(place.start, place.next);
        return this.#output.ask(heldCallOf(ruled.hold, params, frame, round));
      }
      case 'drop':
    }
  }
}
