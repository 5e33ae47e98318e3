import { randomBytes } from 'node:crypto';
import type { CallbackListener } from '../approvals/channels/callback-listener.js';
import { lazyChannel } from '../approvals/channels/lazy-channel.js';
import type { OutsideChannel } from '../approvals/channels/outside-channel.js';
import type { SlackApp } from '../approvals/channels/slack-app.js';
import type { ApprovalChannel } from '../approvals/channel.js';
import type { AuditTrail } from '../audit/trail.js';
import type { ApprovalSettings, ChannelSettings } from '../config/approval-settings.js';
import { DEFAULTS } from '../config/defaults.js';
import { DELIVERY_FLUSH_MS } from '../platform/bounds.js';
import type { Diagnostics } from '../platform/diagnostics.js';
import type { JsonObject } from '../platform/json.js';
import { RefusalCounts } from '../platform/refusal-counts.js';
import { systemSchedule } from '../platform/schedule.js';
import { guardPaths } from '../platform/paths.js';
import { stateFiles } from '../platform/state-files.js';
import type { Tools } from './command.js';

export interface OutsideInput {
  readonly tools: Tools;
  readonly approval: ApprovalSettings;
  readonly diagnostics: Diagnostics;
  readonly trail: AuditTrail;
}

/**
 * The channels of one guard process that reach people through other programs: Slack, webhooks, the
 * desktop. All desks of the process share them, so that there is one connection and one listener.
 * They are those of the config at the start, and nothing of them is loaded before a call waits.
 */
export class OutsideChannels {
  readonly #input: OutsideInput;
  readonly #channels: readonly OutsideChannel[];
  readonly #slackApps = new Map<string, Promise<SlackApp>>();
  readonly #refusals: RefusalCounts<JsonObject>;
  #listener: Promise<CallbackListener> | undefined;

  constructor(input: OutsideInput) {
    this.#input = input;
    // Whoever reaches the listener can be refused as often as they like: the log holds the first, and counts.
    this.#refusals = new RefusalCounts({
      schedule: systemSchedule,
      tell: (detail, { count, mixed }) => {
        const { trail } = input;
        const counted = { ...detail, count, ...(mixed ? { mixed } : {}) };
        trail.event({ event: 'approval-answer-refused', detail: counted });
        trail.commitSoon();
      },
    });
    this.#channels = input.approval.channels.flatMap((settings) => {
      const load = this.#loaderOf(settings);
      const { name, kind, notifiesOnly } = settings;
      return load === undefined ? [] : [lazyChannel({ name, kind, notifiesOnly, load })];
    });
  }

  /** The channels for one desk: what a desk closes are its own requests, which it has ended before. */
  forDesk(): ApprovalChannel[] {
    return this.#channels.map(({ name, kind, notifiesOnly = false, ...channel }) => ({
      name,
      kind,
      notifiesOnly,
      open: (request, events) => channel.open(request, events),
      close: () => undefined,
    }));
  }

  /** Lets what is to be said be said, for DELIVERY_FLUSH_MS at most, and releases everything. */
  async end(): Promise<void> {
    let callOff: (() => void) | undefined;
    const patience = new Promise<void>((resolve) => {
      callOff = systemSchedule(DELIVERY_FLUSH_MS, resolve);
    });
    await Promise.race([Promise.all(this.#channels.map((channel) => channel.idle())), patience]);
    callOff?.();
    for (const channel of this.#channels) channel.close();
    (await this.#listener)?.close();
    this.#refusals.close();
  }

  #loaderOf(settings: ChannelSettings): (() => Promise<OutsideChannel>) | undefined {
    switch (settings.kind) {
      case 'desktop':
        return () => this.#loadDesktop(settings);
      case 'webhook':
        return () => this.#loadWebhook(settings);
      case 'slack':
        return () => this.#loadSlack(settings);
      default:
        return undefined;
    }
  }

  async #loadDesktop({ name }: ChannelSettings): Promise<OutsideChannel> {
    const { DesktopChannel } = await import('../approvals/channels/desktop-channel.js');
    const { env } = this.#input.tools;
    return new DesktopChannel({ name, env, platform: process.platform, schedule: systemSchedule });
  }

  async #loadWebhook({ name, notifiesOnly, source }: ChannelSettings): Promise<OutsideChannel> {
    const { WebhookChannel } = await import('../approvals/channels/webhook-channel.js');
    const { clock } = this.#input.tools;
    return new WebhookChannel({
      name,
      url: source?.url ?? '',
      secret: source?.secret ?? '',
      listener: notifiesOnly ? undefined : await this.#openListener(),
      tokenKey: randomBytes(32),
      clock,
      schedule: systemSchedule,
      note: this.#note,
    });
  }

  async #loadSlack({ name, notifiesOnly, source }: ChannelSettings): Promise<OutsideChannel> {
    const { SlackChannel } = await import('../approvals/channels/slack-channel.js');
    return new SlackChannel({
      name,
      app: await this.#slackApp(source),
      channel: source?.channel ?? '',
      approvers: new Set(source?.approvers),
      answers: !notifiesOnly,
      clock: this.#input.tools.clock,
      onRefused: (id, why) => this.#refused(name, id, why),
      note: this.#note,
    });
  }

  /** Channels with the same token are one app: Slack's bounds are per app, and so is the way back. */
  #slackApp(source: ChannelSettings['source']): Promise<SlackApp> {
    const botToken = source?.bot_token ?? '';
    const known = this.#slackApps.get(botToken);
    if (known !== undefined) return known;
    const opening = this.#openSlackApp(source, botToken);
    this.#slackApps.set(botToken, opening);
    return opening;
  }

  async #openSlackApp(source: ChannelSettings['source'], botToken: string): Promise<SlackApp> {
    const { SlackApp } = await import('../approvals/channels/slack-app.js');
    const { approval, tools } = this.#input;
    return new SlackApp({
      apiUrl: (source?.api_url ?? DEFAULTS.approval.slack_api_url).replace(/\/*$/, '/'),
      botToken,
      appToken: source?.app_token,
      signingSecret: source?.signing_secret,
      listener: approval.callback === undefined ? undefined : await this.#openListener(),
      clock: tools.clock,
      schedule: systemSchedule,
      actsFolder: stateFiles(guardPaths(tools.env)).slackActs,
    });
  }

  #openListener(): Promise<CallbackListener | undefined> {
    const { callback } = this.#input.approval;
    if (callback === undefined) return Promise.resolve(undefined);
    this.#listener ??= this.#newListener(callback);
    return this.#listener;
  }

  async #newListener({
    host,
    port,
    publicUrl,
  }: NonNullable<ApprovalSettings['callback']>): Promise<CallbackListener> {
    const { CallbackListener } = await import('../approvals/channels/callback-listener.js');
    return new CallbackListener({
      host,
      port,
      ...(publicUrl === undefined ? {} : { publicUrl }),
      onRefused: (why, channel) => this.#refused(channel, null, why),
    });
  }

  #refused(channel: string, id: string | null, why: string): void {
    this.#note(`an answer by ${channel} does not count: ${why}`);
    this.#refusals.add([id, channel, why].join('\0'), { id, channel, why });
  }

  readonly #note = (text: string): void => this.#input.diagnostics.repeated('approval-channels', text);
}
