import { NOISE_CHARS_MAX } from '../../platform/bounds.js';
import { printable } from '../../platform/printable.js';

/** The beginning of a line that is no message, fit to be shown. */
export function noiseText(bytes: Buffer, start: number, end: number): string {
  return printable(
    bytes.toString('utf8', start, Math.min(end, start + NOISE_CHARS_MAX * 4)),
    NOISE_CHARS_MAX,
  );
}
