import { hash } from 'node:crypto';
import { AUDIT_INVENTORY_WRITERS_MAX } from '../platform/bounds.js';
import { statedIn, type WriterInventory } from './carried.js';
import { checkCheckpoint, isCheckpoint, type KnownKeys } from './verify/check-checkpoint.js';

/**
 * What the `pruned` statements of a file say, as far as they are believed: anybody who can write to a log
 * can append one, so only those count that the writer's next record, a checkpoint, signs.
 */
export class Statements {
  /** What signed statements say; no more statements are taken from AUDIT_INVENTORY_WRITERS_MAX entries on. */
  readonly believed: WriterInventory[] = [];
  readonly #keys: KnownKeys;
  /** By writer: what its last record states, and the `prev` of the record that has to sign it. */
  readonly #unsigned = new Map<
    string,
    { readonly head: string; readonly entries: readonly WriterInventory[] }
  >();

  constructor(keys: KnownKeys) {
    this.#keys = keys;
  }

  /** Takes a record of the file, a line without its line feed, in the order of the file. */
  add(writer: string, line: Buffer): void {
    const stated = this.#unsigned.get(writer);
    if (stated !== undefined) {
      this.#unsigned.delete(writer);
      const isNext = line.includes(`,"prev":"${stated.head}",`);
      if (isNext && isCheckpoint(line) && checkCheckpoint(line, this.#keys) === 'signed')
        this.believed.push(...stated.entries);
    }
    if (this.believed.length >= AUDIT_INVENTORY_WRITERS_MAX) return;
    const entries = statedIn(line);
    if (entries.length > 0) this.#unsigned.set(writer, { head: hash('sha256', line, 'hex'), entries });
  }
}
