import fs from 'node:fs';
import { APPROVAL_ENDED_BYTES_MAX, APPROVAL_QUIET_MS, APPROVAL_TROUBLES_MAX } from '../../platform/bounds.js';
import type { Clock } from '../../platform/clock.js';
import { messageOf } from '../../platform/errors.js';
import { printable } from '../../platform/printable.js';
import type { AnswerDraft, ApprovalBoard, Approver, EndedApproval, PendingApproval } from '../board.js';
import type { AnswerReceipt, ApprovalEnd } from '../channel.js';
import type { ApprovalRequest } from '../request.js';
import { answerRequest } from './answering.js';
import { busFolders, type BusFolders, fileOf, type FolderState, lookAtBusFolder } from './bus-folder.js';
import { BUS_FILE_VERSION, type EndedFile } from './bus-schema.js';
import { watchFolder, type Watching } from '../../platform/folder-watch.js';
import { type BusSystem, systemBus } from './bus-system.js';
import { createFile, removeFile } from './bus-write.js';
import { createEndedFiles, type EndedFiles } from './ended-files.js';
import { isOwnerAlive, type ProcessOwner } from '../../platform/process-owner.js';
import { pruneBus } from './pruning.js';
import { createRequestReader, type RequestScan } from './request-files.js';

export interface BusBoardOptions {
  /** The folder of the bus; a board never makes it, and one that is missing is empty. */
  readonly folder: string;
  readonly clock: Clock;
  readonly approver: Approver;
  /** The name of the channel by which the answers come; that of the guard processes. */
  readonly channel?: string;
  readonly system?: BusSystem;
}

/** The approver's side of the bus: the requests of every guard process of this user. */
export function createBusBoard(options: BusBoardOptions): ApprovalBoard {
  return new BusBoard(options);
}

const NOTHING: RequestScan = { requests: [], troubles: [] };

class BusBoard implements ApprovalBoard {
  readonly #options: BusBoardOptions;
  readonly #system: BusSystem;
  readonly #folders: BusFolders;
  readonly #read: () => RequestScan;
  readonly #ended: EndedFiles;
  readonly #listeners = new Set<() => void>();
  #watching: readonly Watching[] = [];
  #quiet: NodeJS.Timeout | undefined;
  /** What the last look at the requests found. */
  #owners: readonly ProcessOwner[] = [];
  #closed = false;

