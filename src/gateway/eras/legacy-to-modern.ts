import { ERROR_CODES } from '../../jsonrpc/error-codes.js';
import { errorFrame, resultFrame } from '../../jsonrpc/replies.js';
import { withoutMembers } from '../../jsonrpc/splice.js';
import { GATEWAY_ROUNDS_MAX } from '../../platform/bounds.js';
import { isJsonObject, member, type JsonObject, type JsonValue } from '../../platform/json.js';
import { jsonBytes, textAt, withValueAt } from '../../jsonrpc/rewrite.js';
import { envelopeOf, SUBSCRIPTION_ID, withEnvelope, withFirstMember } from './envelope.js';
import { Hearing } from './hearing.js';
import { legacyAnswer, withoutTask } from './legacy-shape.js';
import { memberTexts, messageLine, objectText } from './member-texts.js';
import { messageIn, type Translation, type TranslationPort } from './translation.js';

/** A call whose server asked questions that the client is answering. */
interface Asking {
  readonly clientId: number;
  /** The call as it was sent first, with the envelope. */
  readonly line: Buffer;
  /** As JSON text. */
  readonly requestState: Buffer | undefined;
  readonly missing: Set<string>;
  /** The client's answers by the server's keys, as JSON text. */
  readonly responses: Map<string, Buffer>;
  readonly rounds: number;
}

/** A request that the server works on. */
interface OpenCall {
  readonly clientId: number;
  /** As it was sent, where the server may ask something first. */
  readonly line: Buffer | undefined;
  readonly rounds: number;
}

const ROUND_METHODS: ReadonlySet<string> = new Set(['tools/call', 'prompts/get', 'resources/read']);

/**
 * A client of the older era with a modern server. Each request gets the envelope that the client
 * stated once, and the server's questions inside an answer become requests to the client.
 */
export class LegacyToModern implements Translation {
  readonly #port: TranslationPort;
  readonly #calls = new Map<number, OpenCall>();
  /** By the id under which the client was asked. */
  readonly #asking = new Map<string, { readonly asking: Asking; readonly key: string }>();
  readonly #hearing: Hearing;
  #logLevel: string | undefined;

  constructor(port: TranslationPort) {
    this.#port = port;
    this.#hearing = new Hearing(port, () => this.#envelope());
  }

  /** Asks the server for everything that it may say of its lists: the older era is told without asking. */
  begin(): void {
    this.#hearing.begin();
  }

  restarted(): void {
    this.#calls.clear();
    this.#asking.clear();
    this.#hearing.restarted();
  }

  expire(): void {
    // A client's answers are waited for as long as its own call is, which the conversation ends.
  }

