import { CANCELLED_MAX, PENDING_MAX } from '../platform/bounds.js';
import { PassingMap } from '../platform/passing-map.js';
import type { RpcId } from './message.js';

/**
 * Requests of one direction that wait for their answer, by id. A Map tells `1` and `"1"` apart,
 * as JSON-RPC does. Each entry leaves once: by its answer, or when the session ends.
 */
export class PendingRequests<Entry> {
  readonly #open = new PassingMap<RpcId, Entry>();
  readonly #cancelled = new Map<RpcId, Entry>();
  readonly #parked = new Map<RpcId, Entry>();

  /** Whether an answer to this id is still due, so that it cannot be used again. */
  has(id: RpcId): boolean {
    return this.#open.has(id) || this.#cancelled.has(id) || this.#parked.has(id);
  }

  /** Whether no further request fits. */
  get full(): boolean {
    return this.#open.size + this.#parked.size >= PENDING_MAX;
  }

  get size(): number {
    return this.#open.size;
  }

  add(id: RpcId, entry: Entry): void {
    this.#open.set(id, entry);
  }

  /** Keeps a request that was not sent on: its id is in use, and no answer to it can come. */
  park(id: RpcId, entry: Entry): void {
    this.#parked.set(id, entry);
  }

  /** Takes a parked request out. */
  unpark(id: RpcId): void {
    this.#parked.delete(id);
  }

  /** The entry without taking it; cancelled ones are not found. */
  peek(id: RpcId): Entry | undefined {
    return this.#open.get(id);
  }

  /** Takes the entry that this answer belongs to; undefined for an answer that nobody waits for. */
  take(id: RpcId): Entry | undefined {
    const entry = this.#open.take(id);
    if (entry !== undefined) return entry;
    const cancelled = this.#cancelled.get(id);
    if (cancelled !== undefined) this.#cancelled.delete(id);
    return cancelled;
  }

  /** The sender gave the request up. Its answer may come all the same; it is due no longer. */
  cancel(id: RpcId): Entry | undefined {
    const entry = this.#open.take(id);
    if (entry === undefined) return undefined;
    if (this.#cancelled.size >= CANCELLED_MAX) {
      const oldest = this.#cancelled.keys().next();
      if (oldest.done !== true) this.#cancelled.delete(oldest.value);
    }
    this.#cancelled.set(id, entry);
    return entry;
  }

  /** Every request that still waits, oldest first. */
  entries(): IterableIterator<[RpcId, Entry]> {
    return this.#open.entries();
  }

  /** Takes every request that still waits, oldest first. */
  drain(): [RpcId, Entry][] {
    const left = [...this.#open.entries(), ...this.#parked.entries()];
    this.#open.clear();
    this.#parked.clear();
    this.#cancelled.clear();
    return left;
  }
}
