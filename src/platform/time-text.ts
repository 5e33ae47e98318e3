const UNITS: readonly (readonly [ms: number, word: string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
  [1, 'ms'],
];

/** A length of time that config states, in the largest unit that holds it exactly: `24 h` is `1 d`. */
export function exactTime(ms: number): string {
  for (const [unit, word] of UNITS) if (ms >= unit && ms % unit === 0) return `${ms / unit} ${word}`;
  return `${ms} ms`;
}

/** A time to wait, rounded up so that who waits that long does not come too early: `40 s`, `3 min`, `25 h`. */
export function roundTime(ms: number): string {
  if (ms <= 120_000) return `${Math.max(1, Math.ceil(ms / 1000))} s`;
  if (ms <= 7_200_000) return `${Math.ceil(ms / 60_000)} min`;
  if (ms <= 172_800_000) return `${Math.ceil(ms / 3_600_000)} h`;
  return `${Math.ceil(ms / 86_400_000)} d`;
}