  constructor(options: BusBoardOptions) {
    this.#options = options;
    this.#system = options.system ?? systemBus();
    this.#folders = busFolders(options.folder);
    this.#read = createRequestReader(this.#folders, this.#system.user);
    this.#ended = createEndedFiles(this.#folders, this.#system.user);
    if (this.#state().kind === 'ready') pruneBus(this.#folders, options.clock);
  }

  pending(): readonly PendingApproval[] {
    const nowMs = this.#options.clock.wallMs();
    const found = this.#scan().requests;
    // Each owner is looked for once, however many requests it holds.
    const gone = ownersOf(found).filter((owner) => !isOwnerAlive(owner));
    const isGone = (owner: ProcessOwner): boolean => gone.some((other) => isSameOwner(owner, other));
    const requests = gone.length === 0 ? found : found.filter(({ owner }) => !isGone(owner));
    for (const request of found) if (isGone(request.owner)) this.#withdraw(request);
    this.#owners = ownersOf(requests);
    return requests.map((request) => {
      const leftMs = Date.parse(request.expires_at) - nowMs;
      return { request, remainingMs: Number.isNaN(leftMs) ? 0 : Math.max(0, leftMs) };
    });
  }

  ended(limit: number): readonly EndedApproval[] {
    return this.#state().kind === 'ready' ? this.#ended.newest(limit) : [];
  }

  lastApproved(request: ApprovalRequest): EndedApproval | undefined {
    return this.#state().kind === 'ready' ? this.#ended.lastApproved(request) : undefined;
  }

  troubles(): readonly string[] {
    const state = this.#state();
    if (state.kind === 'missing') return [];
    const lines =
      state.kind === 'trouble' ? [state.why] : [...this.#scan().troubles, ...this.#ended.troubles()];
    const shown = lines.slice(0, APPROVAL_TROUBLES_MAX).map((line) => printable(line));
    const beyond = lines.length - shown.length;
    return beyond === 0 ? shown : [...shown, `${beyond} more files that are none of guard's`];
  }

  onChange(listener: () => void): () => void {
    if (this.#closed) return () => undefined;
    // Wrapped, so that a listener that is given twice is called twice and stopped one by one.
    const own = (): void => listener();
    this.#listeners.add(own);
    if (this.#watching.length === 0) this.#watch();
    return () => {
      this.#listeners.delete(own);
      if (this.#listeners.size === 0) this.#unwatch();
    };
  }

  async answer(request: ApprovalRequest, draft: AnswerDraft): Promise<AnswerReceipt> {
    try {
      const state = this.#state();
      if (state.kind === 'trouble') return { kind: 'refused', why: state.why };
      if (state.kind === 'missing') return { kind: 'late', end: null };
      const ended = this.#ended.find(request.id);
      if (ended !== undefined) return { kind: 'late', end: ended.end };
      if (!fs.existsSync(fileOf(this.#folders.requests, request.id))) return { kind: 'late', end: null };
      if (!isOwnerAlive(request.owner)) {
        this.#withdraw(request);
        return { kind: 'late', end: this.#ended.find(request.id)?.end ?? null };
      }
      const { clock, approver, channel = 'terminal' } = this.#options;
      const { folders, system } = { folders: this.#folders, system: this.#system };
      return await answerRequest(
        { folders, clock, approver, channel, system, ended: this.#ended },
        request,
        draft,
      );
    } catch (error) {
      return { kind: 'refused', why: `the answer could not be handed over: ${messageOf(error)}` };
    }
  }

  close(): void {
    this.#closed = true;
    this.#listeners.clear();
    this.#unwatch();
  }

  #state(): FolderState {
    return lookAtBusFolder(this.#folders, this.#system.user);
  }

  #scan(): RequestScan {
    return this.#state().kind === 'ready' ? this.#read() : NOTHING;
  }

  /** Ends a request whose owner is gone: nothing holds the call any more. */
  #withdraw(request: ApprovalRequest): void {
    const { clock } = this.#options;
    const waitedMs = clock.wallMs() - Date.parse(request.created_at);
    const end: ApprovalEnd = {
      state: 'withdrawn',
      approver: null,
      channel: null,
      reason: 'the guard process is gone',
      waited_ms: Number.isFinite(waitedMs) ? Math.max(0, Math.round(waitedMs)) : 0,
      ended_at: clock.timestamp(),
    };
    const ended: EndedFile = { v: BUS_FILE_VERSION, request, end };
    const file = fileOf(this.#folders.ended, request.id);
    const written = createFile(file, ended, APPROVAL_ENDED_BYTES_MAX, this.#system);
    // Where the end cannot be written the request stays as a file, and is not shown all the same.
    if (written.kind === 'trouble') return;
    removeFile(fileOf(this.#folders.requests, request.id));
    removeFile(fileOf(this.#folders.answers, request.id));
  }

  #watch(): void {
    const { requests, ended, refused } = this.#folders;
    this.#watching = [requests, ended, refused].map((folder) => {
      let seen = contentsOf(folder);
      const onLook = (): void => {
        const now = contentsOf(folder);
        const isGone = folder === requests && this.#owners.some((owner) => !isOwnerAlive(owner));
        if (now !== seen || isGone) this.#changed();
        seen = now;
      };
      return watchFolder(folder, { onName: () => this.#changed(), onLook }, this.#system.watch);
    });
  }

  #unwatch(): void {
    clearTimeout(this.#quiet);
    this.#quiet = undefined;
    for (const watching of this.#watching) watching.close();
    this.#watching = [];
  }

  /** Many changes at once are one for the listeners. */
  #changed(): void {
    this.#quiet ??= setTimeout(() => {
      this.#quiet = undefined;
      for (const listener of this.#listeners) listener();
    }, APPROVAL_QUIET_MS).unref();
  }
}

function isSameOwner(one: ProcessOwner, other: ProcessOwner): boolean {
  return one.pid === other.pid && one.started === other.started;
}

/** Each owner once. */
function ownersOf(requests: readonly ApprovalRequest[]): ProcessOwner[] {
  const owners = requests.map(({ owner }) => [`${owner.pid} ${owner.started}`, owner] as const);
  return [...new Map(owners).values()];
}

/** A text that changes when something in the folder appears, vanishes or is replaced. */
function contentsOf(folder: string): string {
  try {
    const stats = fs.lstatSync(folder, { bigint: true });
    return `${stats.dev}:${stats.ino}:${stats.mtimeNs}`;
  } catch {
    return '-';
  }
}
