import { ERROR_CODES } from '../../jsonrpc/error-codes.js';
import { errorFrame, notificationFrame, requestFrame } from '../../jsonrpc/replies.js';
import { GATEWAY_LISTENS_MAX } from '../../platform/bounds.js';
import { isJsonObject, member, type JsonObject, type JsonValue } from '../../platform/json.js';
import { SUBSCRIPTION_ID } from './envelope.js';
import { tagged, urisIn } from './modern-shape.js';
import type { TranslationPort } from './translation.js';

/** What a client listens to, by the notification of a legacy server. */
const FILTERS: ReadonlyMap<string, string> = new Map([
  ['notifications/tools/list_changed', 'toolsListChanged'],
  ['notifications/prompts/list_changed', 'promptsListChanged'],
  ['notifications/resources/list_changed', 'resourcesListChanged'],
]);

/** The subscriptions of a modern client to a server of the older era, which tells everybody everything. */
export class Listening {
  readonly #port: TranslationPort;
  /** What each of them wants to hear. */
  readonly #filters = new Map<number, JsonObject>();

  #isForgotten = false;

  constructor(port: TranslationPort) {
    this.#port = port;
  }

  /** Begins one; what the server has to be asked for it. */
  open(id: number, message: JsonObject): Buffer[] {
    const params = member(message, 'params');
    const wanted = isJsonObject(params) ? member(params, 'notifications') : undefined;
    const filter = isJsonObject(wanted) ? wanted : {};
    if (this.#filters.size >= GATEWAY_LISTENS_MAX) {
      this.#soon(errorFrame(id, ERROR_CODES.invalidParams, 'guard: too many subscriptions are open'));
      return [];
    }
    this.#filters.set(id, filter);
    const granted = { notifications: filter, _meta: { [SUBSCRIPTION_ID]: id } };
    this.#soon(notificationFrame('notifications/subscriptions/acknowledged', granted));
    return urisIn(filter).map((uri) => requestFrame(this.#port.nextId(), 'resources/subscribe', { uri }));
  }

  /** The server began anew: it knows of no subscription. */
  restarted(): void {
    this.#isForgotten = true;
  }

  /** What a server that began anew has to be asked again. */
  missing(): Buffer[] {
    if (!this.#isForgotten) return [];
    this.#isForgotten = false;
    const uris = new Set([...this.#filters.values()].flatMap(urisIn));
    return Array.from(uris, (uri) => requestFrame(this.#port.nextId(), 'resources/subscribe', { uri }));
  }

  /** Ends one; false where there is none with this id. */
  close(id: number): boolean {
    return this.#filters.delete(id);
  }

  /** Tells those who want to hear it; false for what is no matter of subscriptions. */
  tell(line: Buffer, method: string, params: JsonValue | undefined): boolean {
    const flag = FILTERS.get(method);
    if (flag === undefined && method !== 'notifications/resources/updated') return false;
    const uri = isJsonObject(params) ? member(params, 'uri') : undefined;
    for (const [id, filter] of this.#filters) {
      const wants = flag === undefined ? urisIn(filter).some((one) => one === uri) : filter[flag] === true;
      if (wants) this.#port.toClient(tagged(line, id));
    }
    return true;
  }

  #soon(line: Buffer): void {
    queueMicrotask(() => this.#port.toClient(line));
  }
}
