import { FrameSplitter, type FrameSink } from '../jsonrpc/frames.js';
import { ClientInspector } from '../jsonrpc/inspect.js';
import type {
  Message,
  NotificationMessage,
  Refusal,
  RefusalReason,
  RequestMessage,
  ResponseMessage,
  RpcId,
} from '../jsonrpc/message.js';
import { idOfRemnant } from '../jsonrpc/server-line.js';
import { clientNameOf, isModernRequest } from '../mcp/era.js';
import { clientRequestHandling, KNOWN_PARAMS, nearMissOf } from '../mcp/methods.js';
import type { RequestTarget } from '../mcp/request-target.js';
import { BATCH_FRAMES_MAX } from '../platform/bounds.js';
import { member } from '../platform/json.js';
import { piecesOf, type Held } from './batch.js';
import { ClientJudge, type JudgedCall } from './client-judge.js';
import type { Conversation } from './conversation.js';
import type { Outlet } from './outlet.js';
import { refusalFrame } from './refuse.js';
import { RefusalRate } from './refusal-rate.js';
import { openRequest, recordRelayed } from './requests.js';

/** Where a frame stands in its buffer; `next` is behind its line ending. */
interface FramePlace {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly next: number;
}

/**
 * Everything that comes from the client. One read is judged as a whole: its frames are inspected
 * and ruled on in order, their records are written with one write, and only then do they leave.
 */
export class ClientLane implements FrameSink {
  readonly #conversation: Conversation;
  readonly #toServer: Outlet;
  readonly #toClient: Outlet;
  readonly #splitter: FrameSplitter;
  readonly #inspector = new ClientInspector(KNOWN_PARAMS);
  readonly #judge: ClientJudge;
  readonly #rate = new RefusalRate();
  #held: Held<JudgedCall>[] = [];
  #replies: Buffer[] = [];

  constructor(conversation: Conversation, toServer: Outlet, toClient: Outlet, frameBytesMax: number) {
    this.#conversation = conversation;
    this.#judge = new ClientJudge(conversation);
    this.#toServer = toServer;
    this.#toClient = toClient;
    this.#splitter = new FrameSplitter(frameBytesMax, this);
  }

  /** Takes what one read brought. */
  receive(chunk: Buffer): void {
    this.#splitter.push(chunk);
    this.#flush();
  }

  /** The client closed its end: a line that never ended is refused, not run. */
  end(): void {
    const rest = this.#splitter.remainder();
    if (rest.length === 0) return;
    this.#refuseLine('unfinished-line', 'the stream ended in the middle of a line', rest.length, undefined);
    this.#flush();
  }

  frame(bytes: Buffer, start: number, end: number, next: number): void {
    if (end === start) return;
    const message = this.#inspector.inspect(bytes, start, end);
    this.#take(message, { bytes, start, end, next });
  }

  oversized(size: number, head: Buffer, tail: Buffer): void {
    const id = idOfRemnant(head, tail) ?? null;
    this.#refuseLine('too-large', `the line of ${size} bytes is larger than the bound`, size, id);
  }

