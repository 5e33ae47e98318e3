import { notificationFrame, requestFrame } from '../../jsonrpc/replies.js';
import type { JsonObject } from '../../platform/json.js';
import type { TranslationPort } from './translation.js';

/** What a client of the older era hears of a modern server: its lists without asking, resources that it subscribed to. */
export class Hearing {
  readonly #port: TranslationPort;
  readonly #envelope: () => JsonObject;
  readonly #uris = new Set<string>();
  /** The request that listens on the server. */
  #listenId: number | undefined;
  /** The server began anew and knows of no listen. */
  #isForgotten = false;

  constructor(port: TranslationPort, envelope: () => JsonObject) {
    this.#port = port;
    this.#envelope = envelope;
  }

  /** Listens, in place of what listened before: one request at a time. */
  begin(): void {
    const before = this.#listenId;
    const id = this.#port.nextId();
    this.#listenId = id;
    this.#isForgotten = false;
    const notifications = {
      toolsListChanged: true,
      promptsListChanged: true,
      resourcesListChanged: true,
      ...(this.#uris.size === 0 ? {} : { resourceSubscriptions: [...this.#uris] }),
    };
    this.#port.toServer(requestFrame(id, 'subscriptions/listen', { notifications, _meta: this.#envelope() }));
    if (before === undefined) return;
    this.#port.toServer(notificationFrame('notifications/cancelled', { requestId: before }));
  }

  /** The client wants to hear of a resource, or no more. */
  want(uri: string, isWanted: boolean): void {
    if (isWanted) this.#uris.add(uri);
    else this.#uris.delete(uri);
    this.begin();
  }

  /** The server is gone, and with it the listen. */
  restarted(): void {
    this.#listenId = undefined;
    this.#isForgotten = true;
  }

  /** Listens again where the server began anew. */
  goOn(): void {
    if (this.#isForgotten) this.begin();
  }
}
