import { WebSocket } from 'ws';
import {
  DELIVERY_TIMEOUT_MS,
  DELIVERY_WAIT_MS,
  DELIVERY_WAIT_MS_MAX,
  SLACK_CONNECTS_MAX,
  SLACK_SEEN_MAX,
  SLACK_SILENCE_MS,
  SLACK_SOCKET_BYTES_MAX,
} from '../../platform/bounds.js';
import { isJsonObject, member, parseJson, type JsonObject, type JsonValue } from '../../platform/json.js';
import { isLoopbackHost } from '../../platform/loopback.js';
import type { Schedule } from '../../platform/schedule.js';
import type { Attempt } from './delivery.js';
import type { SlackApi } from './slack-api.js';
import { passed } from './delivery.js';

export interface SlackSocketOptions {
  /** The Web API with the app-level token. */
  readonly api: SlackApi;
  readonly schedule: Schedule;
  /** Takes an interactive payload; what it returns travels with the acknowledgement. */
  readonly onPayload: (payload: JsonValue | undefined) => JsonObject | undefined;
  /** No connection for SLACK_CONNECTS_MAX tries, or one that Slack will never give. */
  readonly onTrouble: (why: string) => void;
  /** Whether somebody waits for an answer: else a connection that is lost is not made again. */
  readonly isNeeded: () => boolean;
}

/**
 * Socket Mode: Slack sends what people do through a WebSocket that guard opens, so that nothing has
 * to listen on a public address. Each envelope is acknowledged and counts once
 * (docs.slack.dev, "Using Socket Mode").
 */
export class SlackSocket {
  readonly #options: SlackSocketOptions;
  readonly #ending = new AbortController();
  /** Envelopes that were taken; Slack sends one again when it missed the acknowledgement. */
  readonly #seen = new Set<string>();
  #isRunning = false;
  #socket: WebSocket | undefined;

  constructor(options: SlackSocketOptions) {
    this.#options = options;
  }

  /** Connects, and stays connected while it is needed. */
  start(): void {
    if (this.#isRunning || this.#ending.signal.aborted) return;
    this.#isRunning = true;
    void this.#run();
  }

  close(): void {
    this.#ending.abort();
    this.#socket?.terminate();
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending;
    let failures = 0;
    while (!signal.aborted && this.#options.isNeeded()) {
      const opened = await this.#open();
      if (opened.kind === 'delivered') {
        // A connection that never says hello is none.
        failures = (await this.#live(opened.value)) ? 0 : failures + 1;
      } else failures = opened.kind === 'failed' ? SLACK_CONNECTS_MAX : failures + 1;
      if (failures >= SLACK_CONNECTS_MAX && !signal.aborted)
        this.#options.onTrouble(opened.kind === 'delivered' ? 'the connection to Slack breaks' : opened.why);
      const after = opened.kind === 'again' ? (opened.afterMs ?? 0) : 0;
      if (failures > 0) {
        const waitMs = DELIVERY_WAIT_MS * 2 ** Math.min(failures - 1, 10);
        await passed(this.#options.schedule, Math.min(Math.max(waitMs, after), DELIVERY_WAIT_MS_MAX), signal);
      }
    }
    this.#isRunning = false;
  }

  /** Asks for the address of a connection. */
  async #open(): Promise<Attempt<string>> {
    const opened = await this.#options.api.try('apps.connections.open', {}, this.#ending.signal);
    if (opened.kind !== 'delivered') return opened;
    const url = member(opened.value, 'url');
    return typeof url === 'string' && isSafe(url)
      ? { kind: 'delivered', value: url }
      : { kind: 'failed', why: 'Slack gave no wss:// address to connect to' };
  }

  /** One connection, until it ends; says whether Slack greeted on it. */
  #live(url: string): Promise<boolean> {
    const { schedule } = this.#options;
    return new Promise((resolve) => {
      let greeted = false;
      let isSilent = false;
      let callOff: (() => void) | undefined;
      const socket = new WebSocket(url, {
        handshakeTimeout: DELIVERY_TIMEOUT_MS,
        maxPayload: SLACK_SOCKET_BYTES_MAX,
        perMessageDeflate: false,
        followRedirects: false,
      });
      this.#socket = socket;
      const heard = (): void => void (isSilent = false);
      // A connection can be gone without a word: what stays silent after a ping is.
      const watch = (): void => {
        callOff = schedule(SLACK_SILENCE_MS, () => {
          if (isSilent) return socket.terminate();
          isSilent = true;
          socket.ping();
          watch();
        });
      };
      socket.on('open', watch);
      socket.on('ping', heard);
      socket.on('pong', heard);
      socket.on('message', (data, isBinary) => {
        heard();
        const message = isBinary ? undefined : parseJson(data.toString('utf8'));
        if (!isJsonObject(message)) return;
        if (member(message, 'type') === 'hello') greeted = true;
        // Slack ends connections now and then, and says so before.
        if (member(message, 'type') === 'disconnect') socket.close(1000);
        else this.#take(socket, message);
      });
      // What went wrong, the end says too.
      socket.on('error', () => undefined);
      socket.on('close', () => {
        callOff?.();
        this.#socket = undefined;
        resolve(greeted);
      });
    });
  }

  #take(socket: WebSocket, message: JsonObject): void {
    const id = member(message, 'envelope_id');
    if (typeof id !== 'string') return;
    const isNew = !this.#seen.has(id);
    if (isNew && this.#seen.size >= SLACK_SEEN_MAX) {
      const [oldest = ''] = this.#seen;
      this.#seen.delete(oldest);
    }
    this.#seen.add(id);
    const counts = isNew && member(message, 'type') === 'interactive';
    const payload = counts ? this.#options.onPayload(member(message, 'payload')) : undefined;
    // Answering fails where the connection is gone; Slack then sends the envelope again.
    socket.send(
      JSON.stringify({ envelope_id: id, ...(payload === undefined ? {} : { payload }) }),
      () => undefined,
    );
  }
}

/** Encrypted, or this machine alone. */
function isSafe(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'wss:' || (protocol === 'ws:' && isLoopbackHost(hostname));
}
