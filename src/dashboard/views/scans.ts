import { type Call, createCallScan } from '../../audit/call-scan.js';
import { compileFilter, type Filter, type FilterSpec } from '../../audit/filter.js';
import { type ScannedLine, scanLog } from '../../audit/scan-log.js';
import { segmentsOfTime } from '../../audit/segment-times.js';
import { listSegments } from '../../audit/segments.js';
import { DASHBOARD_SCAN_MS, DASHBOARD_SCANS_MAX } from '../../platform/bounds.js';
import type { Clock } from '../../platform/clock.js';
import { isGuardError, messageOf } from '../../platform/errors.js';
import { printable } from '../../platform/printable.js';
import { Stop } from '../http/reply.js';

export interface ScanRequest {
  readonly spec: FilterSpec;
  readonly reverse: boolean;
  /** Looked at after each block: true where nothing more is wanted. May wait, for a slow reader. */
  readonly enough: () => boolean | Promise<boolean>;
  /** Whether the scan may take longer than DASHBOARD_SCAN_MS: whoever reads its end may wait. */
  readonly isLong?: boolean;
}

/** How a scan went. */
export interface Scanned {
  /** False where a file could not be read, or its time was over. */
  readonly complete: boolean;
  readonly troubles: readonly string[];
}

/** Reads of the audit log for pages: DASHBOARD_SCANS_MAX at one time, each for a bounded time. */
export class Scans {
  readonly #file: string | null;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  #running = 0;

  constructor(file: string | null, clock: Pick<Clock, 'monotonicMs'>) {
    this.#file = file;
    this.#clock = clock;
  }

  /** Hands over the calls that a filter finds, joined. Throws Stop. */
  async calls<Kept>(
    request: ScanRequest,
    keep: (line: ScannedLine) => Kept,
    onCall: (call: Call<Kept>) => void,
  ): Promise<Scanned> {
    const filter = filterOf(request.spec);
    const { reverse } = request;
    const scan = createCallScan<Kept>({ filter, reverse, keep, onCall });
    const result = await this.#run(
      request,
      filter,
      (line) => scan.push(line),
      () => scan.settle(),
    );
    if (!result.isEnough) {
      scan.end();
      await request.enough();
    }
    return result;
  }

  /** Hands over single records that a filter finds. Throws Stop. */
  async records(request: ScanRequest, onRecord: (line: ScannedLine) => void): Promise<Scanned> {
    const filter = filterOf(request.spec);
    const take = (line: ScannedLine): void => {
      if (filter.matches(line.view) && line.found()) onRecord(line);
    };
    return this.#run(request, filter, take, () => undefined);
  }

  /**
   * Does something with the log while few others do. Throws Stop where the log cannot be read, and where
   * it is being read too often.
   */
  async turn<Result>(work: (file: string) => Promise<Result>): Promise<Result> {
    const file = this.#file;
    if (file === null) throw new Stop('unavailable', 'the records of this guard go to no file');
    if (this.#running >= DASHBOARD_SCANS_MAX) {
      throw new Stop('too-many', 'the log is being read too often at once', {}, { 'Retry-After': '1' });
    }
    this.#running += 1;
    try {
      return await work(file);
    } catch (error) {
      if (!isGuardError(error)) throw error;
      throw new Stop('unavailable', printable(error.message));
    } finally {
      this.#running -= 1;
    }
  }

  #run(
    request: ScanRequest,
    filter: Filter,
    onRecord: (line: ScannedLine) => void,
    afterBlock: () => void,
  ): Promise<Scanned & { readonly isEnough: boolean }> {
    return this.turn(async (file) => {
      const troubles: string[] = [];
      const untilMs = this.#clock.monotonicMs() + DASHBOARD_SCAN_MS;
      let complete = true;
      let isEnough = false;
      let latest = '';
      // Last to first, what comes well before the time that is asked for ends the look.
      const fromMs = request.reverse ? (request.spec.sinceMs ?? 0) - SLACK_MS : 0;
      const blocks = scanLog({
        segments: await segmentsOfTime(await listSegments(file), request.spec),
        filter,
        reverse: request.reverse,
        onRecord(line) {
          latest = line.view.ts;
          onRecord(line);
        },
        onTrouble: () => undefined,
        onUnreadable(error) {
          complete = false;
          troubles.push(printable(error.message));
        },
      });
      for await (const doneBytes of blocks) {
        afterBlock();
        isEnough = await request.enough();
        if (isEnough || Date.parse(latest) < fromMs) break;
        if (request.isLong === true || this.#clock.monotonicMs() < untilMs) continue;
        complete = false;
        troubles.push(`only ${doneBytes} bytes of the log were read in time: ask for less time`);
        break;
      }
      return { complete, troubles, isEnough };
    });
  }
}

/** How far the times of writers may lie apart in one file. */
const SLACK_MS = 10 * 60 * 1000;

function filterOf(spec: FilterSpec): Filter {
  try {
    return compileFilter(spec);
  } catch (error) {
    throw new Stop('bad-request', `a filter cannot be used: ${printable(messageOf(error))}`);
  }
}
