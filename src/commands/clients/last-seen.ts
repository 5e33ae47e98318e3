import { openLog, readLogBackwards } from '../../audit/reader.js';
import { STATUS_LOG_BYTES_MAX } from '../../platform/bounds.js';

/** When servers were last written of in the audit log. */
export interface LastSeen {
  /** The time of the newest record of each server, as it stands in the log. */
  readonly times: ReadonlyMap<string, string>;
  /** Whether the log goes on further back than was read. */
  readonly isPartial: boolean;
}

/** Looks for the newest record of each server, from the log's end until all were found or STATUS_LOG_BYTES_MAX were read. */
export async function lastSeen(file: string, servers: ReadonlySet<string>): Promise<LastSeen> {
  const times = new Map<string, string>();
  const log = servers.size === 0 ? undefined : await openLog(file);
  if (log === undefined) return { times, isPartial: false };
  try {
    const reading = await readLogBackwards(log, file);
    let bytes = 0;
    for await (const batch of reading.entries()) {
      for (const entry of batch) {
        if (entry.kind === 'trouble') continue;
        bytes += entry.text.length;
        const { upstream, ts } = entry.record;
        if (servers.has(upstream) && !times.has(upstream)) times.set(upstream, ts);
      }
      if (times.size === servers.size) return { times, isPartial: false };
      if (bytes > STATUS_LOG_BYTES_MAX) return { times, isPartial: true };
    }
    return { times, isPartial: false };
  } finally {
    await log.handle.close();
  }
}
