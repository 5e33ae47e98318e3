import { ServerInspector } from '../../jsonrpc/server-line.js';
import { errorFrame, resultFrame } from '../../jsonrpc/replies.js';
import type { JsonObject, JsonValue } from '../../platform/json.js';
import type { Origin } from '../../conversation/conversation.js';
import type { TraceHeaders } from '../../platform/trace-context.js';
import type { ByteSpan, RpcId } from '../../jsonrpc/message.js';
import type { EventStream, Reply } from '../http/port.js';
import type { Challenge } from '../identity/principal.js';
import type { Patience, Patient, Turn } from './patience.js';
import { bare } from '../../jsonrpc/rewrite.js';

/** HTTP statuses of the modern era's errors (2026-07-28, basic/transports/streamable-http). */
const MODERN_STATUS: ReadonlyMap<number, number> = new Map([
  [-32601, 404],
  [-32020, 400],
  [-32021, 400],
  [-32022, 400],
]);

/** What is known of a line that answers. */
export interface AnswerFacts {
  readonly idSpan: ByteSpan;
  readonly errorCode: number | undefined;
  /** Whether guard answers in the server's place. */
  readonly isGuards: boolean;
}

/** What the HTTP answer says of a call that was denied for the lack of scopes. */
export type ScopeChallenge = Pick<Challenge, 'status' | 'headers'>;

/** For the few answers that guard makes itself. */
const INSPECTOR = new ServerInspector();

export interface PostAnswerOptions {
  readonly reply: Reply;
  /** Says when it takes long. */
  readonly patience: Patience;
  /** The X-Request-Id of the answer. */
  readonly requestId: string;
  /** The trace that its HTTP request belongs to, if any. */
  readonly trace?: TraceHeaders | undefined;
  /** The server of the path; null on the path of all. */
  readonly upstream: string | null;
  /** The client's id as its JSON text. */
  readonly id: Buffer;
  readonly modern: boolean;
  /** Headers of the answer, such as the id of the session. */
  readonly headers?: (() => Readonly<Record<string, string>>) | undefined;
  /** Called once the answer is on its way. */
  readonly done?: (() => void) | undefined;
}

/**
 * The answer to one POST. It is one JSON body, unless something belongs before it or it takes long:
 * then it becomes an event stream, whose headers keep proxies and clients from giving up.
 */
export class PostAnswer implements Patient {
  readonly #options: PostAnswerOptions;
  #stream: EventStream | undefined;
  /** Until it begins or is over. */
  #turn: Turn | undefined;
  #over = false;

  constructor(options: PostAnswerOptions) {
    this.#options = options;
    this.#turn = options.patience.enter(this);
  }

  get id(): Buffer {
    return this.#options.id;
  }

  get requestId(): string {
    return this.#options.requestId;
  }

  /** What records say of a message that came with this POST. */
  originOf(rpcId: RpcId): Origin {
    const { requestId, trace } = this.#options;
    return { rpcId, httpRequestId: requestId, ...trace };
  }

  get upstream(): string | null {
    return this.#options.upstream;
  }

  get modern(): boolean {
    return this.#options.modern;
  }

  /** Whether nothing can be said any more. */
  get over(): boolean {
    return this.#over || this.#options.reply.over;
  }

  /** Sends a notification or a request that belongs to this one. */
  related(line: Buffer): void {
    if (!this.over) this.#begin().send(bare(line));
  }

  /** Sends the answer: a whole line, where its id stands, and the code where it is an error. */
  answer(line: Buffer, { idSpan, errorCode }: AnswerFacts, challenge?: ScopeChallenge): void {
    const { id } = this.#options;
    const end = line.length - 1;
    const own = Buffer.allocUnsafe(end - (idSpan.end - idSpan.start) + id.length);
    line.copy(own, 0, 0, idSpan.start);
    id.copy(own, idSpan.start);
    line.copy(own, idSpan.start + id.length, idSpan.end, end);
    this.#send(own, errorCode, challenge);
  }

  /** Sends an answer that the gateway made, with the id 0. */
  made(line: Buffer): void {
    const message = INSPECTOR.inspect(line, 0, line.length - 1);
    const idSpan = INSPECTOR.idSpan(line);
    // INVARIANT: what guard makes is an answer and has an id.
    if (message.kind !== 'answer' || idSpan === null) throw new Error('guard made no answer');
    this.answer(line, { idSpan, errorCode: message.errorCode, isGuards: true });
  }

  /** Sends a result of the gateway's own. */
  result(result: JsonObject): void {
    this.made(resultFrame(0, result));
  }

  /** Sends an error of the gateway's own. */
  error(code: number, message: string, data?: JsonValue): void {
    this.made(errorFrame(0, code, message, data));
  }

  /** Gives the answer up, since the client did: the response ends without one. */
  drop(): void {
    if (this.#over) return;
    const { reply, done } = this.#options;
    if (!reply.over) this.#begin().end();
    this.#over = true;
    this.#leave();
    done?.();
  }

  /** It takes long. */
  late(): void {
    this.#turn = undefined;
    this.#begin();
  }

  #leave(): void {
    if (this.#turn !== undefined) this.#options.patience.leave(this.#turn);
    this.#turn = undefined;
  }

  #begin(): EventStream {
    this.#leave();
    this.#stream ??= this.#options.reply.stream(this.#options.headers?.());
    return this.#stream;
  }

  #send(body: Buffer, errorCode: number | undefined, challenge: ScopeChallenge | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#leave();
    const { reply, modern, headers, done } = this.#options;
    if (!reply.over) {
      if (this.#stream === undefined) {
        const ofEra = modern && errorCode !== undefined ? (MODERN_STATUS.get(errorCode) ?? 200) : 200;
        const own = headers?.();
        if (challenge === undefined) reply.json(ofEra, body, own);
        else reply.json(challenge.status, body, { ...own, ...challenge.headers });
      } else {
        this.#stream.send(body);
        this.#stream.end();
      }
    }
    done?.();
  }
}
