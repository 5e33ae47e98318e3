import { isJsonObject, member, type JsonObject } from '../../platform/json.js';
import { CATALOG_PAGES_MAX, GATEWAY_LIST_MS, GATEWAY_TASKS_PAGE } from '../../platform/bounds.js';
import type { ExposedNames } from '../merge/exposed-names.js';
import type { Origin } from '../../conversation/conversation.js';
import { capabilitiesOf } from '../merge/greeting.js';
import {
  LIST_KINDS,
  TASK_LIST,
  mergedList,
  readPage,
  renamedEntry,
  type ListKind,
  type ListPage,
} from '../merge/listing.js';
import type { ResourceRoutes } from '../merge/resource-routes.js';
import type { TaskRoutes } from '../merge/task-routes.js';
import type { Caller } from './caller.js';
import type { Hub } from './hub.js';

/** What the gateway learned from the lists of its servers. */
export interface LearnedNames {
  readonly tools: ExposedNames;
  readonly prompts: ExposedNames;
  readonly resources: ResourceRoutes;
  readonly tasks: TaskRoutes;
}

/** Which list a caller asks for. */
export interface ListQuery {
  readonly caller: Caller;
  readonly method: string;
  readonly params: JsonObject | undefined;
  /** What records say of the request. */
  readonly origin: Origin;
}

/** A page of tasks; or why there is none: no server lists its tasks, or the task at the cursor is gone. */
export type TaskPage =
  | { readonly kind: 'page'; readonly line: Buffer }
  | { readonly kind: 'unlisted' | 'unknown-cursor' };

/** Asks servers for their lists, in a caller's name, and makes one of them. */
export class Lists {
  readonly #hubs: () => readonly Hub[];
  readonly #names: LearnedNames;

  constructor(hubs: () => readonly Hub[], names: LearnedNames) {
    this.#hubs = hubs;
    this.#names = names;
  }

  /** The merged list, as an answer with the id 0. A server that does not answer in time is left out. */
  async merged(query: ListQuery): Promise<Buffer> {
    const { caller, method } = query;
    const kind = LIST_KINDS.get(method);
    // INVARIANT: only methods of LIST_KINDS are routed here.
    if (kind === undefined) throw new Error(`${method} is no list`);
    const lists = await Promise.all(
      this.#hubs().map(async (hub) => ({
        hub,
        pages: await this.#listOf(hub, kind, query),
      })),
    );
    // Who answers first has no say: a name that two servers want goes by the order of the config.
    if (kind.member === 'tools')
      for (const { hub, pages } of lists) if (pages.length > 0) this.#learnTools(hub);
    const entries = lists.flatMap(({ hub, pages }) =>
      pages.flatMap((page) => page.entries.flatMap(({ key, bytes }) => this.#shown(hub, kind, key, bytes))),
    );
    const pages = lists.flatMap((list) => list.pages);
    const ttlMs = pages.length === 0 ? 0 : Math.min(...pages.map((page) => page.ttlMs));
    return mergedList({ kind, entries, modern: caller.facts.era === 'modern', ttlMs });
  }

  /**
   * A page of the tasks that all servers made for this caller, as an answer with the id 0: the page behind
   * the task that the cursor names, or the first.
   */
  async tasks(query: ListQuery, cursor: string | undefined): Promise<TaskPage> {
    const lists = await Promise.all(
      this.#hubs().map(async (hub) => {
        const pages = await this.#listOf(hub, TASK_LIST, query);
        if (pages.length === 0) return undefined;
        const { tasks } = query.caller.legTo(hub);
        return pages.flatMap((page) =>
          page.entries.flatMap(({ key, bytes }) => {
            const task = tasks.listed(key);
            if (task === undefined) return [];
            return [{ exposed: task.exposed, bytes: renamedEntry(bytes, 'taskId', task.exposed) }];
          }),
        );
      }),
    );
    const listing = lists.filter((list) => list !== undefined);
    if (listing.length === 0) return { kind: 'unlisted' };
    const all = listing.flat();
    const from = cursor === undefined ? 0 : all.findIndex(({ exposed }) => exposed === cursor) + 1;
    if (cursor !== undefined && from === 0) return { kind: 'unknown-cursor' };
    const page = all.slice(from, from + GATEWAY_TASKS_PAGE);
    const nextCursor = from + page.length < all.length ? page.at(-1)?.exposed : undefined;
    const entries = page.map(({ bytes }) => bytes);
    return {
      kind: 'page',
      line: mergedList({ kind: TASK_LIST, entries, modern: false, ttlMs: 0, nextCursor }),
    };
  }

  /** An entry as clients see it; none where its name or address is another server's. */
  #shown(hub: Hub, kind: ListKind, key: string, bytes: Buffer): Buffer[] {
    const { tools, prompts, resources } = this.#names;
    if (kind.key === 'uri' || kind.key === 'uriTemplate')
      return resources.learn(kind.key, key, hub.name) ? [bytes] : [];
    const exposed = (kind.member === 'tools' ? tools : prompts).expose({ upstream: hub.name, name: key });
    if (exposed === undefined) return [];
    return [exposed === key ? bytes : renamedEntry(bytes, 'name', exposed)];
  }

  /** Learns the names of hidden tools too: who calls one is to hear what policy says. */
  #learnTools(hub: Hub): void {
    for (const name of hub.catalog.names()) this.#names.tools.expose({ upstream: hub.name, name });
  }

  async #listOf(
    hub: Hub,
    kind: ListKind,
    { caller, method, params, origin }: ListQuery,
  ): Promise<ListPage[]> {
    const pages: ListPage[] = [];
    const deadline = delayed(GATEWAY_LIST_MS);
    try {
      const facts = await Promise.race([caller.serverFacts(hub), deadline.over]);
      if (facts === null || !isJsonObject(member(capabilitiesOf(facts), kind.capability))) return [];
      let cursor: string | undefined;
      do {
        const asked = caller.ask(hub, method, pageParams(params, cursor), origin);
        const line = await Promise.race([asked, deadline.over]);
        const page = line === null ? undefined : readPage(line, kind);
        if (page === undefined) break;
        pages.push(page);
        cursor = page.nextCursor;
      } while (cursor !== undefined && pages.length < CATALOG_PAGES_MAX);
      return pages;
    } catch {
      // A server that cannot be reached is left out; its supervisor says so.
      return [];
    } finally {
      deadline.cancel();
    }
  }
}

/** The parameters for one page: the client's own, without its cursor and its progress token. */
function pageParams(params: JsonObject | undefined, cursor: string | undefined): JsonObject {
  const { cursor: _own, _meta, ...rest } = params ?? {};
  const { progressToken: _token, ...meta } = isJsonObject(_meta) ? _meta : {};
  return {
    ...rest,
    ...(Object.keys(meta).length === 0 ? {} : { _meta: meta }),
    ...(cursor === undefined ? {} : { cursor }),
  };
}

function delayed(timeoutMs: number): { readonly over: Promise<null>; readonly cancel: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), timeoutMs);
  });
  return { over, cancel: () => clearTimeout(timer) };
}
