import type { Origin } from '../../conversation/conversation.js';
import type { ByteSpan } from '../../jsonrpc/message.js';
import { logLevelOf } from './classify.js';
import type { ClientRequest } from './client-request.js';
import type { Leg } from './leg.js';
import { takesTask, type TaskAsking } from './leg-tasks.js';
import type { OpenExchange, OpenExchanges } from './open-exchanges.js';
import type { AnswerFacts, PostAnswer, ScopeChallenge } from './post-answer.js';

export interface ForwardedRequestOptions {
  readonly leg: Leg;
  readonly request: ClientRequest;
  readonly origin: Origin;
  /** Where its progress token stands in its line; undefined where it has none. */
  readonly token: ByteSpan | undefined;
  readonly exchanges: OpenExchanges;
  /** How the client is told what its token lacks, for an answer of guard's own. */
  readonly challenge: (post: PostAnswer, answer: Buffer) => ScopeChallenge | undefined;
}

/** A client's request that went to one server: what comes back to it goes to its POST. */
export class ForwardedRequest implements OpenExchange, TaskAsking {
  readonly id: number;
  readonly leg: Leg;
  readonly method: string;
  readonly origin: Origin;
  readonly token: Buffer | undefined;
  readonly logLevel: string | undefined;
  readonly takesTask: boolean;
  readonly #post: PostAnswer;
  readonly #exchanges: OpenExchanges;
  readonly #challenge: ForwardedRequestOptions['challenge'];

  constructor(options: ForwardedRequestOptions) {
    const { leg, request, origin, token, exchanges, challenge } = options;
    const { message, line, post } = request;
    this.id = exchanges.nextId();
    this.leg = leg;
    this.method = message.method;
    this.origin = origin;
    this.token = token === undefined ? undefined : line.subarray(token.start, token.end);
    this.logLevel = logLevelOf(message.params);
    this.takesTask = takesTask(message, post.modern);
    this.#post = post;
    this.#exchanges = exchanges;
    this.#challenge = challenge;
  }

  get clientId(): Buffer {
    return this.#post.id;
  }

  get merged(): boolean {
    return this.#post.upstream === null;
  }

  isHeard(): boolean {
    return !this.#post.over;
  }

  answered(answer: Buffer, facts: AnswerFacts): void {
    const post = this.#post;
    if (facts.isGuards) return post.answer(answer, facts, this.#challenge(post, answer));
    const shown = this.leg.tasks.answered(answer, this);
    if (shown === answer) post.answer(answer, facts);
    else post.made(shown);
  }

  related(line: Buffer): void {
    const shown = this.leg.tasks.told(line, this.merged, true);
    if (shown !== undefined) this.#post.related(shown);
  }

  dropped(): void {
    this.#post.drop();
  }

  /** Its progress goes on when it is answered. */
  made(): void {
    this.#exchanges.keepToken(this);
  }
}
