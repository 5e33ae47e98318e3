import { isJsonObject, type JsonObject, type JsonValue, member } from '../../platform/json.js';
import { statedIn } from '../carried.js';
import { eventDetail } from '../event-detail.js';
import type { Spot } from './finding.js';
import type { Place } from './read-place.js';

/** The last record of a chain as far as it is known. */
export interface Tail {
  readonly seq: number;
  readonly hash: string | null;
}

/** What a writer says it could not write: the numbers, and where its files may stand. */
export interface Loss {
  readonly first: number;
  readonly last: number;
  readonly heads: readonly Tail[];
}

/** Records of one writer, each of which follows the one before it in the file and in the chain. */
export interface Run {
  readonly firstSeq: number;
  readonly firstPrev: string | null;
  readonly firstSpot: Spot;
  readonly loss: Loss | undefined;
  /** True for records that were removed with a statement, of which only the ends are known. */
  readonly isPruned: boolean;
  lastSeq: number;
  /** What the last record names as the one before it. */
  lastPrev: string | null;
  lastHash: string;
  lastSpot: Spot;
  records: number;
}

/** A run of one record. */
export function startRun(place: Place, spot: Spot): Run {
  return {
    firstSeq: place.seq,
    firstPrev: place.prev,
    firstSpot: spot,
    loss: readLoss(place),
    isPruned: false,
    lastSeq: place.seq,
    lastPrev: place.prev,
    lastHash: place.hash,
    lastSpot: spot,
    records: 1,
  };
}

/** Whether a record with this place comes next. A gap has to be one that the record itself says. */
export function follows(tail: Tail, seq: number, prev: string | null, loss: () => Loss | undefined): boolean {
  if (prev === tail.hash && seq === tail.seq + 1) return true;
  if (seq <= tail.seq) return false;
  const said = loss();
  if (said === undefined || said.first > tail.seq + 1 || said.last !== seq - 1) return false;
  return prev === tail.hash || said.heads.some((head) => head.seq === tail.seq && head.hash === tail.hash);
}

/** What a `records-lost` event says; undefined for every other record. */
export function readLoss(place: Place): Loss | undefined {
  const detail = detailOf(place, 'records-lost');
  if (detail === undefined) return undefined;
  const [first, last, heads] = [member(detail, 'first'), member(detail, 'last'), member(detail, 'heads')];
  if (typeof first !== 'number' || typeof last !== 'number') return undefined;
  return { first, last, heads: Array.isArray(heads) ? heads.flatMap(readHead) : [] };
}

/** The writers of a file that was removed with a `pruned` statement, as runs that stood there. */
export function readPruned(place: Place, spot: Spot): readonly (readonly [string, Run])[] {
  if (place.type !== 'event') return [];
  return statedIn(place.bytes).map(({ writer, first, last, head }) => {
    const ends = {
      firstSeq: first,
      firstPrev: null,
      firstSpot: spot,
      lastSeq: last,
      lastPrev: null,
      lastHash: head,
      lastSpot: spot,
    };
    return [writer, { ...ends, loss: undefined, isPruned: true, records: 0 }] as const;
  });
}

/** Up to when the records of a removed file go, wall-clock milliseconds since 1970; NaN where nothing says so. */
export function prunedUntilMs(place: Place): number {
  const detail = detailOf(place, 'pruned');
  const until = detail === undefined ? undefined : member(detail, 'until');
  return typeof until === 'string' ? Date.parse(until) : Number.NaN;
}

function detailOf({ type, bytes }: Place, event: string): JsonObject | undefined {
  return type === 'event' ? eventDetail(bytes, event) : undefined;
}

function readHead(value: JsonValue): Tail[] {
  if (!isJsonObject(value)) return [];
  const { seq, hash } = value as JsonObject & { seq?: JsonValue; hash?: JsonValue };
  return typeof seq === 'number' && (hash === null || typeof hash === 'string') ? [{ seq, hash }] : [];
}
