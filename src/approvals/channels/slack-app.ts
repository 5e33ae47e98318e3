import type { Clock } from '../../platform/clock.js';
import { parseJson, type JsonObject, type JsonValue } from '../../platform/json.js';
import type { Schedule } from '../../platform/schedule.js';
import type { CallbackListener, CallbackReply, CallbackRequest } from './callback-listener.js';
import { SlackApi } from './slack-api.js';
import { SlackForwarding } from './slack-forwarding.js';
import { slackAct, type SlackAct } from './slack-payload.js';
import { SlackSocket } from './slack-socket.js';
import { SlackVerifier } from './slack-signature.js';

export interface SlackAppOptions {
  /** Ends with a slash. */
  readonly apiUrl: string;
  readonly botToken: string;
  /** With it answers come by Socket Mode. */
  readonly appToken: string | undefined;
  /** With it, and a listener, answers come by HTTP. */
  readonly signingSecret: string | undefined;
  readonly listener: CallbackListener | undefined;
  readonly clock: Clock;
  readonly schedule: Schedule;
  /** The folder in which guard processes of this user pass each other what people did; none without. */
  readonly actsFolder?: string | undefined;
}

/** A channel as the app sees it. */
export interface SlackListener {
  readonly name: string;
  /** Whether it shows this request. */
  owns(id: string): boolean;
  /** Takes what a person did; what it returns is Slack's answer. */
  take(act: SlackAct): JsonObject | undefined;
  /** The same where another process has given Slack its answer already. */
  takePassed(act: SlackAct): void;
  /** Tells the person that nobody here holds the call. */
  disown(act: SlackAct): void;
  /** Answers cannot come. */
  unreachable(why: string): void;
  readonly isWaiting: boolean;
}

/**
 * One Slack app: the calls to it, and the way back. Several channels can post through it, and what
 * people do arrives in one place.
 */
export class SlackApp {
  readonly api: SlackApi;
  readonly #options: SlackAppOptions;
  readonly #channels: SlackListener[] = [];
  readonly #verifier: SlackVerifier | undefined;
  readonly #socket: SlackSocket | undefined;
  readonly #forwarding: SlackForwarding | undefined;

  constructor(options: SlackAppOptions) {
    this.#options = options;
    const { apiUrl, botToken, appToken, signingSecret, schedule, clock } = options;
    this.api = new SlackApi({ apiUrl, token: botToken, schedule });
    this.#verifier = signingSecret === undefined ? undefined : new SlackVerifier(signingSecret, clock);
    const { actsFolder: folder } = options;
    if (folder !== undefined) {
      this.#forwarding = new SlackForwarding({
        folder,
        botToken,
        clock,
        schedule,
        owns: (id) => this.#ownerOf(id) !== undefined,
        take: (act) => this.#ownerOf(act.id)?.takePassed(act),
      });
    }
    if (appToken === undefined) return;
    this.#socket = new SlackSocket({
      api: new SlackApi({ apiUrl, token: appToken, schedule }),
      schedule,
      onPayload: (payload) => this.#take(payload),
      onTrouble: (why) => {
        for (const channel of this.#channels) channel.unreachable(why);
      },
      isNeeded: () => this.#channels.some(({ isWaiting }) => isWaiting),
    });
  }

  /** Has what people do told to this channel. */
  add(channel: SlackListener): void {
    this.#channels.push(channel);
    if (this.#verifier !== undefined)
      this.#options.listener?.handle(channel.name, (request) => this.#called(request));
  }

  /** Gets ready to hear of answers. Rejects with an Error in words where that cannot be. */
  async listen(channel: string): Promise<void> {
    this.#socket?.start();
    this.#forwarding?.listen();
    if (this.#verifier !== undefined) await this.#options.listener?.address(channel);
  }

  close(): void {
    this.#socket?.close();
    this.#forwarding?.close();
  }

  #called(request: CallbackRequest): CallbackReply {
    const fault = this.#verifier?.fault(request);
    // No word about what is wrong: only Slack has to know how it is done.
    if (fault !== undefined) return { status: 401, refused: fault };
    const payload = new URLSearchParams(request.body.toString('utf8')).get('payload');
    const reply = this.#take(parseJson(payload ?? ''));
    return { status: 200, ...(reply === undefined ? {} : { body: reply }) };
  }

  #take(payload: JsonValue | undefined): JsonObject | undefined {
    const act = slackAct(payload);
    if (act === undefined) return undefined;
    const owner = this.#ownerOf(act.id);
    if (owner !== undefined) return owner.take(act);
    void this.#passOn(act);
    return undefined;
  }

  /** Slack gave the act to this process, and the call is another's. */
  async #passOn(act: SlackAct): Promise<void> {
    if ((await this.#forwarding?.pass(act)) !== true) this.#channels[0]?.disown(act);
  }

  #ownerOf(id: string): SlackListener | undefined {
    return this.#channels.find((one) => one.owns(id));
  }
}
