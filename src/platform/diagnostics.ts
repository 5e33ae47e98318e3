import { NOISE_NOTES_MAX } from './bounds.js';
import { printable } from './printable.js';

/** Where notes to the person go. stdout belongs to the protocol, so this is stderr. */
export interface Diagnostics {
  /** One line, always shown. */
  note(text: string): void;
  /** One line of a kind that may repeat without end: shown a bounded number of times, then counted. */
  repeated(kind: string, text: string): void;
  /** Notes that were only counted, by kind. */
  suppressed(): ReadonlyMap<string, number>;
}

/** Notes with the `guard: ` prefix, made printable, written whole by `write`. */
export function createDiagnostics(write: (line: string) => void): Diagnostics {
  const seen = new Map<string, number>();
  const note = (text: string): void => write(`guard: ${printable(text)}\n`);
  return {
    note,
    repeated(kind, text) {
      const count = (seen.get(kind) ?? 0) + 1;
      seen.set(kind, count);
      if (count < NOISE_NOTES_MAX) note(text);
      else if (count === NOISE_NOTES_MAX) note(`${text} (further notes of this kind are only counted)`);
    },
    suppressed() {
      const beyond = new Map<string, number>();
      for (const [kind, count] of seen) {
        if (count > NOISE_NOTES_MAX) beyond.set(kind, count - NOISE_NOTES_MAX);
      }
      return beyond;
    },
  };
}
