import { ERROR_CODES } from '../jsonrpc/error-codes.js';
import { FrameSplitter, lineEnd, type FrameSink } from '../jsonrpc/frames.js';
import type { RpcId } from '../jsonrpc/message.js';
import { errorFrame } from '../jsonrpc/replies.js';
import {
  idOfRemnant,
  ServerInspector,
  type ServerAnswer,
  type ServerGarbage,
} from '../jsonrpc/server-line.js';
import { markedQuestions } from '../mcp/marked-question.js';
import { clientRequestHandling, serverRequestHandling } from '../mcp/methods.js';
import { BATCH_FRAMES_MAX, NOISE_CHARS_MAX } from '../platform/bounds.js';
import { printable } from '../platform/printable.js';
import { AnswerDesk } from './answers.js';
import { piecesOf, type Held } from './batch.js';
import type { Conversation, OpenRequest } from './conversation.js';
import type { FrameOutlet } from './outlet.js';
import { RefusalRate } from './refusal-rate.js';
import { unrecordedFrame } from './requests.js';
import { ServerRequestDesk } from './server-requests.js';

/** Why the server will not answer, in the words of the answer that guard gives in its place. */
export interface Loss {
  readonly code: number;
  readonly message: string;
  /** A word for programs: what kind of failure it was. */
  readonly failureClass: string;
}

/**
 * Everything that comes from the server. Answers pass as their own bytes once they are known to be
 * whole and awaited; the server's own requests are judged like the client's.
 */
