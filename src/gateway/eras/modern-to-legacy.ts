import { ERROR_CODES } from '../../jsonrpc/error-codes.js';
import { errorFrame, notificationFrame, requestFrame, resultFrame } from '../../jsonrpc/replies.js';
import { GATEWAY_GATHER_MS } from '../../platform/bounds.js';
import { isJsonObject, member, type JsonObject } from '../../platform/json.js';
import { textAt, withValueAt } from '../../jsonrpc/rewrite.js';
import { envelopeMember, withoutEnvelope } from './envelope.js';
import { AskingCalls, callText, type AskingCall, type Question } from './asking-calls.js';
import { Listening } from './listening.js';
import { messageLine } from './member-texts.js';
import { inputRequired, modernAnswer, questionError } from './modern-shape.js';
import { messageIn, type Translation, type TranslationPort } from './translation.js';

/** A call that the server works on. */
interface OpenCall {
  /** The id under which the client waits now: another one after each round of questions. */
  clientId: number;
  readonly call: string;
  readonly capabilities: JsonObject;
  /** Questions that the client was not given yet. */
  asked: Question[];
}

const ROUND_METHODS: ReadonlySet<unknown> = new Set(['tools/call', 'prompts/get', 'resources/read']);
const QUESTIONS: ReadonlyMap<string, string> = new Map([
  ['elicitation/create', 'elicitation'],
  ['sampling/createMessage', 'sampling'],
  ['roots/list', 'roots'],
]);
const MISSING_CAPABILITY = -32021;

/**
 * A modern client of a server of the older era. The server's own requests become questions inside
 * an answer, and its call stays open until the client comes back with theirs.
 */
export class ModernToLegacy implements Translation {
  readonly #port: TranslationPort;
  readonly #calls = new Map<number, OpenCall>();
  readonly #methods = new Map<number, string>();
  readonly #held = new AskingCalls();
  readonly #listening: Listening;
  #logLevel: string | undefined;

  constructor(port: TranslationPort) {
    this.#port = port;
    this.#listening = new Listening(port);
  }

  toServer(line: Buffer): Buffer[] {
    this.expire();
    const message = messageIn(line);
    const id = member(message, 'id');
    const method = member(message, 'method');
    if (typeof method !== 'string') return [line];
    if (typeof id !== 'number') return this.#notification(line, message, method);
    if (method === 'subscriptions/listen') return this.#listening.open(id, message);
    if (method.startsWith('tasks/'))
      return this.#answerSoon(errorFrame(id, ERROR_CODES.methodNotFound, 'Method not found'));
    const params = member(message, 'params');
    const handle = isJsonObject(params) ? member(params, 'requestState') : undefined;
    if (typeof handle === 'string') return this.#goOn(line, id, message, handle);
    this.#methods.set(id, method);
    if (ROUND_METHODS.has(method)) {
      const given = envelopeMember(message, 'clientCapabilities');
      const capabilities = isJsonObject(given) ? given : {};
      this.#calls.set(id, { clientId: id, call: callText(message), capabilities, asked: [] });
    }
    return [...this.#listening.missing(), ...this.#level(message), withoutEnvelope(line, message)];
  }

  fromServer(line: Buffer): void {
    const message = messageIn(line);
    const id = member(message, 'id');
    const method = member(message, 'method');
    if (typeof method !== 'string') {
      if (typeof id === 'number') this.#answered(line, message, id);
      return;
    }
    if (id === undefined) return this.#notified(line, message, method);
    const questionId = textAt(line, ['id']) ?? Buffer.from('null');
    this.#question(line, message, method, questionId);
  }

  restarted(): void {
    this.#calls.clear();
    this.#methods.clear();
    this.#held.clear();
    this.#logLevel = undefined;
    this.#listening.restarted();
  }

  expire(): void {
    for (const old of this.#held.expired(this.#port.nowMs())) this.#abandon(old);
  }

  /** A notification of the client: a cancel ends what it names. */
  #notification(line: Buffer, message: JsonObject, method: string): Buffer[] {
    if (method !== 'notifications/cancelled') return [line];
    const params = member(message, 'params');
    const id = isJsonObject(params) ? member(params, 'requestId') : undefined;
    if (typeof id !== 'number') return [];
    if (this.#listening.close(id)) return [];
    const call = [...this.#calls].find(([, { clientId }]) => clientId === id);
    this.#methods.delete(call === undefined ? id : call[0]);
    if (call === undefined) return [line];
    this.#calls.delete(call[0]);
    return [withValueAt(line, ['params', 'requestId'], Buffer.from(String(call[0])))];
  }

  /** The client comes back with its answers: the server's questions are answered and its call goes on. */
  #goOn(line: Buffer, id: number, message: JsonObject, handle: string): Buffer[] {
    const held = this.#held.take(handle, callText(message));
    const params = member(message, 'params') as JsonObject;
    const responses = member(params, 'inputResponses');
    const call = held === undefined ? undefined : this.#calls.get(held.callId);
    if (held === undefined || call === undefined) {
      const why = 'guard: the requestState is not of this call, or is used up';
      return this.#answerSoon(errorFrame(id, ERROR_CODES.invalidParams, why));
    }
    call.clientId = id;
    if (call.asked.length > 0) this.#gather(held.callId);
    return held.questions.map((question) => {
      const answer = isJsonObject(responses) ? member(responses, question.key) : undefined;
      const text = textAt(line, ['params', 'inputResponses', question.key]);
      if (!isJsonObject(answer) || text === undefined)
        return questionError(question.id, 'the client gave no answer');
      return messageLine([
        ['id', question.id],
        ['result', text],
      ]);
    });
  }

  #answered(line: Buffer, message: JsonObject, id: number): void {
    const call = this.#calls.get(id);
    const method = this.#methods.get(id);
    this.#calls.delete(id);
    this.#methods.delete(id);
    // The answer to a request of the translation's own is awaited by nobody, nor is one whose client was asked.
    if (method === undefined || call?.clientId === AWAY) return;
    const own =
      call === undefined || call.clientId === id
        ? line
        : withValueAt(line, ['id'], Buffer.from(String(call.clientId)));
    this.#port.toClient(modernAnswer(own, message, method));
  }

  #notified(line: Buffer, message: JsonObject, method: string): void {
    const params = member(message, 'params');
    if (method === 'notifications/progress') {
      const token = isJsonObject(params) ? member(params, 'progressToken') : undefined;
      const call = typeof token === 'number' ? this.#calls.get(token) : undefined;
      if (call === undefined) return this.#port.toClient(line);
      return this.#port.toClient(
        withValueAt(line, ['params', 'progressToken'], Buffer.from(String(call.clientId))),
      );
    }
    if (!this.#listening.tell(line, method, params)) this.#port.toClient(line);
  }

