import { RUNNING_FIRST_MS, RUNNING_REFRESH_MS } from '../platform/bounds.js';
import { messageOf } from '../platform/errors.js';
import type { RunningGuard } from './running-file.js';
import { readRunning, removeRunning, writeRunning } from './running-folder.js';

export interface RunningReportOptions {
  readonly folder: string;
  readonly writer: string;
  /** What is to be told now. */
  readonly facts: () => RunningGuard;
  /** Tells the person that it cannot be written. */
  readonly note: (text: string) => void;
}

/**
 * Keeps a guard's file up to date: at most one write every RUNNING_REFRESH_MS, never while a call is
 * judged, and none before the first change. Keeps no process alive.
 */
export class RunningReport {
  readonly #options: RunningReportOptions;
  #timer: NodeJS.Timeout | undefined;
  #begun = false;
  #closed = false;

  constructor(options: RunningReportOptions) {
    this.#options = options;
  }

  /** Something changed that the file tells. On the path of calls. */
  changed(): void {
    if (this.#timer !== undefined || this.#closed) return;
    this.#timer = setTimeout(
      () => this.#write(),
      this.#begun ? RUNNING_REFRESH_MS : RUNNING_FIRST_MS,
    ).unref();
  }

  /** The guard ends: its file goes. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    if (this.#begun) removeRunning(this.#options.folder, this.#options.writer);
  }

  #write(): void {
    const { folder, facts, note } = this.#options;
    this.#timer = undefined;
    try {
      writeRunning(folder, facts());
    } catch (error) {
      note(`guard status cannot show this guard: ${messageOf(error)}`);
    }
    // What killed guards left behind is looked for once by each guard, so that it does not pile up.
    if (!this.#begun) readRunning(folder);
    this.#begun = true;
  }
}
