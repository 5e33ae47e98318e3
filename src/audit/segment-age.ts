import { AUDIT_HEAD_BYTES } from '../platform/bounds.js';
import type { LogFiles } from './log-file.js';

/** The time of a line's record; members stand in the order in which they are written. */
const TS = /^\{"v":\d+,"type":"[a-z-]+","ts":"([^"]{20,30})"/;

/**
 * When the first record of an open log was written, wall-clock milliseconds since 1970. File systems
 * do not agree on when a file was made; the record knows. Undefined where the file begins otherwise.
 */
export function firstRecordMs(descriptor: number, files: Pick<LogFiles, 'head'>): number | undefined {
  try {
    const ms = Date.parse(TS.exec(files.head(descriptor, AUDIT_HEAD_BYTES))?.[1] ?? '');
    return Number.isNaN(ms) ? undefined : ms;
  } catch {
    // Not knowing its age is no reason to refuse a log that can be written.
    return undefined;
  }
}