  /** A question of the server goes into the answer to the newest call, which most likely made it ask. */
  #question(line: Buffer, message: JsonObject, method: string, id: Buffer): void {
    if (method === 'ping') return this.#port.toServer(withValueAt(resultFrame(0, {}), ['id'], id));
    const capability = QUESTIONS.get(method);
    const calls = [...this.#calls];
    const found = calls.findLast(([, { clientId }]) => clientId !== AWAY) ?? calls.at(-1);
    if (capability === undefined || found === undefined) {
      return this.#port.toServer(questionError(id, 'nobody can be asked'));
    }
    const [callId, call] = found;
    if (!isJsonObject(member(call.capabilities, capability))) {
      this.#port.toServer(questionError(id, `the client has no ${capability}`));
      return this.#lacks(callId, call, capability);
    }
    const params = isJsonObject(member(message, 'params')) ? textAt(line, ['params']) : undefined;
    const key = call.asked.some((one) => one.key === capability)
      ? `${capability}-${call.asked.length}`
      : capability;
    call.asked.push({ id, key, method, params });
    if (call.asked.length === 1 && call.clientId !== AWAY) this.#gather(callId);
  }

  /** Waits a moment for more questions of the same call, and gives them to the client in one answer. */
  #gather(callId: number): void {
    setTimeout(() => {
      const call = this.#calls.get(callId);
      if (call === undefined || call.clientId === AWAY) return;
      const { asked, clientId } = call;
      call.asked = [];
      call.clientId = AWAY;
      const handle = this.#port.newHandle();
      const held = { callId, questions: asked, call: call.call, sinceMs: this.#port.nowMs() };
      for (const old of this.#held.add(handle, held)) this.#abandon(old);
      this.#port.toClient(inputRequired(clientId, asked, handle));
    }, GATEWAY_GATHER_MS).unref();
  }

  /** The client of a call cannot answer what the server asks: the call is over. */
  #lacks(callId: number, { clientId }: OpenCall, capability: string): void {
    this.#calls.delete(callId);
    this.#methods.delete(callId);
    this.#port.toServer(notificationFrame('notifications/cancelled', { requestId: callId }));
    if (clientId === AWAY) return;
    const data = { requiredCapabilities: { [capability]: {} } };
    this.#port.toClient(
      errorFrame(clientId, MISSING_CAPABILITY, `guard: the call needs ${capability}`, data),
    );
  }

  /** Nobody came back with answers: the server is told, so that its call can end. */
  #abandon({ callId, questions }: AskingCall): void {
    this.#calls.delete(callId);
    this.#methods.delete(callId);
    for (const { id } of questions) this.#port.toServer(questionError(id, 'the client did not come back'));
    this.#port.toServer(notificationFrame('notifications/cancelled', { requestId: callId }));
  }

  /** Log messages are wanted by a single request; the older era only knows the session's level. */
  #level(message: JsonObject): Buffer[] {
    const level = envelopeMember(message, 'logLevel');
    if (typeof level !== 'string' || level === this.#logLevel) return [];
    this.#logLevel = level;
    return [requestFrame(this.#port.nextId(), 'logging/setLevel', { level })];
  }

  #answerSoon(line: Buffer): [] {
    queueMicrotask(() => this.#port.toClient(line));
    return [];
  }
}

/** The client of a call was given a question and did not come back yet. */
const AWAY = 0;
