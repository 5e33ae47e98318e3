import type { Clock } from '../platform/clock.js';
import type { LogFile, LogFiles, LogFileStatus } from './log-file.js';
import { rotateLog, type RotationFiles, systemRotationFiles } from './rotate-log.js';
import { firstRecordMs } from './segment-age.js';

/** When a log is rotated, and who is told. */
export interface RotationSettings {
  /** Bytes that a file holds at most, as far as its writers know of each other; undefined for no bound. */
  readonly maxBytes: number | undefined;
  /** Milliseconds from the first record of a file until it is rotated; undefined for no bound. */
  readonly maxAgeMs: number | undefined;
  /**
   * Called within a write, when the old file has its new name and before the new one is begun. Must
   * neither write nor stage, nor take long.
   */
  readonly onRotated?: (segment: string) => void;
  /** Called with what kept a file from being rotated; records go on in it. */
  readonly onTrouble?: (error: unknown) => void;
  readonly files?: Omit<RotationFiles, 'statusAt'>;
}

/** Watches one writer's file grow and rotates it. */
export interface Rotation {
  /** A file was opened and is the one that is watched from now on. */
  opened(file: LogFile): void;
  written(bytes: number): void;
  /** Whether so many more bytes would be too many: a comparison and nothing else. */
  isFull(bytes: number): boolean;
  /** Rotates the file, found just now at the log's path, where its time has come; true where that was done. */
  look(found: LogFileStatus, bytes: number): boolean;
}

/** What a writer without rotation has. */
const NEVER: Rotation = {
  opened: () => undefined,
  written: () => undefined,
  isFull: () => false,
  look: () => false,
};

/** Watches the file of this log. */
export function createRotation(
  log: string,
  settings: RotationSettings | undefined,
  clock: Pick<Clock, 'wallMs'>,
  logFiles: LogFiles,
): Rotation {
  if (settings === undefined) return NEVER;
  const { maxBytes = Infinity, maxAgeMs = Infinity } = settings;
  const files = { ...systemRotationFiles, ...settings.files, statusAt: logFiles.statusAt };
  let size = 0;
  let begunMs = 0;
  /** Infinite after a rotation that did not work, until the next look. */
  let bytesMax = maxBytes;

  const isDue = (bytes: number): boolean => {
    if (size === 0) return false;
    return size + bytes > maxBytes || clock.wallMs() - begunMs >= maxAgeMs;
  };
  return {
    opened({ descriptor, status }) {
      ({ size } = status);
      bytesMax = maxBytes;
      begunMs = clock.wallMs();
      if (maxAgeMs !== Infinity && size > 0) begunMs = firstRecordMs(descriptor, logFiles) ?? begunMs;
    },
    written(bytes) {
      size += bytes;
    },
    isFull: (bytes) => size > 0 && size + bytes > bytesMax,
    look(found, bytes) {
      ({ size } = found);
      bytesMax = maxBytes;
      if (!isDue(bytes)) return false;
      // One try for each look: what keeps a file from being rotated seldom ends within a second.
      bytesMax = Infinity;
      try {
        const segment = rotateLog({ log, opened: found, nowMs: clock.wallMs() }, files);
        if (segment !== undefined) settings.onRotated?.(segment);
        return segment !== undefined;
      } catch (error) {
        settings.onTrouble?.(error);
        return false;
      }
    },
  };
}
