import { setTimeout as delay } from 'node:timers/promises';
import { countCalls, prepareCalls } from '../../audit/call-index/call-index.js';
import { KnownPieces, type RememberedPieces } from '../../audit/call-index/known-pieces.js';
import { PieceStore } from '../../audit/call-index/piece-store.js';
import type { CallCounter } from '../../audit/call-stats.js';
import { segmentsOfTime, type TimeSpan } from '../../audit/segment-times.js';
import { listSegments, type SegmentFile } from '../../audit/segments.js';
import {
  DASHBOARD_COUNT_MS,
  DASHBOARD_PREPARE_BYTES,
  DASHBOARD_PREPARE_MS,
  DASHBOARD_SCAN_MS,
} from '../../platform/bounds.js';
import type { Clock } from '../../platform/clock.js';
import type { Scans } from './scans.js';

export interface CallCountsOptions {
  readonly scans: Scans;
  /** Absolute path of the log; null where records go to no file. */
  readonly file: string | null;
  /** The folder of the call index. */
  readonly folder: string;
  readonly clock: Pick<Clock, 'monotonicMs' | 'wallMs'>;
  /** Whether calls are served meanwhile: then what nobody waits for takes little time of them. */
  readonly isGateway: boolean;
}

/** What was counted. */
export interface Counted {
  /** False where a part of the log is missing. */
  readonly complete: boolean;
  /** While the rest of the log is being read: how much is counted, and of how much, in bytes. */
  readonly counting: { readonly done_bytes: number; readonly bytes: number } | null;
}

/**
 * Counts the calls of a log from its call index. What the index lacks is read for DASHBOARD_COUNT_MS,
 * the newest first; the rest is read behind the answer, and is there when it is asked for again.
 */
export class CallCounts {
  readonly #options: CallCountsOptions;
  readonly #store: PieceStore;
  readonly #remembered: RememberedPieces = new Map();
  /** The count that was asked for last. */
  #latest: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #isPreparing = false;
  #isClosed = false;
  /** Of the log when all of it was in the index. */
  #preparedBytes = Number.NEGATIVE_INFINITY;
  #missedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: CallCountsOptions) {
    this.#options = options;
    this.#store = new PieceStore(options.folder);
  }

  /** Begins to read what the index lacks, so that it is there before somebody asks. */
  start(): void {
    this.#prepare();
    this.#timer = setInterval(() => this.#prepare(), DASHBOARD_PREPARE_MS).unref();
  }

  /** Safe to call before `start`, and twice. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
  }

  /** Counts the calls of a time. Throws Stop. */
  async count(span: TimeSpan, counter: CallCounter): Promise<Counted> {
    const counting = this.#count(span, counter);
    this.#latest = counting;
    return counting;
  }

  #count(span: TimeSpan, counter: CallCounter): Promise<Counted> {
    const { clock } = this.#options;
    return this.#options.scans.turn(async (file) => {
      const segments = await segmentsOfTime(await listSegments(file), span);
      const known = new KnownPieces(clock.wallMs(), this.#remembered);
      const readUntilMs = clock.monotonicMs() + DASHBOARD_COUNT_MS;
      const mayRead = (): boolean => !this.#store.isBroken && clock.monotonicMs() < readUntilMs;
      await toEnd(prepareCalls({ segments, known, mayRead }, this.#store));
      // Without a place for an index, all is read each time.
      const request = { segments, span, counter, ...(this.#store.isBroken ? {} : { known }) };
      const untilMs = clock.monotonicMs() + DASHBOARD_SCAN_MS;
      let missingBytes = 0;
      let complete = true;
      const onUnreadable = (): void => void (complete = false);
      for await (const progress of countCalls({ ...request, onUnreadable }, this.#store)) {
        ({ missingBytes } = progress);
        if (clock.monotonicMs() < untilMs) continue;
        complete = false;
        break;
      }
      if (missingBytes === 0) return { complete, counting: null };
      this.#missedAtMs = clock.monotonicMs();
      this.#preparedBytes = Number.NEGATIVE_INFINITY;
      this.#prepare();
      const bytes = sizeOf(segments);
      return { complete: false, counting: { done_bytes: bytes - missingBytes, bytes } };
    });
  }

  #prepare(): void {
    if (this.#isPreparing || this.#isClosed) return;
    this.#isPreparing = true;
    this.#prepareAll()
      // Whoever asks for numbers hears why there are none.
      .catch(() => undefined)
      .finally(() => (this.#isPreparing = false));
  }

  async #prepareAll(): Promise<void> {
    const { file, clock, isGateway } = this.#options;
    if (file === null) return;
    const segments = await listSegments(file);
    const bytes = sizeOf(segments);
    // A little more than was there is read in no time when it is asked for.
    if (Math.abs(bytes - this.#preparedBytes) < DASHBOARD_PREPARE_BYTES) return;
    const known = new KnownPieces(clock.wallMs(), this.#remembered);
    known.forgetAllBut(segments);
    let sinceMs = clock.monotonicMs();
    for await (const isRead of prepareCalls({ segments, known, mayRead: () => true }, this.#store)) {
      // What somebody waits for comes first, and what it read need not be read here.
      await this.#latest.catch(() => undefined);
      if (this.#isClosed || this.#store.isBroken) return;
      const nowMs = clock.monotonicMs();
      const isAwaited = nowMs - this.#missedAtMs < AWAITED_MS;
      if (isRead && isGateway && !isAwaited) {
        await delay((nowMs - sinceMs) * RESTS, undefined, { ref: false });
      }
      sinceMs = clock.monotonicMs();
    }
    this.#preparedBytes = bytes;
  }
}

/** A page that waits for numbers asks again within this time. */
const AWAITED_MS = 10_000;
/** How many times as long as it worked it rests where calls are served: it takes 4 % of a processor. */
const RESTS = 24;

function sizeOf(segments: readonly SegmentFile[]): number {
  return segments.reduce((sum, { size }) => sum + size, 0);
}

async function toEnd(steps: AsyncGenerator): Promise<void> {
  while ((await steps.next()).done !== true);
}
