import { mark } from './finding.js';
import type { KnownSecrets } from './known-secrets.js';

/** A text without the secrets that must not be shown. */
export type Mask = (text: string) => string;

/** Replaces each known secret in a text by `[redacted:secret]`. What is learned later counts too. */
export function createMask(known: KnownSecrets): Mask {
  return (text) => known.replace(text, () => mark('secret'));
}

/** The value with all its texts masked, names of members included; the value itself where there is nothing to hide. */
export function maskedValue<Value>(value: Value, mask: Mask): Value {
  return masked(value, mask) as Value;
}

function masked(value: unknown, mask: Mask): unknown {
  if (typeof value === 'string') return mask(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => masked(item, mask));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  const entries = Object.entries(value);
  const shown = entries.map(([name, item]) => [mask(name), masked(item, mask)] as const);
  const differs = shown.some(([name, item], index) => {
    const [nameBefore, before] = entries[index] ?? [];
    return name !== nameBefore || item !== before;
  });
  return differs ? Object.fromEntries(shown) : value;
}
