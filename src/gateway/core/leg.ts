import { ClientLane } from '../../conversation/client-lane.js';
import type { Conversation, Origin } from '../../conversation/conversation.js';
import type { FrameOutlet } from '../../conversation/outlet.js';
import { type Loss, ServerLane } from '../../conversation/server-lane.js';
import { errorFrame, notificationFrame, resultFrame } from '../../jsonrpc/replies.js';
import { ERROR_CODES } from '../../jsonrpc/error-codes.js';
import type { RequestMessage, RpcId } from '../../jsonrpc/message.js';
import { spansAt } from '../../jsonrpc/splice.js';
import { ServerInspector } from '../../jsonrpc/server-line.js';
import { member, type JsonObject, type JsonValue } from '../../platform/json.js';
import { LegacyToModern } from '../eras/legacy-to-modern.js';
import { ModernToLegacy } from '../eras/modern-to-legacy.js';
import type { Translation, TranslationPort } from '../eras/translation.js';
import type { Era, RoutedAnswer, ServerMessage } from '../upstreams/connection.js';
import type { LegOptions } from './leg-options.js';
import type { LegTasks } from './leg-tasks.js';
import type { OpenExchange } from './open-exchanges.js';
import { paramsOf, subscriptionOf, SUBSCRIPTION_PATH } from './notification-params.js';
import { withValueAt } from '../../jsonrpc/rewrite.js';

/** A conversation of one caller with one server, as the host made it. */
export interface OpenedConversation {
  readonly conversation: Conversation;
  close(why: string): void;
}

/** What a leg tells its caller, beside the answers; lines are whole. */
export interface LegEvents {
  /** The server, or guard itself, asks the client something. */
  asked(leg: Leg, id: RpcId, line: Buffer): void;
  /** A notification that belongs to no request. */
  notified(leg: Leg, method: string, line: Buffer): void;
  /** The server is gone, and with it what it asked; another one may take its place. */
  restarted(leg: Leg): void;
}

/**
 * One caller's side of one server: the same conversation that the stdio door holds, fed with one
 * message at a time. Ids in it are the gateway's.
 */
export class Leg {
  /** The era that the client speaks. */
  readonly era: Era;
  readonly #options: LegOptions;
  readonly #client: ClientLane;
  readonly #server: ServerLane;
  readonly #inspector = new ServerInspector();
  #translation: Translation | undefined;
  /** The answer that is on its way through the server lane. */
  #answering: { readonly line: Buffer; readonly answer: RoutedAnswer } | undefined;
  /** While what the client lane lets through is not sent on. */
  #swallows = false;

