import { ERROR_CODES } from '../../jsonrpc/error-codes.js';
import type { RequestMessage } from '../../jsonrpc/message.js';
import type { NameChange } from '../../jsonrpc/rewrite.js';
import { isJsonObject, member } from '../../platform/json.js';
import { GATEWAY_RELIST_MS } from '../../platform/bounds.js';
import type { Clock } from '../../platform/clock.js';
import type { ExposedNames } from '../merge/exposed-names.js';
import { LIST_KINDS } from '../merge/listing.js';
import type { Caller } from './caller.js';
import type { ClientRequest } from './client-request.js';
import type { Hub } from './hub.js';
import { MergedListen } from './merged-listen.js';
import { disagreeingHeader } from './parameter-check.js';
import { greet } from './greet.js';
import { setLevelEverywhere } from './set-level.js';
import { Lists, type LearnedNames } from './lists.js';
import { TaskRequests } from './task-requests.js';

const HEADER_MISMATCH = -32020;
/** 2025-11-25, server/resources, "Error Handling"; the modern era has -32602 in its place. */
const RESOURCE_NOT_FOUND = -32002;

/** Lists that were asked for on behalf of a name that nobody knew. */
interface Relisting {
  readonly sinceMs: number;
  readonly done: Promise<unknown>;
}

export interface RouterOptions {
  readonly hubs: () => readonly Hub[];
  readonly names: LearnedNames;
  readonly clock: Clock;
  readonly onDefect: (error: unknown) => void;
  /** Told of a request that reaches no server, and why. */
  readonly unrouted: (caller: Caller, request: ClientRequest, why: string) => void;
}

/** Decides which server a request is for. On a path of one server that is always this one. */
export class Router {
  readonly #hubs: () => readonly Hub[];
  readonly #names: LearnedNames;
  readonly #lists: Lists;
  readonly #tasks: TaskRequests;
  readonly #clock: Clock;
  readonly #unrouted: RouterOptions['unrouted'];
  readonly #onDefect: RouterOptions['onDefect'];
  /** When each caller's unknown name last had the servers asked for their lists, and whether they have answered. */
  readonly #listed = new WeakMap<Caller, Map<string, Relisting>>();

  constructor({ hubs, names, clock, unrouted, onDefect }: RouterOptions) {
    this.#onDefect = onDefect;
    this.#unrouted = unrouted;
    this.#hubs = hubs;
    this.#names = names;
    this.#lists = new Lists(hubs, names);
    this.#clock = clock;
    this.#tasks = new TaskRequests({ names, lists: this.#lists, hub: (name) => this.#hub(name), unrouted });
  }

  /** Sends a request where it belongs, or answers it. */
  route(caller: Caller, request: ClientRequest, only: Hub | null): void {
    const { method, params } = request.message;
    switch (method) {
      case 'ping':
        return request.post.result({});
      case 'initialize':
      case 'server/discover':
        return this.#soon(
          request,
          greet(caller, request, { hubs: only === null ? this.#hubs() : [only], single: only !== null }),
        );
    }
    if (this.#tasks.route(caller, request, only)) return;
    if (only !== null) {
      if (method === 'logging/setLevel' && !only.takesLevel(textAt(request.message, ['level']) ?? '')) {
        return request.post.result({});
      }
      return this.#forward(caller, only, request);
    }
    if (LIST_KINDS.has(method)) {
      // Merged lists come whole, so guard has never given out a cursor.
      if (params?.['cursor'] !== undefined) return this.#invalid(caller, request, 'this cursor is not known');
      const origin = request.post.originOf(request.message.id);
      const merged = this.#lists.merged({ caller, method, params, origin });
      return this.#soon(
        request,
        merged.then((line) => request.post.made(line)),
      );
    }
    switch (method) {
      case 'tasks/list':
        return this.#soon(request, this.#tasks.list(caller, request));
      case 'tools/call':
        return this.#named(caller, request, this.#names.tools, 'tools/list', ['name']);
      case 'prompts/get':
        return this.#named(caller, request, this.#names.prompts, 'prompts/list', ['name']);
      case 'completion/complete':
        return this.#completion(caller, request);
      case 'resources/read':
      case 'resources/subscribe':
      case 'resources/unsubscribe':
        return this.#resource(caller, request, ['uri']);
      case 'subscriptions/listen':
        return new MergedListen(caller, request).begin(this.#hubs());
      case 'logging/setLevel':
        return this.#soon(request, setLevelEverywhere(caller, request, this.#hubs()));
      default:
        return this.#other(caller, request);
    }
  }

  #named(
    caller: Caller,
    request: ClientRequest,
    names: ExposedNames,
    list: string,
    path: readonly [string, ...string[]],
  ): void {
    const name = textAt(request.message, path);
    if (name === undefined)
      return this.#invalid(caller, request, `expected \`${path.join('.')}\` to be a string`);
    const own = names.resolve(name);
    const hub = own === undefined ? undefined : this.#hub(own.upstream);
    if (own !== undefined && hub !== undefined) {
      const changed = own.name === name ? undefined : { path: ['params', ...path], value: own.name };
      return this.#forward(caller, hub, request, changed);
    }
    const listed = this.#relisted(caller, request, [list], () => {
      const found = names.resolve(name);
      if (found === undefined || this.#hub(found.upstream) === undefined)
        return this.#invalid(caller, request, `no server has "${name}"`);
      this.#named(caller, request, names, list, path);
    });
    this.#soon(request, listed);
  }