  #take(message: Message | Refusal, place: FramePlace): void {
    switch (message.kind) {
      case 'request':
        return this.#request(message, place);
      case 'notification':
        return this.#notification(message, place);
      case 'response':
        return this.#response(message, place);
      case 'refusal':
        return this.#refuse(message, place.end - place.start);
    }
  }

  #request(message: RequestMessage, place: FramePlace): void {
    const conversation = this.#conversation;
    const { id, method, params } = message;
    const size = place.end - place.start;
    if (conversation.fromClient.has(id)) {
      // Answering under this id would end the request that still uses it.
      return this.#refuseLine('id-in-use', 'a request with this id is still open', size, null, method);
    }
    if (conversation.fromClient.full) {
      return this.#refuseLine('too-many-pending', 'too many requests are open', size, id, method);
    }
    const near = nearMissOf(method);
    if (near !== undefined) {
      return this.#refuseLine(
        'bad-method',
        `the method is "${near}" to some servers; write it so`,
        size,
        id,
        method,
      );
    }
    const modern = isModernRequest(params);
    if (modern || method === 'initialize') conversation.nameClient(clientNameOf(params));
    const handling = clientRequestHandling(method);
    if (handling === undefined || handling === 'governed') {
      const target = this.#judge.target(message);
      if (typeof target === 'string') return this.#refuseLine('bad-params', target, size, id, method);
      return this.#govern(message, target, handling !== undefined, place);
    }
    const cursor = params === undefined ? undefined : member(params, 'cursor');
    const open = openRequest(
      conversation,
      method,
      undefined,
      modern,
      typeof cursor === 'string' ? cursor : undefined,
    );
    conversation.fromClient.add(id, open);
    recordRelayed(conversation, open, id, 'client-to-server');
    this.#pass(place, null);
  }

  #govern(
    message: RequestMessage | NotificationMessage,
    target: RequestTarget,
    known: boolean,
    place: FramePlace,
  ): void {
    const ruled = this.#judge.rule(message, target, known, place.bytes);
    if (ruled.kind === 'pass') this.#pass(place, ruled.call);
    else if (ruled.kind === 'reply') this.#replies.push(ruled.frame);
  }

  #notification(message: NotificationMessage, place: FramePlace): void {
    const { method, params } = message;
    if (method === 'notifications/cancelled') {
      const id = params === undefined ? undefined : member(params, 'requestId');
      const open =
        typeof id === 'string' || typeof id === 'number'
          ? this.#conversation.fromClient.cancel(id)
          : undefined;
      if (open !== undefined) this.#conversation.settle(open, 'cancelled', 0);
    }
    if (method.startsWith('notifications/')) return this.#pass(place, null);
    const size = place.end - place.start;
    const known = clientRequestHandling(method) ?? nearMissOf(method);
    if (known !== undefined) {
      // A call without an id would run on servers that do not ask for one, and nobody could be answered.
      return this.#refuseLine('call-without-id', 'a request needs an id', size, undefined, method);
    }
    const target = this.#judge.target(message);
    if (typeof target === 'string') return this.#refuseLine('bad-params', target, size, undefined, method);
    this.#govern(message, target, false, place);
  }

  #response(message: ResponseMessage, place: FramePlace): void {
    const conversation = this.#conversation;
    const open = conversation.fromServer.take(message.id);
    const size = place.end - place.start;
    if (open === undefined) {
      return this.#refuseLine('unsolicited-answer', 'no request of the server has this id', size, undefined);
    }
    conversation.settle(open, message.outcome === 'result' ? 'ok' : 'error', size);
    this.#pass(place, null);
  }

  #refuseLine(
    reason: RefusalReason,
    detail: string,
    size: number,
    id: RpcId | null | undefined,
    method?: string,
  ): void {
    this.#refuse({ kind: 'refusal', reason, detail, id, method }, size);
  }

  #refuse(refusal: Refusal, size: number): void {
    const { clock, trail, diagnostics } = this.#conversation.options;
    // A request is always answered; garbage without end is neither answered nor recorded without end.
    const anonymous = refusal.id === null || refusal.id === undefined;
    if (anonymous && !this.#rate.allows(clock.monotonicMs())) {
      return diagnostics.repeated(
        'refusal-flood',
        'refused messages come too fast: some are neither answered nor recorded',
      );
    }
    trail.refusal({
      direction: 'client-to-server',
      reason: refusal.reason,
      detail: refusal.detail,
      size,
      rpc_id: refusal.id ?? null,
      method: refusal.method ?? null,
    });
    const frame = refusalFrame(refusal);
    if (frame !== null) this.#replies.push(frame);
  }

  #pass(place: FramePlace, call: JudgedCall | null): void {
    this.#held.push({ bytes: place.bytes, start: place.start, end: place.next, call });
    if (this.#held.length >= BATCH_FRAMES_MAX) this.#flush();
  }

  /** Writes the records of this read, and only then lets its frames go. */
  #flush(): void {
    this.#conversation.recordEnds();
    const recorded = this.#conversation.options.trail.commit();
    let held = this.#held;
    if (!recorded && this.#conversation.options.auditRequired)
      held = held.filter((frame) => this.#release(frame));
    this.#held = [];
    this.#toServer.write(piecesOf(held));
    const replies = this.#replies;
    this.#replies = [];
    this.#toClient.write(replies);
  }

  /** With no record there is no call: takes the judged ones back and tells the client. */
  #release({ call }: Held<JudgedCall>): boolean {
    if (call === null) return true;
    const frame = this.#judge.takeBack(call);
    if (frame !== null) this.#replies.push(frame);
    return false;
  }
}
