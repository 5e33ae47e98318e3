import { AUDIT_INVENTORY_WRITERS_MAX } from '../platform/bounds.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../platform/json.js';
import { eventDetail } from './event-detail.js';

/** What a file, or several that were removed one after the other, held of one writer. */
export interface WriterInventory {
  readonly writer: string;
  /** The `seq` of its first and of its last record there. */
  readonly first: number;
  readonly last: number;
  /** SHA-256, lowercase hex, of its last line without the line feed: the `prev` of what comes next. */
  readonly head: string;
  /** True where the last one says that it is the writer's end. */
  readonly ended?: true;
}

/** The writers that a `pruned` statement names; none for any other line. */
export function statedIn(line: Buffer): readonly WriterInventory[] {
  const writers = eventDetail(line, 'pruned')?.['writers'];
  return Array.isArray(writers) ? writers.filter(isJsonObject).flatMap(inventoryOf) : [];
}

/** The first number that a `records-lost` event says is not there; undefined for any other line. */
export function firstLostIn(line: Buffer): number | undefined {
  const first = eventDetail(line, 'records-lost')?.['first'];
  return typeof first === 'number' ? first : undefined;
}

/**
 * What a statement of a file says: its own writers, and of the statements that stand in the file and go with
 * it what is needed on. Numbers that follow each other become one entry, and where they do not, the gap stays.
 * Writers that ended need no statement, since nothing follows them. At most AUDIT_INVENTORY_WRITERS_MAX
 * entries, of those that are only carried on the newest.
 */
export function withCarried(
  own: readonly WriterInventory[],
  stated: readonly WriterInventory[],
): readonly WriterInventory[] {
  const byWriter = new Map<string, WriterInventory[]>();
  for (const entry of [...stated, ...own]) {
    const entries = byWriter.get(entry.writer);
    if (entries === undefined) byWriter.set(entry.writer, [entry]);
    else entries.push(entry);
  }
  const found = own.flatMap(({ writer }) => {
    const entries = joined(byWriter.get(writer) ?? []);
    byWriter.delete(writer);
    return entries;
  });
  const carried = [...byWriter.values()].flatMap(joined).filter(({ ended }) => ended !== true);
  const room = Math.max(0, AUDIT_INVENTORY_WRITERS_MAX - found.length);
  return [...found, ...(carried.length > room ? carried.slice(carried.length - room) : carried)];
}

function joined(entries: readonly WriterInventory[]): WriterInventory[] {
  const found: WriterInventory[] = [];
  for (const entry of entries.toSorted((one, other) => one.first - other.first || one.last - other.last)) {
    const before = found.at(-1);
    if (before === undefined || entry.first > before.last + 1) found.push(entry);
    else if (entry.last > before.last) found[found.length - 1] = { ...entry, first: before.first };
  }
  return found;
}

function inventoryOf(entry: JsonObject): WriterInventory[] {
  const { writer, first, last, head, ended } = entry as Readonly<Record<string, JsonValue>>;
  if (typeof writer !== 'string' || typeof head !== 'string') return [];
  if (typeof first !== 'number' || typeof last !== 'number') return [];
  return [{ writer, first, last, head, ...(ended === true ? { ended } : {}) }];
}
