import { createHmac, timingSafeEqual } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import {
  SLACK_ACT_BYTES_MAX,
  SLACK_ACT_LOOK_MS,
  SLACK_ACT_MS,
  SLACK_ACTS_MAX,
} from '../../platform/bounds.js';
import type { Clock } from '../../platform/clock.js';
import { fileText } from '../../platform/file-text.js';
import { systemWatch, type Watching, watchFolder } from '../../platform/folder-watch.js';
import { isJsonObject, member, parseJson } from '../../platform/json.js';
import { makeFolder } from '../../platform/make-folder.js';
import { readOwnBytes } from '../../platform/own-file.js';
import { randomId } from '../../platform/random-id.js';
import type { Schedule } from '../../platform/schedule.js';
import { createWhole } from '../../platform/whole-file.js';
import { passed } from './delivery.js';
import { readSlackAct, type SlackAct } from './slack-payload.js';

export interface SlackForwardingOptions {
  /** Shared by all guard processes of this user. */
  readonly folder: string;
  /** The app's bot token: what lies there counts only with a mark that is made with it. */
  readonly botToken: string;
  readonly clock: Pick<Clock, 'wallMs'>;
  readonly schedule: Schedule;
  /** Whether a call with this id is held here. */
  readonly owns: (id: string) => boolean;
  readonly take: (act: SlackAct) => void;
}

/** Ids of requests, which become names of files. */
const NAME = /^(apr_[0-9a-z]{20})\.[0-9a-z]{12}\.json$/;

/**
 * Passes what people do in Slack to the guard process of this user that holds the call: Slack gives each
 * press to one of an app's connections, whichever. A press is a file that its owner takes away; one that
 * nobody takes within SLACK_ACT_MS is taken back.
 */
export class SlackForwarding {
  readonly #options: SlackForwardingOptions;
  readonly #ending = new AbortController();
  #watching: Watching | undefined;

  constructor(options: SlackForwardingOptions) {
    this.#options = options;
  }

  /** Looks for what others pass on, from now on. */
  listen(): void {
    if (this.#watching !== undefined || this.#ending.signal.aborted) return;
    const { folder } = this.#options;
    try {
      makeFolder(folder);
    } catch {
      // Others cannot pass anything on either; whoever gets a press says so.
    }
    const events = { onName: (name: string) => this.#look(name), onLook: () => this.#lookAtAll() };
    this.#watching = watchFolder(folder, events, systemWatch);
    this.#lookAtAll();
  }

  /** Resolves with whether another process has taken it. Never rejects. */
  async pass(act: SlackAct): Promise<boolean> {
    const { folder, clock, schedule } = this.#options;
    const name = `${act.id}.${randomId('', 12)}.json`;
    if (!NAME.test(name)) return false;
    const file = path.join(folder, name);
    try {
      makeFolder(folder);
      if (fs.readdirSync(folder).length >= SLACK_ACTS_MAX) return false;
      const text = JSON.stringify({ at: clock.wallMs(), act });
      const content = fileText({ v: 1, text, mark: this.#mark(text).toString('hex') });
      createWhole(file, Buffer.from(content), { mode: 0o600, durable: false, withoutLinks: 'in-place' });
    } catch {
      return false;
    }
    for (let waitedMs = 0; waitedMs < SLACK_ACT_MS; waitedMs += SLACK_ACT_LOOK_MS) {
      if (!fs.existsSync(file)) return true;
      await passed(schedule, SLACK_ACT_LOOK_MS, this.#ending.signal);
      if (this.#ending.signal.aborted) break;
    }
    return !removed(file);
  }

  close(): void {
    this.#ending.abort();
    this.#watching?.close();
  }

  #lookAtAll(): void {
    try {
      for (const name of fs.readdirSync(this.#options.folder).slice(0, 2 * SLACK_ACTS_MAX)) this.#look(name);
    } catch {
      // There is no folder yet.
    }
  }

  #look(name: string): void {
    const { folder, owns, take, clock } = this.#options;
    const id = NAME.exec(name)?.[1];
    if (id === undefined || !owns(id)) return;
    const file = path.join(folder, name);
    const trust = { user: process.getuid?.(), isRootTrusted: false, privacy: 'owner-only' } as const;
    const read = readOwnBytes(file, SLACK_ACT_BYTES_MAX, trust);
    if (read.kind !== 'bytes') return;
    const act = this.#read(read.bytes.toString('utf8'), clock.wallMs());
    // It counts for who takes it away: once.
    if (act?.id === id && removed(file)) take(act);
  }

  /** What a file says; undefined where no guard with this app wrote it, or not just now. */
  #read(content: string, nowMs: number): SlackAct | undefined {
    const value = parseJson(content);
    const text = isJsonObject(value) ? member(value, 'text') : undefined;
    const mark = isJsonObject(value) ? member(value, 'mark') : undefined;
    if (typeof text !== 'string' || typeof mark !== 'string') return undefined;
    const given = Buffer.from(mark, 'hex');
    const expected = this.#mark(text);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    const inner = parseJson(text);
    if (!isJsonObject(inner)) return undefined;
    const at = member(inner, 'at');
    if (typeof at !== 'number' || Math.abs(nowMs - at) > 2 * SLACK_ACT_MS) return undefined;
    return readSlackAct(member(inner, 'act'));
  }

  #mark(text: string): Buffer {
    return createHmac('sha256', this.#options.botToken).update(`guard slack act v1\n${text}`).digest();
  }
}

/** Whether this process has taken the file away; false where another one was first. */
function removed(file: string): boolean {
  try {
    fs.unlinkSync(file);
    return true;
  } catch {
    return false;
  }
}
