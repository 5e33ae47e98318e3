/** Durations and sizes as config files write them. */

const DURATION = /^(\d+)(ms|s|m|h|d)$/;
const MS_PER_UNIT: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const SIZE = /^(\d+)(B|KB|MB|GB|KiB|MiB|GiB)?$/;
const BYTES_PER_UNIT: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};

/** Milliseconds of `500ms`, `30s`, `10m`, `24h`, `90d`; undefined for anything else. */
export function durationMs(text: string): number | undefined {
  return amountOf(DURATION.exec(text), MS_PER_UNIT);
}

/** Bytes of `4096`, `64KiB`, `10MB`, or a plain number; undefined for anything else. */
export function sizeBytes(value: string | number): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
  return amountOf(SIZE.exec(value), BYTES_PER_UNIT);
}

function amountOf(
  match: RegExpExecArray | null,
  units: Readonly<Record<string, number>>,
): number | undefined {
  if (match === null) return undefined;
  const amount = Number(match[1]) * (units[match[2] ?? 'B'] ?? 1);
  return Number.isSafeInteger(amount) ? amount : undefined;
}
