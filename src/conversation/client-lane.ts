import { FrameSplitter, type FrameSink } from '../jsonrpc/frames.js';
import { ClientInspector } from '../jsonrpc/inspect.js';
import type {
  Message,
  NotificationMessage,
  Refusal,
  RequestMessage,
  ResponseMessage,
  RpcId,
} from '../jsonrpc/message.js';
import { idOfRemnant } from '../jsonrpc/server-line.js';
import { clientRequestHandling, KNOWN_PARAMS, nearMissOf } from '../mcp/methods.js';
import { BATCH_FRAMES_MAX } from '../platform/bounds.js';
import { member, type JsonObject } from '../platform/json.js';
import { piecesOf, type Held } from './batch.js';
import type { FramePlace } from './client-frames.js';
import { ClientJudge, type JudgedCall } from './client-judge.js';
import { RequestDesk } from './client-requests.js';
import type { Conversation } from './conversation.js';
import type { HeldCall } from './held-call.js';
import { HeldCalls } from './held-calls.js';
import type { FrameOutlet } from './outlet.js';
import { RefusalDesk, type RefusedLine } from './refusal-desk.js';

/**
 * Everything that comes from the client. One read is judged as a whole: its frames are inspected
 * and ruled on in order, their records are written with one write, and only then do they leave.
 */
export class ClientLane implements FrameSink {
  readonly #conversation: Conversation;
  readonly #toServer: FrameOutlet;
  readonly #toClient: FrameOutlet;
  readonly #splitter: FrameSplitter;
  readonly #inspector = new ClientInspector(KNOWN_PARAMS);
  readonly #judge: ClientJudge;
  readonly #requests: RequestDesk;
  readonly #refusals: RefusalDesk;
  readonly #heldCalls: HeldCalls;
  #held: Held<JudgedCall>[] = [];
  #replies: Buffer[] = [];
  /** Calls that a person is asked about once the log says so. */
  #asking: HeldCall[] = [];