export class ServerLane implements FrameSink {
  readonly #conversation: Conversation;
  readonly #toServer: FrameOutlet;
  readonly #toClient: FrameOutlet;
  readonly #splitter: FrameSplitter;
  readonly #inspector = new ServerInspector();
  readonly #answers: AnswerDesk;
  readonly #requests: ServerRequestDesk;
  readonly #rate = new RefusalRate();
  #held: Held<RpcId>[] = [];
  #replies: Buffer[] = [];

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
    this.#answers = new AnswerDesk(conversation, this.#inspector);
    this.#requests = new ServerRequestDesk(conversation);
  }

  /** Takes what one read brought. */
  receive(chunk: Buffer): void {
    this.#splitter.push(chunk);
    this.#flush();
  }

  /** Takes one whole line that was inspected already and found to be this answer. */
  receiveAnswer(answer: ServerAnswer, line: Buffer): void {
    this.#answer(answer, line, 0, lineEnd(line), line.length);
    this.#flush();
  }

  /** The server closed its stdout: what stands behind the last line feed is no message. */
  end(): void {
    const rest = this.#splitter.remainder();
    if (rest.length > 0)
      this.#garbage({ kind: 'garbage', detail: 'an unfinished line', id: undefined }, rest);
    this.#flush();
  }

  /** Answers every request that the server still owes, since it will not. */
  abandon(message: string): void {
    for (const [id, open] of this.#conversation.fromClient.drain()) {
      this.#replyError(id, open, 'server-gone', ERROR_CODES.serverGone, message);
    }
    this.#conversation.fromServer.drain();
    this.#conversation.paidRounds.expire(true);
    this.#flush();
  }

  /** Answers one request whose answer cannot be used. */
  lostAnswer(id: RpcId, { code, message, failureClass }: Loss): void {
    const open = this.#conversation.fromClient.take(id);
    if (open === undefined) return;
    this.#replyError(id, open, 'garbled', code, message, failureClass);
    this.#flush();
  }

  /** Answers what the server was sent and will not answer; held calls go on waiting for their person. */
  lost({ code, message, failureClass }: Loss): void {
    for (const [id, open] of this.#conversation.fromClient.entries()) {
      this.#conversation.fromClient.take(id);
      this.#replyError(id, open, 'server-gone', code, message, failureClass);
    }
    // What it asked of the client is answered to nobody any more.
    this.#conversation.fromServer.drain();
    this.#flush();
  }

  /** Answers the requests that are older than the time limit; their late answers are dropped. */
  expire(timeoutMs: number): void {
    const nowMs = this.#conversation.options.clock.monotonicMs();
    this.#conversation.paidRounds.expire();
    for (const [id, open] of this.#conversation.fromClient.entries()) {
      if (open.method === 'subscriptions/listen' || nowMs - open.startedMs < timeoutMs) continue;
      this.#conversation.fromClient.take(id);
      const message = `the server did not answer within ${Math.round(timeoutMs / 1000)} s`;
      this.#replyError(id, open, 'timeout', ERROR_CODES.answerTimeout, message);
    }
    this.#flush();
  }

  frame(bytes: Buffer, start: number, end: number, next: number, ascii: boolean): void {
    if (end === start) return;
    const line = this.#inspector.inspect(bytes, start, end, ascii);
    switch (line.kind) {
      case 'answer':
        return this.#answer(line, bytes, start, end, next);
      case 'request': {
        const reply = this.#requests.judge(line.id, line.method, bytes.subarray(start, end));
        if (reply.kind === 'reply') this.#replies.push(reply.frame);
        else if (reply.kind === 'relayed' || line.method !== 'elicitation/create') {
          this.#pass(bytes, start, next, reply.kind === 'judged' ? line.id : null);
        } else {
          const { server } = this.#conversation.options.parties;
          const marked = markedQuestions(bytes.subarray(start, next), server);
          this.#pass(marked, 0, marked.length, line.id);
        }
        return;
      }
      case 'notification':
        return this.#notification(line.method, bytes, start, end, next);
      case 'garbage':
        return this.#garbage(line, bytes.subarray(start, end));
    }
  }

  oversized(size: number, head: Buffer, tail: Buffer): void {
    const id = idOfRemnant(head, tail);
    const open = id === undefined ? undefined : this.#conversation.fromClient.take(id);
    this.#refused('too-large', `a line of ${size} bytes`, size);
    if (id === undefined || open === undefined) return;
    const message = `the server's answer of ${size} bytes is larger than the bound (relay.max_server_frame)`;
    this.#replyError(id, open, 'garbled', ERROR_CODES.answerTooLarge, message);
  }

  #answer(line: ServerAnswer, bytes: Buffer, start: number, end: number, next: number): void {
    const open = this.#conversation.fromClient.take(line.id);
    if (open === undefined) {
      this.#refused('unsolicited-answer', 'no open request has this id', end - start);
      return;
    }
    const replaced = this.#answers.observe(line, open, bytes, start, end);
    if (replaced === null) this.#pass(bytes, start, next, null);
    else this.#pass(replaced, 0, replaced.length, null);
  }

  #notification(method: string, bytes: Buffer, start: number, end: number, next: number): void {
    if (serverRequestHandling(method) !== undefined || clientRequestHandling(method) !== undefined) {
      // Without an id it is no request that policy could answer, yet a lenient client may act on it.
      return this.#refused('call-without-id', 'a request needs an id', end - start, method);
    }
    if (method === 'notifications/tools/list_changed') this.#conversation.catalog.markStale();
    this.#pass(bytes, start, next, null);
  }

  /** A line that is no message never reaches the client: its stdout carries the protocol only. */
  #garbage(line: ServerGarbage, bytes: Buffer): void {
    const shown = printable(bytes.toString('utf8', 0, NOISE_CHARS_MAX * 4), NOISE_CHARS_MAX);
    const { diagnostics } = this.#conversation.options;
    diagnostics.repeated(
      'server-noise',
      `the server wrote a line that is no message (${line.detail}): ${shown}`,
    );
    this.#refused('not-json', line.detail, bytes.length);
    const open = line.id === undefined ? undefined : this.#conversation.fromClient.take(line.id);
    if (line.id === undefined || open === undefined) return;
    const message = `the server's answer could not be read (${line.detail})`;
    this.#replyError(line.id, open, 'garbled', ERROR_CODES.garbledAnswer, message);
  }

  #replyError(
    id: RpcId,
    open: OpenRequest,
    result: 'server-gone' | 'garbled' | 'timeout',
    code: number,
    message: string,
    failureClass?: string,
  ): void {
    const data = failureClass === undefined ? {} : { failure_class: failureClass };
    const frame = errorFrame(id, code, `guard: ${message}`, { request_id: open.requestId, ...data });
    this.#conversation.settle(open, result, frame.length, { error_code: code });
    this.#pass(frame, 0, frame.length, null);
  }

  #refused(reason: string, detail: string, size: number, method: string | null = null): void {
    const { clock, trail, diagnostics } = this.#conversation.options;
    // Garbage without end is not recorded without end.
    if (!this.#rate.allows(clock.monotonicMs())) {
      return diagnostics.repeated(
        'server-refusal-flood',
        'the server sends refused lines too fast: some are not recorded',
      );
    }
    trail.refusal({ direction: 'server-to-client', reason, detail, size, rpc_id: null, method });
  }

  #pass(bytes: Buffer, start: number, next: number, judged: RpcId | null): void {
    this.#held.push({ bytes, start, end: next, call: judged });
    if (this.#held.length >= BATCH_FRAMES_MAX) this.#flush();
  }

  #flush(): void {
    const held = this.#held;
    const replies = this.#replies;
    this.#held = [];
    this.#replies = [];
    const judged = held.some(({ call }) => call !== null);
    // Only the server's own requests wait for the log; answers go at once, and their
    // outcomes are written with whatever comes next.
    const recorded = judged ? this.#conversation.options.trail.commit() : true;
    const released =
      recorded || !this.#conversation.options.auditRequired
        ? held
        : held.filter((frame) => this.#keep(frame, replies));
    this.#toClient.write(piecesOf(released));
    this.#toServer.write(replies);
    this.#conversation.recordEnds();
    this.#conversation.options.trail.commitSoon();
  }

  #keep({ call: id }: Held<RpcId>, replies: Buffer[]): boolean {
    if (id === null) return true;
    const open = this.#conversation.fromServer.take(id);
    replies.push(unrecordedFrame(id, open?.requestId ?? null));
    return false;
  }
}
