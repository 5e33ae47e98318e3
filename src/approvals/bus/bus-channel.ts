import {
  APPROVAL_ENDED_BYTES_MAX,
  APPROVAL_REQUEST_BYTES_MAX,
  APPROVALS_PRUNE_EVERY,
} from '../../platform/bounds.js';
import type { Clock } from '../../platform/clock.js';
import type { Diagnostics } from '../../platform/diagnostics.js';
import type { ApprovalChannel, ApprovalEnd, ChannelEvents, ChannelTicket } from '../channel.js';
import type { ProcessOwner } from '../../platform/process-owner.js';
import type { ApprovalRequest } from '../request.js';
import { type AnswerInbox, createAnswerInbox } from './answer-inbox.js';
import { type BusFolders, busFolders, fileOf, isApprovalId, makeBusFolder } from './bus-folder.js';
import { BUS_FILE_VERSION, type EndedFile } from './bus-schema.js';
import { type BusSystem, systemBus } from './bus-system.js';
import { createFile, removeFile, replaceFile } from './bus-write.js';
import { pruneBus } from './pruning.js';

export interface BusChannelOptions {
  /** The folder of the bus; it is made where there is none. */
  readonly folder: string;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** The process that holds the calls: requests of any other are not put on the bus. */
  readonly owner: ProcessOwner;
  readonly name?: string;
  /** Who answers here: people at terminals, or the dashboard, whose bus is a folder of its own. */
  readonly kind?: 'terminal' | 'dashboard';
  /** Told of answer files that are refused before the desk sees an answer, for the record. */
  readonly onRefused?: (id: string, why: string) => void;
  readonly system?: BusSystem;
}

/** The owner's side of the bus: requests of this process as files, and the answers to them. */
export function createBusChannel(options: BusChannelOptions): ApprovalChannel {
  return new BusChannel(options);
}

/** One request that was to be put on the bus. */
interface Held {
  request: ApprovalRequest;
  readonly events: ChannelEvents;
  readonly openedMs: number;
  /** The request is over, or could not be put on the bus. */
  over: boolean;
}

class BusChannel implements ApprovalChannel {
  readonly name: string;
  readonly kind: 'terminal' | 'dashboard';
  readonly #options: BusChannelOptions;
  readonly #system: BusSystem;
  readonly #folders: BusFolders;
  readonly #inbox: AnswerInbox;
  /** What is on the bus. */
  readonly #held = new Map<string, Held>();
  #closed = false;
  #ended = 0;

  constructor(options: BusChannelOptions) {
    const { clock, diagnostics, kind = 'terminal', name = kind, onRefused } = options;
    this.name = name;
    this.kind = kind;
    this.#options = options;
    this.#system = options.system ?? systemBus();
    this.#folders = busFolders(options.folder);
    this.#inbox = createAnswerInbox({
      channels: [name, this.kind],
      folders: this.#folders,
      system: this.#system,
      clock,
      diagnostics,
      onRefused,
    });
  }

  open(request: ApprovalRequest, events: ChannelEvents): ChannelTicket {
    const openedMs = this.#options.clock.monotonicMs();
    const held: Held = { request, events, openedMs, over: false };
    const why = this.#publish(held);
    // Not before this returns: the desk does not have the ticket yet.
    setImmediate(() => {
      if (held.over) return;
      if (why === undefined) return this.#inbox.look(request.id);
      held.over = true;
      events.undelivered(why);
    });
    return {
      update: (next) => this.#update(held, next),
      close: (end) => this.#end(held, end),
    };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const held of this.#held.values()) this.#end(held, this.#withdrawn(held));
    if (this.#ended > 0) this.#prune();
  }

  /** Puts a request on the bus; returns why that cannot be. */
  #publish(held: Held): string | undefined {
    const { request } = held;
    const { id, owner } = request;
    if (this.#closed) return `the ${this.kind} channel is closed: guard is ending`;
    // The id becomes the name of a file.
    if (!isApprovalId(id)) return `${id} is not the id of a request`;
    if (this.#held.has(id)) return `the request ${id} is open already`;
    if (owner.pid !== this.#options.owner.pid) return `the request ${id} belongs to process ${owner.pid}`;
    const state = makeBusFolder(this.#folders, this.#system.user);
    if (state.kind === 'trouble') return state.why;
    // Before the request can be seen, so that no answer to it is missed.
    this.#inbox.expect(id, (answer) => held.events.answer(answer));
    const file = fileOf(this.#folders.requests, id);
    const written = createFile(file, request, APPROVAL_REQUEST_BYTES_MAX, this.#system);
    if (written.kind === 'written') {
      this.#held.set(id, held);
      return undefined;
    }
    this.#inbox.drop(id);
    return written.kind === 'trouble' ? written.why : `there is a file ${file} already; remove it`;
  }

  #update(held: Held, request: ApprovalRequest): void {
    const { id } = held.request;
    if (request.id !== id || this.#held.get(id) !== held) return;
    held.request = request;
    const why = this.#replace(fileOf(this.#folders.requests, id), request, APPROVAL_REQUEST_BYTES_MAX);
    if (why !== undefined) this.#note(`the request ${id} is shown as it was: ${why}`);
  }

  #end(held: Held, end: ApprovalEnd): void {
    const { id } = held.request;
    held.over = true;
    if (this.#held.get(id) !== held) return;
    this.#held.delete(id);
    this.#inbox.drop(id);
    const state = makeBusFolder(this.#folders, this.#system.user);
    // What took the place of the bus is none of ours.
    if (state.kind === 'trouble') return this.#note(`the request ${id} stays on the bus: ${state.why}`);
    const ended: EndedFile = { v: BUS_FILE_VERSION, request: held.request, end };
    // The end first: whoever finds no request any more can read what became of it.
    const why = this.#replace(fileOf(this.#folders.ended, id), ended, APPROVAL_ENDED_BYTES_MAX);
    if (why !== undefined) this.#note(`how the request ${id} ended is not on the bus: ${why}`);
    removeFile(fileOf(this.#folders.requests, id));
    removeFile(fileOf(this.#folders.answers, id));
    this.#ended += 1;
    if (this.#ended % APPROVALS_PRUNE_EVERY === 0) this.#prune();
  }

  #replace(file: string, value: object, bytesMax: number): string | undefined {
    const state = makeBusFolder(this.#folders, this.#system.user);
    if (state.kind === 'trouble') return state.why;
    const written = replaceFile(file, value, bytesMax);
    return written.kind === 'trouble' ? written.why : undefined;
  }

  #prune(): void {
    const state = makeBusFolder(this.#folders, this.#system.user);
    if (state.kind === 'ready') pruneBus(this.#folders, this.#options.clock);
  }

  #note(text: string): void {
    this.#options.diagnostics.repeated('approvals', text);
  }

  /** How a request ends that the desk left open when it closed the channel. */
  #withdrawn(held: Held): ApprovalEnd {
    const { clock } = this.#options;
    return {
      state: 'withdrawn',
      approver: null,
      channel: null,
      reason: 'guard is ending',
      waited_ms: Math.max(0, Math.round(clock.monotonicMs() - held.openedMs)),
      ended_at: clock.timestamp(),
    };
  }
}
