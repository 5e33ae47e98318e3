import type { AuditRecord } from '../../audit/record.js';
import { DASHBOARD_FEED_ENTRIES_MAX, TAIL_OPEN_CALLS_MAX } from '../../platform/bounds.js';
import type { JsonObject } from '../../platform/json.js';
import type { AuditEntry } from '../contract/audit.js';
import { entryOf } from '../views/entry.js';

/**
 * Makes lines of a page out of records as they come. An outcome becomes the line of its decision again,
 * with what it adds. Between two takes at most DASHBOARD_FEED_ENTRIES_MAX lines are kept; the rest is counted.
 */
export class LiveEntries {
  /** Lines whose outcome has not come, by writer and request id; the oldest beyond the bound are forgotten. */
  readonly #open = new Map<string, AuditEntry>();
  #ready = new Map<string, AuditEntry>();
  #skipped = 0;

  add(records: readonly AuditRecord[], skipped: number): void {
    this.#skipped += skipped;
    for (const record of records) {
      // Guards begin and end all the time, and nobody waits to see that.
      if (record.type === 'session') continue;
      const entry = this.#entryOf(record);
      if (this.#ready.has(entry.id) || this.#ready.size < DASHBOARD_FEED_ENTRIES_MAX) {
        this.#ready.set(entry.id, entry);
      } else {
        this.#skipped += 1;
      }
    }
  }

  /** What came since the last take; undefined where nothing did. */
  take(): { readonly entries: readonly AuditEntry[]; readonly skipped: number } | undefined {
    if (this.#ready.size === 0 && this.#skipped === 0) return undefined;
    const taken = { entries: [...this.#ready.values()], skipped: this.#skipped };
    this.#ready = new Map();
    this.#skipped = 0;
    return taken;
  }

  #entryOf(record: AuditRecord): AuditEntry {
    const entry = entryOf(record as unknown as JsonObject);
    if (record.type !== 'decision' && record.type !== 'outcome') return entry;
    const key = `${record.writer}\n${record.request_id}`;
    const open = this.#open.get(key);
    if (record.type === 'outcome') {
      this.#open.delete(key);
      if (open === undefined) return entry;
      return { ...open, result: entry.result, latency_ms: entry.latency_ms };
    }
    // A call that was held is decided twice: it stays one line.
    const shown = open === undefined ? entry : { ...entry, id: open.id };
    this.#open.delete(key);
    this.#open.set(key, shown);
    for (const oldest of this.#open.keys()) {
      if (this.#open.size <= TAIL_OPEN_CALLS_MAX) break;
      this.#open.delete(oldest);
    }
    return shown;
  }
}
