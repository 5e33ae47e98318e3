import { durationMs, sizeBytes } from '../platform/units.js';
import { DEFAULTS } from './defaults.js';
import type { ConfigSource } from './schema.js';

/** When the audit log is rotated; undefined where that is left to others, or to the other of the two. */
export interface RotationBounds {
  readonly maxBytes: number | undefined;
  /** Milliseconds from the first record of a file. */
  readonly maxAgeMs: number | undefined;
}

/** What the `audit` keys say of it, each from the first file that says anything. */
export function rotationBounds(
  audits: readonly Pick<NonNullable<ConfigSource['audit']>, 'rotate'>[],
): RotationBounds {
  const rotations = audits.map(({ rotate }) => rotate ?? {});
  const stated = rotations.find(({ max_size: size }) => size !== undefined)?.max_size;
  const maxSize = stated ?? DEFAULTS.audit.rotate.max_size;
  const maxAge = rotations.find(({ max_age: age }) => age !== undefined)?.max_age;
  return {
    maxBytes: maxSize === 'off' ? undefined : sizeBytes(maxSize),
    maxAgeMs: maxAge === undefined ? undefined : durationMs(maxAge),
  };
}