  toServer(line: Buffer): Buffer[] {
    this.#hearing.goOn();
    const message = messageIn(line);
    const id = member(message, 'id');
    const method = member(message, 'method');
    if (typeof method !== 'string') return this.#response(line, message, id);
    const params = member(message, 'params');
    if (typeof id !== 'number') return this.#notification(line, method, params);
    switch (method) {
      case 'logging/setLevel': {
        const level = isJsonObject(params) ? member(params, 'level') : undefined;
        this.#logLevel = typeof level === 'string' ? level : undefined;
        return this.#answerSoon(resultFrame(id, {}));
      }
      case 'resources/subscribe':
      case 'resources/unsubscribe':
        return this.#subscribe(id, method, params);
      default: {
        const sent = withEnvelope(withoutTask(line, params), this.#envelope());
        this.#calls.set(id, { clientId: id, line: ROUND_METHODS.has(method) ? sent : undefined, rounds: 0 });
        return [sent];
      }
    }
  }

  fromServer(line: Buffer): void {
    const message = messageIn(line);
    const id = member(message, 'id');
    const method = member(message, 'method');
    if (typeof method === 'string') {
      if (id === undefined) this.#notified(line, message, method);
      return;
    }
    if (typeof id === 'number') this.#answered(line, message, id);
  }

  #notification(line: Buffer, method: string, params: JsonValue | undefined): Buffer[] {
    if (method === 'notifications/roots/list_changed') return [];
    if (method !== 'notifications/cancelled') return [line];
    const id = isJsonObject(params) ? member(params, 'requestId') : undefined;
    for (const [handle, { asking }] of this.#asking) if (asking.clientId === id) this.#asking.delete(handle);
    const open = [...this.#calls].find(([, call]) => call.clientId === id);
    if (open === undefined) return [line];
    this.#calls.delete(open[0]);
    return [withValueAt(line, ['params', 'requestId'], Buffer.from(String(open[0])))];
  }

  #answered(line: Buffer, message: JsonObject, id: number): void {
    const call = this.#calls.get(id);
    // The end of a listen is awaited by nobody.
    if (call === undefined) return;
    this.#calls.delete(id);
    const result = member(message, 'result');
    if (call.line !== undefined && isJsonObject(result) && result['resultType'] === 'input_required') {
      return this.#ask(call.clientId, call.line, call.rounds, line);
    }
    const { clientId } = call;
    const own = clientId === id ? line : withValueAt(line, ['id'], jsonBytes(clientId));
    this.#port.toClient(legacyAnswer(own, message, clientId));
  }

  /** Puts the server's questions to the client, one request each. */
  #ask(clientId: number, line: Buffer, rounds: number, answer: Buffer): void {
    const questions = memberTexts(answer, ['result', 'inputRequests']);
    const methods = new Map([...questions].map(([key, text]) => [key, methodOf(text)]));
    const unreadable = [...methods.values()].includes(undefined);
    if (unreadable || rounds >= GATEWAY_ROUNDS_MAX) {
      const why = unreadable ? 'the server asks what cannot be read' : 'the server asks without end';
      return this.#port.toClient(errorFrame(clientId, ERROR_CODES.internalError, `guard: ${why}`));
    }
    const asking: Asking = {
      clientId,
      line,
      requestState: textAt(answer, ['result', 'requestState']),
      missing: new Set(questions.keys()),
      responses: new Map(),
      rounds,
    };
    const asked = [...questions].map(([key, text]) => {
      const handle = this.#port.newHandle();
      this.#asking.set(handle, { asking, key });
      const question = messageLine([
        ['id', jsonBytes(handle)],
        ['method', jsonBytes(methods.get(key) ?? '')],
        ['params', textAt(text, ['params']) ?? NO_PARAMS],
      ]);
      return { handle, question };
    });
    // Where policy denies one of them, the call is over at once and the others are not asked.
    for (const { handle, question } of asked) if (this.#asking.has(handle)) this.#port.toClient(question);
    if (questions.size === 0) this.#retry(asking);
  }

  /** The client's answer to one question; with the last of them the call is made again. */
  #response(line: Buffer, message: JsonObject, id: JsonValue | undefined): Buffer[] {
    const question = typeof id === 'string' ? this.#asking.get(id) : undefined;
    if (question === undefined || typeof id !== 'string') return [];
    const { asking, key } = question;
    this.#asking.delete(id);
    const text = textAt(line, ['result']);
    if (text === undefined || !isJsonObject(member(message, 'result'))) {
      for (const [handle, other] of this.#asking) if (other.asking === asking) this.#asking.delete(handle);
      return this.#answerSoon(
        errorFrame(
          asking.clientId,
          ERROR_CODES.internalError,
          "guard: the client did not answer the server's question",
        ),
      );
    }
    asking.responses.set(key, Buffer.from(text));
    asking.missing.delete(key);
    if (asking.missing.size === 0) this.#retry(asking);
    return [];
  }

  #retry({ clientId, line, requestState, responses, rounds }: Asking): void {
    const id = this.#port.nextId();
    const added = new Map<string, Buffer>();
    if (responses.size > 0) added.set('inputResponses', objectText(responses));
    if (requestState !== undefined) added.set('requestState', requestState);
    const members = objectText(added).subarray(1, -1);
    const again = withFirstMember(withValueAt(line, ['id'], jsonBytes(id)), ['params'], members);
    this.#calls.set(id, { clientId, line, rounds: rounds + 1 });
    this.#port.toServer(again);
  }

  #notified(line: Buffer, message: JsonObject, method: string): void {
    if (method === 'notifications/subscriptions/acknowledged') return;
    const params = member(message, 'params');
    if (method === 'notifications/progress') {
      const token = isJsonObject(params) ? member(params, 'progressToken') : undefined;
      const call = typeof token === 'number' ? this.#calls.get(token) : undefined;
      if (call === undefined) return this.#port.toClient(line);
      return this.#port.toClient(
        withValueAt(line, ['params', 'progressToken'], Buffer.from(String(call.clientId))),
      );
    }
    this.#port.toClient(withoutMembers(line, ['params', '_meta'], [SUBSCRIPTION_ID]));
  }

  #subscribe(id: number, method: string, params: JsonValue | undefined): Buffer[] {
    const uri = isJsonObject(params) ? member(params, 'uri') : undefined;
    if (typeof uri === 'string') this.#hearing.want(uri, method === 'resources/subscribe');
    return this.#answerSoon(resultFrame(id, {}));
  }

  #envelope(): JsonObject {
    return envelopeOf(this.#port.client, this.#logLevel);
  }

  #answerSoon(line: Buffer): [] {
    queueMicrotask(() => this.#port.toClient(line));
    return [];
  }
}

const NO_PARAMS = Buffer.from('{}');

/** The method of a question; undefined for what is none. */
function methodOf(text: Buffer): string | undefined {
  const question = JSON.parse(text.toString('utf8')) as JsonValue;
  if (!isJsonObject(question)) return undefined;
  const method = member(question, 'method');
  const params = member(question, 'params');
  const readable = typeof method === 'string' && method !== '';
  return readable && (params === undefined || isJsonObject(params)) ? method : undefined;
}
