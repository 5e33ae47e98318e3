/** A record's time as guard writes it: RFC 3339 in UTC, with milliseconds. */
const GUARD_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:([0-5]\d)\.(\d{3})Z$/;
const MINUTE_CHARS = 'YYYY-MM-DDTHH:MM'.length;

/**
 * Reads the times of records, wall-clock milliseconds since 1970; NaN for what is no time. What
 * Date.parse said of a minute is kept, as most records are of the same minute as the one before.
 */
export function createTimeReader(): (ts: string) => number {
  let minute = '';
  let minuteMs = Number.NaN;
  return (ts) => {
    const parts = GUARD_TIME.exec(ts);
    if (parts === null) return Date.parse(ts);
    if (!ts.startsWith(minute) || minute === '') {
      minute = Buffer.from(ts.slice(0, MINUTE_CHARS)).toString();
      minuteMs = Date.parse(`${minute}:00.000Z`);
    }
    return minuteMs + Number(parts[1]) * 1000 + Number(parts[2]);
  };
}