  /** Sends a request on, where the headers that repeat its arguments agree with them. */
  #forward(caller: Caller, hub: Hub, request: ClientRequest, name?: NameChange): void {
    const { message, post, headers } = request;
    if (post.modern && message.method === 'tools/call') {
      const tool = typeof name?.value === 'string' ? name.value : (textAt(message, ['name']) ?? '');
      const header = disagreeingHeader(hub.parameters.mirrorsOf(tool), message.params, headers);
      if (header !== undefined) {
        const detail = `Header mismatch: Mcp-Param-${header} does not match the body`;
        this.#unrouted(caller, request, detail);
        return post.error(HEADER_MISMATCH, detail);
      }
    }
    caller.forward(hub, request, name);
  }

  #completion(caller: Caller, request: ClientRequest): void {
    const ref = request.message.params === undefined ? undefined : member(request.message.params, 'ref');
    if (!isJsonObject(ref)) return this.#invalid(caller, request, 'expected `ref` to be an object');
    return typeof member(ref, 'uri') === 'string'
      ? this.#resource(caller, request, ['ref', 'uri'])
      : this.#named(caller, request, this.#names.prompts, 'prompts/list', ['ref', 'name']);
  }

  #resource(caller: Caller, request: ClientRequest, path: readonly [string, ...string[]]): void {
    const uri = textAt(request.message, path);
    if (uri === undefined)
      return this.#invalid(caller, request, `expected \`${path.join('.')}\` to be a string`);
    const hub = this.#resourceHub(uri);
    if (hub !== undefined) return caller.forward(hub, request);
    const listed = this.#relisted(caller, request, ['resources/list', 'resources/templates/list'], () => {
      const found = this.#resourceHub(uri);
      if (found !== undefined) return caller.forward(found, request);
      this.#unrouted(caller, request, 'no server lists this resource');
      const code = request.post.modern ? ERROR_CODES.invalidParams : RESOURCE_NOT_FOUND;
      request.post.error(code, 'guard: no server lists this resource', { uri });
    });
    this.#soon(request, listed);
    return;
  }

  #resourceHub(uri: string): Hub | undefined {
    const name = this.#names.resources.find(uri);
    return name === undefined ? undefined : this.#hub(name);
  }

  /** What names no server can be sent only where there is one. */
  #other(caller: Caller, request: ClientRequest): void {
    const [hub, ...others] = this.#hubs();
    if (hub !== undefined && others.length === 0) return caller.forward(hub, request);
    const { method } = request.message;
    this.#unrouted(caller, request, 'the method names no server');
    request.post.error(
      ERROR_CODES.methodNotFound,
      `guard: "${method}" names no server; use the server's own path`,
    );
    return;
  }

  #invalid(caller: Caller, request: ClientRequest, message: string): void {
    this.#unrouted(caller, request, message);
    request.post.error(ERROR_CODES.invalidParams, `guard: ${message}`);
    return;
  }

  /** Has the servers asked for their lists, for a name that is not known; not again shortly after. */
  async #relisted(
    caller: Caller,
    request: ClientRequest,
    methods: readonly string[],
    then: () => void,
  ): Promise<void> {
    const sinceMs = this.#clock.monotonicMs();
    const known = this.#listed.get(caller) ?? new Map<string, Relisting>();
    const key = methods.join(' ');
    let last = known.get(key);
    if (last === undefined || sinceMs - last.sinceMs >= GATEWAY_RELIST_MS) {
      const { _meta } = request.message.params ?? {};
      const params = _meta === undefined ? undefined : { _meta };
      const origin = request.post.originOf(request.message.id);
      const done = Promise.all(
        methods.map((method) => this.#lists.merged({ caller, method, params, origin })),
      );
      last = { sinceMs, done };
      this.#listed.set(caller, known.set(key, last));
    }
    await last.done;
    then();
  }

  /** Where something that takes time fails, its request is answered all the same. */
  #soon(request: ClientRequest, work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.#onDefect(error);
      request.post.error(ERROR_CODES.internalError, 'guard: this request failed inside guard');
    });
  }

  #hub(name: string): Hub | undefined {
    return this.#hubs().find((hub) => hub.name === name);
  }
}

function textAt(message: RequestMessage, path: readonly string[]): string | undefined {
  let value: unknown = message.params;
  for (const step of path) value = isJsonObject(value) ? member(value, step) : undefined;
  return typeof value === 'string' ? value : undefined;
}
