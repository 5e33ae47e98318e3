import path from 'node:path';
import {
  APPROVAL_ANSWER_BYTES_MAX,
  APPROVAL_REFUSALS_PER_REQUEST_MAX,
  APPROVAL_SETTLE_MS,
} from '../../platform/bounds.js';
import type { Clock } from '../../platform/clock.js';
import type { Diagnostics } from '../../platform/diagnostics.js';
import { messageOf } from '../../platform/errors.js';
import { stampOf } from '../../platform/file-stamp.js';
import type { ApprovalAnswer, Presence } from '../answer.js';
import type { AnswerReceipt } from '../channel.js';
import { readAnswer } from './bus-files.js';
import { type BusFolders, fileOf, idOfName, makeBusFolder } from './bus-folder.js';
import { BUS_FILE_VERSION, type RefusedFile } from './bus-schema.js';
import { watchFolder, type Watching } from '../../platform/folder-watch.js';
import type { BusSystem } from './bus-system.js';
import { removeFile, replaceFile } from './bus-write.js';
import { namesIn } from './pruning.js';

export interface AnswerInboxOptions {
  /** What an answer may name as its channel: this one by its name or, as boards know no other, its kind. */
  readonly channels: readonly string[];
  readonly folders: BusFolders;
  readonly system: BusSystem;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** Told of answer files that are refused here, before anybody judged an answer. */
  readonly onRefused: ((id: string, why: string) => void) | undefined;
}

/** Takes the answers to the requests of this process from the bus; watches only while there are any. */
export interface AnswerInbox {
  /** Hands answers to this request on, from now until `drop`. */
  expect(id: string, judge: (answer: ApprovalAnswer) => AnswerReceipt): void;
  /** Looks whether the answer is there already. */
  look(id: string): void;
  drop(id: string): void;
}

/** A request whose answers are waited for. */
interface Expected {
  readonly judge: (answer: ApprovalAnswer) => AnswerReceipt;
  /** An answer is being judged or has counted: no other one is looked at. */
  answered: boolean;
  refusals: number;
  /** An answer file looks cut off and is given time. */
  settling: boolean;
  /** An answer file that does not count and cannot be removed, as it was then. */
  stuck: string | undefined;
}

/** What a file can show of a person's presence; anything else in it is made up. */
const PRESENCES: ReadonlySet<Presence> = new Set(['signature', 'terminal', 'dashboard', 'script'] as const);

/** An inbox that expects nothing yet. */
export function createAnswerInbox(options: AnswerInboxOptions): AnswerInbox {
  return new BusInbox(options);
}

class BusInbox implements AnswerInbox {
  readonly #options: AnswerInboxOptions;
  readonly #expected = new Map<string, Expected>();
  #watching: Watching | undefined;

  constructor(options: AnswerInboxOptions) {
    this.#options = options;
  }

  expect(id: string, judge: (answer: ApprovalAnswer) => AnswerReceipt): void {
    this.#expected.set(id, { judge, answered: false, refusals: 0, settling: false, stuck: undefined });
    const { folders, system } = this.#options;
    this.#watching ??= watchFolder(
      folders.answers,
      { onName: (name) => this.#lookAtName(name), onLook: () => this.#lookAtAll() },
      system.watch,
    );
  }

  drop(id: string): void {
    this.#expected.delete(id);
    if (this.#expected.size > 0) return;
    this.#watching?.close();
    this.#watching = undefined;
  }

  look(id: string): void {
    this.#look(id, false);
  }

  #lookAtName(name: string): void {
    const id = idOfName(name);
    if (id !== undefined) this.#look(id, false);
  }

  #lookAtAll(): void {
    for (const name of namesIn(this.#options.folders.answers)) this.#lookAtName(name);
  }

  /** Reads the answer to a request of this process. Answers to others belong to other guards. */
  #look(id: string, isSettled: boolean): void {
    const expected = this.#expected.get(id);
    if (expected === undefined || expected.answered) return;
    const { folders, system, onRefused } = this.#options;
    const file = fileOf(folders.answers, id);
    const stamp = stampOf(file);
    if (stamp === undefined || stamp === expected.stuck) return;
    const reading = readAnswer(folders.answers, id, system.user);
    if (reading.kind === 'missing') return;
    if (reading.kind === 'value') {
      const claim = this.#falseClaim(reading.value);
      const receipt = claim === undefined ? judged(expected, reading.value) : refusal(claim);
      if (claim !== undefined) onRefused?.(id, claim);
      if (receipt.kind === 'refused') this.#refuse(id, expected, receipt.why, reading.digest);
    } else if (isSettled || !reading.unfinished) {
      const why = `the answer file ${reading.why}`;
      onRefused?.(id, why);
      this.#refuse(id, expected, why, null);
    } else if (!expected.settling) {
      expected.settling = true;
      setTimeout(() => {
        expected.settling = false;
        this.#look(id, stampOf(file) === stamp);
      }, APPROVAL_SETTLE_MS).unref();
    }
  }

  /** What an answer says of itself that no file on this bus can be; undefined where there is nothing. */
  #falseClaim(answer: ApprovalAnswer): string | undefined {
    const { channels } = this.#options;
    if (!channels.includes(answer.channel)) {
      return `it came by ${channels[0]} and says that it came by ${answer.channel}`;
    }
    if (!PRESENCES.has(answer.presence)) return `no file can show a presence of the kind ${answer.presence}`;
    return undefined;
  }

  /** Says why an answer does not count, and takes it away, so that another one can come. */
  #refuse(id: string, expected: Expected, why: string, answer: string | null): void {
    const { folders, system, clock, diagnostics } = this.#options;
    // The request ended while the answer was judged: nobody waits for the reason any more.
    if (this.#expected.get(id) !== expected) return;
    const fileAt = (count: number): string => path.join(folders.refused, `${id}.${count}.json`);
    const refused: RefusedFile = { v: BUS_FILE_VERSION, id, why, at: clock.timestamp(), answer };
    expected.refusals += 1;
    const state = makeBusFolder(folders, system.user);
    if (state.kind === 'ready') {
      // Before the answer goes: its writer looks for the reason when it is gone.
      const written = replaceFile(fileAt(expected.refusals), refused, APPROVAL_ANSWER_BYTES_MAX);
      if (written.kind === 'trouble') diagnostics.repeated('approvals', written.why);
      const oldest = expected.refusals - APPROVAL_REFUSALS_PER_REQUEST_MAX;
      if (oldest > 0) removeFile(fileAt(oldest));
      const file = fileOf(folders.answers, id);
      expected.stuck = removeFile(file) ? undefined : stampOf(file);
    }
    diagnostics.repeated('approvals', `an answer to ${id} does not count: ${why}`);
  }
}

function judged(expected: Expected, answer: ApprovalAnswer): AnswerReceipt {
  expected.answered = true;
  let receipt: AnswerReceipt;
  try {
    receipt = expected.judge(answer);
  } catch (error) {
    receipt = refusal(`it could not be judged: ${messageOf(error)}`);
  }
  // What was refused makes room for a valid one; otherwise the request is about to end.
  expected.answered = receipt.kind !== 'refused';
  return receipt;
}

function refusal(why: string): AnswerReceipt {
  return { kind: 'refused', why };
}