  constructor(
    conversation: Conversation,
    toServer: FrameOutlet,
    toClient: FrameOutlet,
    frameBytesMax: number,
  ) {
    this.#conversation = conversation;
    this.#toServer = toServer;
    this.#toClient = toClient;
    this.#splitter = new FrameSplitter(frameBytesMax, this);
    this.#judge = new ClientJudge(conversation);
    const reply = (frame: Buffer): void => void this.#replies.push(frame);
    this.#refusals = new RefusalDesk(conversation, reply);
    this.#requests = new RequestDesk(conversation, this.#inspector, this.#judge, {
      pass: (place, call) => this.#pass(place, call),
      reply,
      ask: (held) => this.#ask(held),
      refuse: (line) => this.#refusals.refuse(line),
    });
    const send = (frame: Buffer): void => toClient.write([frame]);
    this.#heldCalls = new HeldCalls({
      conversation,
      send,
      resume: (held, approvalId) => {
        this.#requests.resume(held, approvalId);
        this.flush();
      },
    });
    conversation.options.approvals.connect({
      send,
      asksByRequest: () => conversation.elicitsForms,
      clientName: () => conversation.client,
    });
  }

  /** Takes what one read brought. */
  receive(chunk: Buffer): void {
    this.take(chunk);
    this.flush();
  }

  /** Takes what one read brought and judges it; it waits for `flush`, which may come after further reads. */
  take(chunk: Buffer): void {
    this.#splitter.push(chunk);
  }

  /** Takes one request whose line was inspected already, as `take` does. */
  takeRequest(message: RequestMessage, line: Buffer): void {
    this.#requests.request(message, { bytes: line, start: 0, end: line.length - 1, next: line.length });
  }

  /** No answer of a person releases a call any more. */
  stopHolding(why: string): void {
    this.#heldCalls.close(why);
  }

  /** The client closed its end: a line that never ended is refused, not run. */
  end(): void {
    const { length } = this.#splitter.remainder();
    if (length === 0) return;
    const detail = 'the stream ended in the middle of a line';
    this.#refuse({ reason: 'unfinished-line', detail, size: length, id: undefined });
    this.flush();
  }

  frame(bytes: Buffer, start: number, end: number, next: number, ascii: boolean): void {
    if (end === start) return;
    const message = this.#inspector.inspect(bytes, start, end, ascii);
    this.#take(message, { bytes, start, end, next });
  }

  oversized(size: number, head: Buffer, tail: Buffer): void {
    const detail = `the line of ${size} bytes is larger than the bound`;
    this.#refuse({ reason: 'too-large', detail, size, id: idOfRemnant(head, tail) ?? null });
  }

  #take(message: Message | Refusal, place: FramePlace): void {
    switch (message.kind) {
      case 'request':
        return this.#requests.request(message, place);
      case 'notification':
        return this.#notification(message, place);
      case 'response':
        return this.#response(message, place);
      case 'refusal':
        return this.#refuse({ ...message, size: place.end - place.start });
    }
  }

  #notification(message: NotificationMessage, place: FramePlace): void {
    const { method, params } = message;
    if (method === 'notifications/cancelled' && this.#cancelled(params)) return;
    if (method.startsWith('notifications/')) return this.#pass(place, null);
    const known = clientRequestHandling(method) ?? nearMissOf(method);
    if (known !== undefined) {
      // A call without an id would run on servers that do not ask for one, and nobody could be answered.
      const size = place.end - place.start;
      const detail = 'a request needs an id';
      return this.#refuse({ reason: 'call-without-id', detail, size, id: undefined, method });
    }
    this.#requests.notification(message, place);
  }

  /** Notes that a request is off; true where the server never saw it, so that it is not told. */
  #cancelled(params: JsonObject | undefined): boolean {
    const id = params === undefined ? undefined : member(params, 'requestId');
    if (params === undefined || (typeof id !== 'string' && typeof id !== 'number')) return false;
    const reason = member(params, 'reason');
    // The same read may have brought the call: it is held first, then taken back.
    if (this.#asking.length > 0) this.flush();
    if (this.#heldCalls.cancelled(id, typeof reason === 'string' ? reason : undefined)) return true;
    const open = this.#conversation.fromClient.cancel(id);
    if (open !== undefined) this.#conversation.settle(open, 'cancelled', 0);
    return false;
  }

  #response(message: ResponseMessage, place: FramePlace): void {
    const conversation = this.#conversation;
    if (this.#answersGuard(message.id, place)) return;
    const open = conversation.fromServer.take(message.id);
    const size = place.end - place.start;
    if (open === undefined) {
      const detail = 'no request of the server has this id';
      return this.#refuse({ reason: 'unsolicited-answer', detail, size, id: undefined });
    }
    conversation.settle(open, message.outcome === 'result' ? 'ok' : 'error', size);
    this.#pass(place, null);
  }

  /** Takes the answer to a question that guard asked itself; the server never hears of it. */
  #answersGuard(id: RpcId, { bytes, start, end }: FramePlace): boolean {
    const channel = this.#conversation.options.approvals.parts?.channel;
    if (channel?.owns(id) !== true) return false;
    const answer = JSON.parse(bytes.toString('utf8', start, end)) as JsonObject;
    return channel.response(id, member(answer, 'result'));
  }

  #refuse(line: RefusedLine): void {
    this.#refusals.refuse(line);
  }

  #pass(place: FramePlace, call: JudgedCall | null): void {
    this.#held.push({ bytes: place.bytes, start: place.start, end: place.next, call });
    if (this.#held.length >= BATCH_FRAMES_MAX) this.flush();
  }

  #ask(held: HeldCall): void {
    this.#asking.push(held);
    if (this.#asking.length >= BATCH_FRAMES_MAX) this.flush();
  }

  /** Writes the records of what was taken, and only then lets its frames go. */
  flush(): void {
    this.#conversation.recordEnds();
    const recorded = this.#conversation.options.trail.commit() || !this.#conversation.options.auditRequired;
    const held = recorded ? this.#held : this.#held.filter((frame) => this.#release(frame));
    this.#held = [];
    this.#toServer.write(piecesOf(held));
    // A person is asked only about what the log holds.
    const asking = this.#asking;
    this.#asking = [];
    for (const call of asking) {
      if (recorded) this.#heldCalls.begin(call);
      else this.#takeBack(call);
    }
    const replies = this.#replies;
    this.#replies = [];
    this.#toClient.write(replies);
  }

  /** With no record there is no call: takes the judged ones back and tells the client. */
  #release({ call }: Held<JudgedCall>): boolean {
    if (call !== null) this.#takeBack(call);
    return call === null;
  }

  #takeBack(call: JudgedCall): void {
    const frame = this.#judge.takeBack(call);
    if (frame !== null) this.#replies.push(frame);
  }
}
