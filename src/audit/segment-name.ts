import path from 'node:path';

/** What a file beside a log is, judged by its name alone; each kind sorts by `rank`, oldest first. */
export type SegmentName =
  /** Rotated by guard. `rank` is when, wall-clock milliseconds since 1970. */
  | { readonly kind: 'guard'; readonly rank: number }
  /** Rotated by logrotate: a count, where a greater one is older, or a date (`dateext`). */
  | { readonly kind: 'count' | 'date'; readonly rank: number };

const STAMP = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(\d{3})Z$/;
const COUNT = /^\.(\d{1,6})$/;
/** logrotate's `dateext`: a day, with an hour or with seconds since 1970 where it is told to. */
const DATE = /^-(\d{8})(?:-?(\d{2,10}))?$/;
/** The last moment that a name of four digits for the year can say. */
const LAST_MS = Date.UTC(10_000, 0) - 1;

/** The path of a log's segment that was rotated at this moment, wall-clock milliseconds since 1970. */
export function segmentPath(log: string, rotatedMs: number): string {
  const { dir, name, ext } = path.parse(log);
  const moment = new Date(Math.min(Math.max(rotatedMs, 0), LAST_MS)).toISOString();
  return path.join(dir, `${name}.${moment.replaceAll(/[-:.]/g, '')}${ext}`);
}

/** Reads the name of a file beside the log; undefined where it is none of its segments, or not plain text. */
export function readSegmentName(log: string, fileName: string): SegmentName | undefined {
  const { base, name, ext } = path.parse(log);
  if (fileName.startsWith(`${name}.`) && fileName.endsWith(ext)) {
    const stamp = STAMP.exec(fileName.slice(name.length + 1, fileName.length - ext.length));
    if (stamp !== null) {
      const [year, month, day, hour, minute, second, millisecond] = stamp.slice(1).map(Number);
      const rank = Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second, millisecond);
      // A date that does not exist is somebody else's name.
      return path.basename(segmentPath(log, rank)) === fileName ? { kind: 'guard', rank } : undefined;
    }
  }
  if (!fileName.startsWith(base)) return undefined;
  const rest = fileName.slice(base.length);
  const count = COUNT.exec(rest);
  if (count !== null) return { kind: 'count', rank: -Number(count[1]) };
  const date = DATE.exec(rest);
  if (date === null) return undefined;
  return { kind: 'date', rank: Number(date[1]) * 1e10 + Number(date[2] ?? 0) };
}
