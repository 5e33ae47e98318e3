/** Time that is left, short: `12 h 05 m`, `4:59`, `0:07`. Counted down to 0:00, never below. */
export function countdown(remainingMs: number): string {
  const seconds = Math.max(0, Math.ceil(remainingMs / 1000));
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} m`;
}

/** The same in whole words and steps, for a screen that is read aloud and must not change each second. */
export function spokenCountdown(remainingMs: number): string {
  const minutes = Math.floor(remainingMs / 60_000);
  if (minutes >= 60) return `more than ${Math.floor(minutes / 60)} hours left`;
  if (minutes >= 1) return `more than ${minutes} minute${minutes === 1 ? '' : 's'} left`;
  return remainingMs > 0 ? 'less than a minute left' : 'time is over';
}

/** Whether little time is left. */
export function isUrgent(remainingMs: number): boolean {
  return remainingMs <= URGENT_MS;
}

const URGENT_MS = 30_000;

function two(value: number): string {
  return String(value).padStart(2, '0');
}
