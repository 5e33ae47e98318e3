import type { NotificationMessage, ResponseMessage, RpcId } from '../../jsonrpc/message.js';
import { notificationFrame } from '../../jsonrpc/replies.js';
import { isJsonObject, member, type JsonObject } from '../../platform/json.js';
import { GATEWAY_QUESTIONS_MAX, GATEWAY_UNREAD_BYTES_MAX } from '../../platform/bounds.js';
import type { EventStream, Reply } from '../http/port.js';
import type { Caller } from './caller.js';
import type { ClientRequest } from './client-request.js';
import { ClientTasks } from './client-tasks.js';
import type { Hub } from './hub.js';
import type { Leg, LegEvents } from './leg.js';
import { isBelow } from './log-level.js';
import type { OpenExchanges } from './open-exchanges.js';
import { bare, jsonBytes, textAt, withValueAt } from '../../jsonrpc/rewrite.js';
import type { Router } from './router.js';

/** The lists whose change a client is told of. */
const LISTS = ['tools', 'prompts', 'resources'] as const;

/** A question of a server that this client has to answer. */
interface Question {
  readonly leg: Leg;
  /** The server's id as its JSON text. */
  readonly id: Buffer;
  readonly token: Buffer | undefined;
}

export interface LegacySessionOptions {
  readonly id: string;
  readonly principalKey: string;
  /** The one server of the session's path; null where it has all. */
  readonly only: Hub | null;
  readonly exchanges: OpenExchanges;
  readonly router: Router;
}

/**
 * One session of the older era (2025-11-25 and before, basic/transports): what the servers say
 * outside of an answer goes to the stream that the client opened for it, each message once.
 */
export class LegacySession implements LegEvents {
  readonly id: string;
  readonly principalKey: string;
  readonly only: Hub | null;
  /** When the client was last heard. */
  heardMs = 0;
  readonly #options: LegacySessionOptions;
  readonly #requests = new Map<RpcId, number>();
  readonly #questions = new Map<number, Question>();
  readonly #ownTasks = new ClientTasks();
  #caller: Caller | undefined;
  #stream: EventStream | undefined;
  #unread: Buffer[] = [];
  #unreadBytes = 0;
  #asked = 0;
  #logLevel: string | undefined;

  constructor(options: LegacySessionOptions) {
    this.#options = options;
    this.id = options.id;
    this.principalKey = options.principalKey;
    this.only = options.only;
  }

  /** The caller whose legs speak here; one that was there before is let go. */
  attach(caller: Caller): void {
    this.#caller?.close('the client began anew');
    this.#caller = caller;
  }

