/** Numbers, times and sizes in words of the page. Times are of the reader's own zone. */

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const FULL = new Intl.DateTimeFormat('en-GB', {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
});
const DAY_HOUR = new Intl.DateTimeFormat('en-GB', {
  month: 'short',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
});

/** `14:03:09` of today, `21 Nov, 14:03` of any other day: lists go back further than a day. */
export function rowTime(at: string, nowMs: number): string {
  const ms = Date.parse(at);
  const isToday = new Date(ms).toDateString() === new Date(nowMs).toDateString();
  return timed(at, isToday ? CLOCK : DAY_HOUR);
}

/** `22/11/2026, 14:03:09 UTC`. */
export function fullTime(at: string): string {
  return timed(at, FULL);
}

/** `22 Nov, 14:00`: a point of a chart. */
export function dayTime(at: string): string {
  return timed(at, DAY_HOUR);
}

/** `0.4 ms`, `12 ms`, `1.2 s`, `3 min`; a dash where nothing is known. */
export function duration(ms: number | null): string {
  if (ms === null) return '–';
  if (ms < 10) return `${Number(ms.toFixed(1))} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  return `${(ms / 3_600_000).toFixed(1)} h`;
}

/** `12,034`. */
export function number(value: number): string {
  return value.toLocaleString('en-US');
}

/** `3 calls`, `1 call`. */
export function counted(value: number, word: string): string {
  return `${number(value)} ${word}${value === 1 ? '' : 's'}`;
}

function timed(at: string, how: Intl.DateTimeFormat): string {
  const ms = Date.parse(at);
  return Number.isNaN(ms) ? at : how.format(ms);
}
