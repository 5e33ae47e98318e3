import {
  GATEWAY_CALLER_TASKS_MAX,
  GATEWAY_TASK_GRACE_MS,
  GATEWAY_TASK_ID_CHARS_MAX,
  GATEWAY_TASK_KEPT_MS_MAX,
  GATEWAY_TASKS_MAX,
} from '../../platform/bounds.js';

/** Where a task lives, and whose it is. */
export interface TaskPlace {
  readonly upstream: string;
  /** Tells the server's connections apart: each has task ids of its own. */
  readonly connection: string;
  /** Who may ask about it. */
  readonly owner: string;
  /** Whether the owner can come back and prove to be the same. */
  readonly isLasting: boolean;
}

/** A task that a server made for a caller. */
export interface KnownTask extends Omit<TaskPlace, 'isLasting'> {
  /** The server's id. */
  readonly id: string;
  /** The id by which clients of all servers know it: it says nothing, and no other task has it. */
  readonly exposed: string;
  /** The request that made it, under the gateway's id; undefined where that is not known. */
  readonly madeBy: number | undefined;
}

interface Entry extends KnownTask {
  expiresMs: number;
}

export interface TaskRoutesOptions {
  readonly nowMs: () => number;
  /** A text that nobody can guess. */
  readonly newHandle: () => string;
  /** Told of a task that is forgotten. */
  readonly onForgotten?: (task: KnownTask) => void;
}

/**
 * Which server has which task, and for whom it was made. Only what a server answered to a caller's own
 * request makes a task that caller's; an id alone opens none (2025-11-25, basic/utilities/tasks, "Security").
 */
export class TaskRoutes {
  readonly #options: TaskRoutesOptions;
  readonly #byExposed = new Map<string, Entry>();
  /** By connection, then by the server's id. */
  readonly #byId = new Map<string, Map<string, Entry>>();
  /** By owner, the one that was heard of longest ago first. */
  readonly #byOwner = new Map<string, Set<Entry>>();

  constructor(options: TaskRoutesOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#byExposed.size;
  }

  /**
   * Takes in a task, or hears of it again; `ttlMs` is how long its server keeps it, null without end. A
   * server that gives an id away again means another task. Undefined where the id is too long to keep.
   */
  learn(
    place: TaskPlace,
    id: string,
    ttlMs: number | null | undefined,
    madeBy?: number,
  ): KnownTask | undefined {
    if (id.length > GATEWAY_TASK_ID_CHARS_MAX) return undefined;
    const known = this.own(place, id);
    if (known !== undefined && madeBy === undefined) return this.#heard(known as Entry, ttlMs);
    const before = this.#byId.get(place.connection)?.get(id);
    if (before !== undefined) this.#forget(before);
    this.#makeRoom(place.owner);
    const { upstream, connection, owner } = place;
    const exposed = this.#options.newHandle();
    return this.#heard({ upstream, connection, owner, id, exposed, madeBy, expiresMs: 0 }, ttlMs);
  }

  /** The task that a client of all servers names, where it is this owner's. */
  find(exposed: string): KnownTask | undefined {
    return this.#fresh(this.#byExposed.get(exposed));
  }

  /** The task that the server of this place names, where it is this owner's. */
  own({ connection, owner }: TaskPlace, id: string): KnownTask | undefined {
    const entry = this.#fresh(this.#byId.get(connection)?.get(id));
    return entry?.owner === owner ? entry : undefined;
  }

  /** Whether this owner has any. */
  has(owner: string): boolean {
    return this.#byOwner.has(owner);
  }

  /** Forgets the tasks of a server that is gone from the config. */
  forgetUpstream(upstream: string): void {
    for (const entry of this.#byExposed.values()) if (entry.upstream === upstream) this.#forget(entry);
  }

  /** Forgets the tasks of a caller who is gone, and whom nobody can prove to be again. */
  leave({ connection, owner, isLasting }: TaskPlace): void {
    if (isLasting) return;
    for (const entry of this.#byOwner.get(owner) ?? [])
      if (entry.connection === connection) this.#forget(entry);
  }

  /** Forgets what its server no longer keeps. */
  expire(): void {
    for (const entry of this.#byExposed.values()) this.#fresh(entry);
  }

  #fresh(entry: Entry | undefined): Entry | undefined {
    if (entry === undefined || this.#options.nowMs() < entry.expiresMs) return entry;
    this.#forget(entry);
    return undefined;
  }

  #heard(entry: Entry, ttlMs: number | null | undefined): KnownTask {
    const kept = typeof ttlMs === 'number' ? ttlMs + GATEWAY_TASK_GRACE_MS : GATEWAY_TASK_KEPT_MS_MAX;
    entry.expiresMs = this.#options.nowMs() + Math.min(Math.max(kept, 0), GATEWAY_TASK_KEPT_MS_MAX);
    this.#byExposed.set(entry.exposed, entry);
    placeIn(this.#byId, entry.connection, () => new Map<string, Entry>()).set(entry.id, entry);
    const own = placeIn(this.#byOwner, entry.owner, () => new Set<Entry>());
    own.delete(entry);
    own.add(entry);
    return entry;
  }

  #makeRoom(owner: string): void {
    const own = this.#byOwner.get(owner);
    if (own !== undefined && own.size >= GATEWAY_CALLER_TASKS_MAX) return this.#forgetOldest(own);
    if (this.#byExposed.size < GATEWAY_TASKS_MAX) return;
    let most = own;
    for (const tasks of this.#byOwner.values())
      if (most === undefined || tasks.size > most.size) most = tasks;
    if (most !== undefined) this.#forgetOldest(most);
  }

  #forgetOldest(tasks: ReadonlySet<Entry>): void {
    for (const oldest of tasks) return this.#forget(oldest);
  }

  #forget(entry: Entry): void {
    this.#byExposed.delete(entry.exposed);
    const ids = this.#byId.get(entry.connection);
    ids?.delete(entry.id);
    if (ids?.size === 0) this.#byId.delete(entry.connection);
    const own = this.#byOwner.get(entry.owner);
    own?.delete(entry);
    if (own?.size === 0) this.#byOwner.delete(entry.owner);
    this.#options.onForgotten?.(entry);
  }
}

function placeIn<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
