const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const DURATION = /^(\d{1,9})(s|m|h|d|w)$/;
const TIME_OF_DAY = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/;
/** RFC 3339; the zone may be left out and is then the local one. */
const DATE_TIME =
  /^\d{4}-\d{2}-\d{2}(?:[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d{2}:\d{2})?)?$/;

/**
 * When a text says: so long ago (`10m`, `2h`, `7d`), at a time of day (`14:30`, the last one that
 * was), or at a date and time (RFC 3339). Wall-clock milliseconds since 1970; undefined where the
 * text says nothing of that kind.
 */
export function parseSince(text: string, nowMs: number): number | undefined {
  const duration = DURATION.exec(text);
  if (duration !== null) return nowMs - Number(duration[1]) * (UNIT_MS[duration[2] ?? ''] ?? 0);
  const time = TIME_OF_DAY.exec(text);
  if (time !== null) return lastTimeOfDay(Number(time[1]), Number(time[2]), Number(time[3] ?? 0), nowMs);
  if (!DATE_TIME.test(text)) return undefined;
  // A date alone would be taken as UTC, unlike a date with a time.
  const parsed = Date.parse(text.length === 10 ? `${text}T00:00` : text.replace(' ', 'T').toUpperCase());
  return Number.isNaN(parsed) ? undefined : parsed;
}

function lastTimeOfDay(hours: number, minutes: number, seconds: number, nowMs: number): number | undefined {
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  const day = new Date(nowMs);
  day.setHours(hours, minutes, seconds, 0);
  if (day.getTime() > nowMs) day.setDate(day.getDate() - 1);
  return day.getTime();
}
