import type { AuditRecord } from '../../audit/record.js';
import { APPROVALS_ENDED_MAX } from '../../platform/bounds.js';
import type { Clock } from '../../platform/clock.js';
import { isJsonObject, parseJson } from '../../platform/json.js';
import { Stop } from '../http/reply.js';
import type { Undelivered } from './approval-views.js';
import type { Scans } from './scans.js';

/** How far back failed deliveries are looked for: no request waits much longer unseen. */
const BACK_MS = 60 * 60 * 1000;

/** Deliveries of requests that failed, as the log tells of them; of the last requests only. */
export class Undeliveries {
  readonly #scans: Scans;
  readonly #clock: Clock;
  readonly #byRequest = new Map<string, Undelivered[]>();
  #lookedMs: number | undefined;

  constructor(scans: Scans, clock: Clock) {
    this.#scans = scans;
    this.#clock = clock;
  }

  of(id: string): readonly Undelivered[] {
    return this.#byRequest.get(id) ?? [];
  }

  /** Takes what goes by while the log is followed. */
  take(records: readonly AuditRecord[]): void {
    for (const record of records) if (record.type === 'event') this.#add(record);
  }

  /** Reads what was recorded since the last look. Where the log cannot be read, nothing is known. */
  async look(): Promise<void> {
    const nowMs = this.#clock.wallMs();
    const sinceMs = Math.max(this.#lookedMs ?? 0, nowMs - BACK_MS);
    this.#lookedMs = nowMs;
    try {
      // By time alone: who looks for a text goes through all of a log that does not hold it.
      await this.#scans.records({ spec: { sinceMs }, reverse: true, enough: () => false }, (line) => {
        if (line.view.type !== 'event') return;
        const record = parseJson(line.text());
        if (isJsonObject(record)) this.#add(record as unknown as AuditRecord);
      });
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
    }
  }

  #add(record: AuditRecord): void {
    if (record.type !== 'event' || record.event !== EVENT || !isJsonObject(record.detail)) return;
    const { id, channel, why } = record.detail;
    if (typeof id !== 'string' || typeof channel !== 'string' || typeof why !== 'string') return;
    const known = this.#byRequest.get(id) ?? [];
    if (
      known.length >= FAILURES_MOST ||
      known.some((one) => one.channel === channel && one.at === record.ts)
    ) {
      return;
    }
    this.#byRequest.set(id, [...known, { channel, why, at: record.ts }]);
    for (const oldest of this.#byRequest.keys()) {
      if (this.#byRequest.size <= APPROVALS_ENDED_MAX) break;
      this.#byRequest.delete(oldest);
    }
  }
}

const EVENT = 'approval-undelivered';
const FAILURES_MOST = 20;