  get caller(): Caller {
    // INVARIANT: a session is attached before it is handed out.
    if (this.#caller === undefined) throw new Error('the session has no caller');
    return this.#caller;
  }

  /** Whether the client listens or waits for an answer. */
  get isBusy(): boolean {
    return this.#stream !== undefined || this.#requests.size > 0;
  }

  request(request: ClientRequest): void {
    const { message } = request;
    if (message.method === 'logging/setLevel') this.#logLevel = levelOf(message.params);
    this.#options.router.route(this.caller, request, this.only);
  }

  /** The request with this id of the client has gone to a server, under this id of the gateway's. */
  forwarded(id: RpcId, own: number): void {
    this.#requests.set(id, own);
  }

  /** The request was answered: its id may be used again. */
  answered(id: RpcId): void {
    this.#requests.delete(id);
  }

  /** Takes what the client sends without wanting an answer. */
  message(message: NotificationMessage | ResponseMessage, line: Buffer): void {
    if (message.kind === 'response') return this.#response(message.id, line);
    switch (message.method) {
      case 'notifications/initialized':
        // The gateway shook hands with the servers itself.
        return;
      case 'notifications/cancelled':
        return this.#cancelled(message.params);
      case 'notifications/progress':
        return this.#progress(message.params, line);
      default:
        for (const leg of this.#hearing(message.method, line)) leg.fromClient(line);
    }
  }

  /** Opens the stream for what belongs to no request; `first` is its first event. False where one is open already. */
  listen(reply: Reply, first?: { readonly name: string; readonly data: string }): boolean {
    if (this.#stream !== undefined) return false;
    const stream = reply.stream({ 'mcp-session-id': this.id });
    this.#stream = stream;
    if (first !== undefined) stream.send(Buffer.from(first.data), { name: first.name });
    reply.onLeft(() => {
      if (this.#stream === stream) this.#stream = undefined;
    });
    for (const line of this.#unread) stream.send(bare(line));
    this.#unread = [];
    this.#unreadBytes = 0;
    return true;
  }

  asked(leg: Leg, id: RpcId, line: Buffer): void {
    if (this.#questions.size >= GATEWAY_QUESTIONS_MAX || !this.#mayAsk(leg, line))
      return this.caller.refuseQuestion(leg, id);
    this.#asked += 1;
    const own = jsonBytes(this.#asked);
    const token = textAt(line, ['params', '_meta', 'progressToken']);
    this.#questions.set(this.#asked, { leg, id: jsonBytes(id), token });
    const numbered = withValueAt(leg.tasks.told(line, this.only === null, true) ?? line, ['id'], own);
    const shown =
      token === undefined ? numbered : withValueAt(numbered, ['params', '_meta', 'progressToken'], own);
    const exchange = this.#options.exchanges.newestOf(leg);
    if (exchange === undefined) this.tell(shown);
    else exchange.related(shown);
  }

  notified(leg: Leg, method: string, told: Buffer): void {
    if (method === 'notifications/cancelled') return this.#questionCancelled(leg, told);
    const line = leg.tasks.told(told, this.only === null);
    if (line === undefined) return;
    if (method === 'notifications/message') {
      if (isBelow(line, this.#logLevel)) return;
      const exchange = this.#options.exchanges.newestOf(leg);
      if (exchange !== undefined) return exchange.related(line);
    }
    this.tell(line);
  }

  /** The config changed, and with it what the lists may hold. */
  listsChanged(): void {
    for (const list of LISTS) this.tell(notificationFrame(`notifications/${list}/list_changed`, {}));
  }

  restarted(leg: Leg): void {
    for (const [id, question] of this.#questions) if (question.leg === leg) this.#questions.delete(id);
    this.#ownTasks.forget(leg);
  }

  close(why: string): void {
    this.caller.close(why);
    this.#stream?.end();
  }

  /** Says something that belongs to no answer, on the stream that the client opened for it. */
  tell(line: Buffer): void {
    if (this.#stream !== undefined) return this.#stream.send(bare(line));
    // Without a stream a few messages wait for one; then the oldest go.
    this.#unread.push(line);
    this.#unreadBytes += line.length;
    while (this.#unreadBytes > GATEWAY_UNREAD_BYTES_MAX)
      this.#unreadBytes -= this.#unread.shift()?.length ?? 0;
  }

  /** Who is told what the client says: of a task of its own only the server that asked for it. */
  #hearing(method: string, line: Buffer): Iterable<Leg> {
    if (method !== 'notifications/tasks/status' || this.only !== null) return this.caller.legs;
    return this.#ownTasks.legsOf(line);
  }

  /** On a path of one server all tasks of the client are that server's. */
  #mayAsk(leg: Leg, line: Buffer): boolean {
    return this.only !== null || this.#ownTasks.mayAsk(leg, line);
  }

  #response(id: RpcId, line: Buffer): void {
    const question = typeof id === 'number' ? this.#questions.get(id) : undefined;
    if (question === undefined) return;
    this.#questions.delete(id as number);
    this.#ownTasks.answered(question.leg, line);
    const shown = question.leg.tasks.fromClient(line, this.only === null);
    question.leg.fromClient(withValueAt(shown, ['id'], question.id));
  }

  #cancelled(params: JsonObject | undefined): void {
    const id = params === undefined ? undefined : member(params, 'requestId');
    if (typeof id !== 'string' && typeof id !== 'number') return;
    const reason = params === undefined ? undefined : member(params, 'reason');
    const own = this.#requests.get(id);
    if (own === undefined) return;
    this.#requests.delete(id);
    this.caller.cancel(own, typeof reason === 'string' ? reason : undefined);
  }

  #progress(params: JsonObject | undefined, line: Buffer): void {
    const token = params === undefined ? undefined : member(params, 'progressToken');
    const question = typeof token === 'number' ? this.#questions.get(token) : undefined;
    if (question?.token === undefined) return;
    question.leg.fromClient(withValueAt(line, ['params', 'progressToken'], question.token));
  }

  #questionCancelled(leg: Leg, line: Buffer): void {
    const id = textAt(line, ['params', 'requestId']);
    if (id === undefined) return;
    for (const [own, question] of this.#questions) {
      if (question.leg !== leg || !question.id.equals(id)) continue;
      this.#questions.delete(own);
      const reason = reasonOf(line);
      this.tell(notificationFrame('notifications/cancelled', { requestId: own, ...reason }));
    }
  }
}

function levelOf(params: JsonObject | undefined): string | undefined {
  const level = params === undefined ? undefined : member(params, 'level');
  return typeof level === 'string' ? level : undefined;
}

function reasonOf(line: Buffer): { reason?: string } {
  const message = JSON.parse(line.toString('utf8')) as JsonObject;
  const params = member(message, 'params');
  const reason = isJsonObject(params) ? member(params, 'reason') : undefined;
  return typeof reason === 'string' ? { reason } : {};
}