  constructor(options: LegOptions) {
    this.#options = options;
    this.era = options.era;
    const { conversation } = options.opened;
    const toServer = {
      write: (lines: readonly Buffer[]): void => {
        if (lines.length > 0 && !this.#swallows) options.send(this, lines);
      },
    };
    const toClient = (isGuards: boolean): FrameOutlet => ({
      write: (lines) => {
        for (const line of lines) this.#deliver(line, isGuards);
      },
    });
    this.#client = new ClientLane(conversation, toServer, toClient(true), options.clientFrameBytesMax);
    this.#server = new ServerLane(conversation, toServer, toClient(false), options.serverFrameBytesMax);
  }

  get tasks(): LegTasks {
    return this.#options.tasks;
  }

  get conversation(): Conversation {
    return this.#options.opened.conversation;
  }

  /**
   * Takes one line of the client, with the gateway's ids; `origin` is what records say of it, `known` the
   * request that it is, where that was found out already. It leaves with its group.
   */
  fromClient(line: Buffer, origin?: Origin, known?: RequestMessage): void {
    const { conversation } = this;
    const { clientFrameBytesMax, exchanges, group } = this.#options;
    conversation.origin = origin;
    // One that its new id makes too large is refused like any other.
    if (known === undefined || line.length > clientFrameBytesMax) this.#client.take(line);
    else this.#client.takeRequest(known, line);
    conversation.origin = undefined;
    // What ended is written with the records of the whole group.
    conversation.recordEnds();
    // Where nothing else is under way, nothing comes that could share the write.
    if (exchanges.size > 1) return group.add(this);
    this.flush();
  }

  /** Writes the records of what was taken, and lets it go. */
  flush(): void {
    this.#client.flush();
  }

  /** Takes one line of a server that speaks this era, and what it was understood as. */
  fromServer(line: Buffer, era: Era, message: ServerMessage): void {
    if (era !== this.era) return this.#translated().fromServer(line);
    if (message.kind !== 'answer') return this.#server.receive(line);
    this.#answering = { line, answer: message };
    this.#server.receiveAnswer(message, line);
    this.#answering = undefined;
  }

  /** What this leg says, for a server that speaks this era. */
  inEra(era: Era, lines: readonly Buffer[]): readonly Buffer[] {
    return era === this.era ? lines : lines.flatMap((line) => this.#translated().toServer(line));
  }

  /** Takes a request that the gateway answers itself, so that the conversation knows and records it. */
  answeredHere(line: Buffer, id: number, result: JsonObject, origin: Origin): void {
    this.flush();
    this.#swallows = true;
    this.fromClient(line, origin);
    this.flush();
    this.#swallows = false;
    this.#server.receive(resultFrame(id, result));
  }

  /** The client gave a request up. */
  cancel(id: number, reason: string | undefined): void {
    const why = reason === undefined ? {} : { reason };
    this.#client.receive(notificationFrame('notifications/cancelled', { requestId: id, ...why }));
  }

  /** The server will not answer what it was sent. */
  lost(loss: Loss): void {
    // What waits for its group is answered here and must not reach a server that begins anew.
    this.#swallows = true;
    this.flush();
    this.#swallows = false;
    this.#translation?.restarted();
    this.#options.events.restarted(this);
    this.#server.lost(loss);
  }

  /** The server's answer to one request cannot be used. */
  lostAnswer(id: RpcId, loss: Loss): void {
    this.#server.lostAnswer(id, loss);
  }

  /** Answers the requests that are older than the time limit. */
  expire(timeoutMs: number): void {
    this.#server.expire(timeoutMs);
    this.#translation?.expire();
  }

  /** The caller is gone: what waits is withdrawn, and the server is told to stop. */
  close(why: string): void {
    for (const exchange of this.#options.exchanges.ofLeg(this)) {
      const { id } = exchange;
      this.cancel(id, why);
      this.#options.exchanges.take(id);
      const line = errorFrame(id, ERROR_CODES.serverGone, `guard: ${why}`);
      const [idSpan] = spansAt(line, ['id']);
      if (idSpan !== undefined)
        exchange.answered(line, { idSpan, errorCode: ERROR_CODES.serverGone, isGuards: true });
    }
    this.#client.stopHolding(why);
    this.tasks.leave();
    this.#options.exchanges.release(this);
    this.#options.opened.close(why);
  }

  /** What stands between this client and a server of the other era. */
  #translated(): Translation {
    if (this.#translation !== undefined) return this.#translation;
    const { exchanges, newHandle, clock, client, sendAsIs } = this.#options;
    const port: TranslationPort = {
      toClient: (line) => this.#server.receive(line),
      toServer: (line) => sendAsIs(this, line),
      nextId: () => exchanges.reserve(this),
      newHandle,
      nowMs: () => clock.monotonicMs(),
      client,
    };
    if (this.era === 'modern') return (this.#translation = new ModernToLegacy(port));
    const translation = new LegacyToModern(port);
    this.#translation = translation;
    translation.begin();
    return translation;
  }

  /** `isGuards`: what the client lane says, such as a denial, is guard's own. */
  #deliver(line: Buffer, isGuards: boolean): void {
    const { exchanges, events } = this.#options;
    if (line === this.#answering?.line) {
      const { id, idSpan, errorCode } = this.#answering.answer;
      return exchanges.take(id)?.answered(line, { idSpan, errorCode, isGuards });
    }
    const message = this.#inspector.inspect(line, 0, line.length - 1);
    switch (message.kind) {
      case 'answer': {
        const idSpan = this.#inspector.idSpan(line);
        if (idSpan !== null)
          exchanges.take(message.id)?.answered(line, { idSpan, errorCode: message.errorCode, isGuards });
        return;
      }
      case 'request':
        return events.asked(this, message.id, line);
      case 'notification':
        return this.#notified(message.method, line);
      case 'garbage':
      // A lane lets only whole messages through.
    }
  }

  /** The open request with this id, where it is one of this leg: a server may name any. */
  #own(id: JsonValue | undefined): OpenExchange | undefined {
    const exchange = typeof id === 'number' ? this.#options.exchanges.get(id) : undefined;
    return exchange?.leg === this ? exchange : undefined;
  }

  #notified(method: string, line: Buffer): void {
    const params = paramsOf(line);
    const token = member(params, 'progressToken');
    if (method === 'notifications/progress') {
      const exchange = this.#own(token);
      const own = exchange?.token ?? this.#options.exchanges.keptToken(token, this);
      if (own === undefined) return;
      const shown = withValueAt(line, ['params', 'progressToken'], own);
      return exchange === undefined
        ? this.#options.events.notified(this, method, shown)
        : exchange.related(shown);
    }
    const subscription = subscriptionOf(params);
    if (subscription !== undefined) {
      const listening = this.#own(subscription);
      return listening?.related(withValueAt(line, SUBSCRIPTION_PATH, listening.clientId));
    }
    this.#options.events.notified(this, method, line);
  }
}
