import { PROGRESS_MS } from '../platform/bounds.js';
import type { Clock } from '../platform/clock.js';

/** How far long work has come, on the last line of a terminal. */
export interface Progress {
  /** So many bytes are done. */
  at(doneBytes: number): void;
  /** Takes the line away, so that other text can be written; the next `at` brings it back. */
  hide(): void;
}

export interface ProgressOptions {
  /** What is being done, as one word: `searching`. */
  readonly label: string;
  readonly totalBytes: number;
  /** False with `--no-progress`. */
  readonly enabled: boolean;
  readonly clock: Pick<Clock, 'monotonicMs'>;
}

const BAR_CHARS = 24;

/**
 * Draws a bar on stderr, at most once per PROGRESS_MS and not before that time has passed; nothing
 * where stderr is no terminal. Who is done calls `hide`.
 */
export function openProgress(
  stderr: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>,
  options: ProgressOptions,
): Progress {
  const { label, totalBytes, enabled, clock } = options;
  if (!enabled || !stderr.isTTY || totalBytes <= 0) return { at: () => undefined, hide: () => undefined };
  let drawnMs = clock.monotonicMs();
  let isShown = false;
  return {
    at(doneBytes) {
      const nowMs = clock.monotonicMs();
      if (nowMs - drawnMs < PROGRESS_MS) return;
      drawnMs = nowMs;
      isShown = true;
      const part = Math.min(1, doneBytes / totalBytes);
      const full = Math.round(part * BAR_CHARS);
      const bar = '#'.repeat(full) + '.'.repeat(BAR_CHARS - full);
      const percent = `${Math.floor(part * 100)}`.padStart(3);
      stderr.write(`\r${label} [${bar}] ${percent} % of ${megabytes(totalBytes)}`);
    },
    hide() {
      if (isShown) stderr.write('\r\u001b[K');
      isShown = false;
    },
  };
}

function megabytes(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(0)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
