import type { SegmentFile } from '../segments.js';
import type { Cut } from './cut-log.js';

/** Digests of the pieces of files, for as long as nothing happens to a file: by the file, with its state. */
export type RememberedPieces = Map<string, { readonly state: string; readonly digests: Map<string, string> }>;

/**
 * The digests of the pieces of a log, for one count. They may be remembered for the next one: writing to
 * a file, or setting its times, changes when it was changed. What was changed just now is looked at
 * again, as a second change may have the same time.
 */
export class KnownPieces {
  readonly #remembered: RememberedPieces;
  readonly #nowMs: number;
  readonly #own: RememberedPieces = new Map();

  /** `nowMs` is when the files were listed, wall-clock milliseconds since 1970. */
  constructor(nowMs: number, remembered: RememberedPieces = new Map()) {
    this.#nowMs = nowMs;
    this.#remembered = remembered;
  }

  get(segment: SegmentFile, cut: Cut): string | undefined {
    const known = this.#placeOf(segment).get(fileOf(segment));
    return known?.state === stateOf(segment) ? known.digests.get(`${cut.from} ${cut.to}`) : undefined;
  }

  set(segment: SegmentFile, cut: Cut, digest: string): void {
    const place = this.#placeOf(segment);
    const state = stateOf(segment);
    const known = place.get(fileOf(segment));
    const digests = known?.state === state ? known.digests : new Map<string, string>();
    digests.set(`${cut.from} ${cut.to}`, digest);
    place.set(fileOf(segment), { state, digests });
  }

  /** Forgets files that are no part of the log any more. */
  forgetAllBut(segments: readonly SegmentFile[]): void {
    const files = new Set(segments.map(fileOf));
    for (const file of this.#remembered.keys()) if (!files.has(file)) this.#remembered.delete(file);
  }

  #placeOf({ changedMs }: SegmentFile): RememberedPieces {
    return Math.abs(this.#nowMs - changedMs) < SETTLED_MS ? this.#own : this.#remembered;
  }
}

/** Coarser than the clock of any file system. */
const SETTLED_MS = 2000;

function fileOf({ device, inode }: SegmentFile): string {
  return `${device} ${inode}`;
}

function stateOf({ size, changedMs }: SegmentFile): string {
  return `${size} ${changedMs}`;
}
