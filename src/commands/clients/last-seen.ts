import { openLog, readLogBackwards } from '../../audit/reader.js';
import { readSegmentsBackwards } from '../../audit/segments-backwards.js';
import { STATUS_LOG_BYTES_MAX } from '../../platform/bounds.js';

/** When servers were last written of in the audit log. */
export interface LastSeen {
  /** The time of the newest record of each server, as it stands in the log. */
  readonly times: ReadonlyMap<string, string>;
  /** Whether the log goes on further back than was read. */
  readonly isPartial: boolean;
}

/**
 * Looks for the newest record of each server, from the log's end on and over its rotated files, until all were
 * found or STATUS_LOG_BYTES_MAX were read. Throws GuardError `audit-unreadable`.
 */
export async function lastSeen(file: string, servers: ReadonlySet<string>): Promise<LastSeen> {
  const times = new Map<string, string>();
  if (servers.size === 0) return { times, isPartial: false };
  const log = await openLog(file);
  try {
    const current = log === undefined ? undefined : { log, reading: await readLogBackwards(log, file) };
    let isPartial = false;
    // Noted is that files are passed over: too old, or such as cannot be read.
    const note = (): void => void (isPartial = true);
    let bytes = 0;
    for await (const { entries } of readSegmentsBackwards({
      path: file,
      current,
      sinceMs: undefined,
      note,
    })) {
      for (const entry of entries) {
        if (entry.kind === 'trouble') continue;
        bytes += entry.text.length;
        const { upstream, ts } = entry.record;
        if (servers.has(upstream) && !times.has(upstream)) times.set(upstream, ts);
      }
      if (times.size === servers.size) return { times, isPartial: false };
      if (bytes > STATUS_LOG_BYTES_MAX) return { times, isPartial: true };
    }
    return { times, isPartial };
  } finally {
    await log?.handle.close();
  }
}
