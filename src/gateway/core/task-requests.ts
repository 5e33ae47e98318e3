import { ERROR_CODES } from '../../jsonrpc/error-codes.js';
import { isJsonObject, member } from '../../platform/json.js';
import type { Caller } from './caller.js';
import type { ClientRequest } from './client-request.js';
import type { Hub } from './hub.js';
import type { Lists, LearnedNames } from './lists.js';
import { taskPlaceOf } from './task-place.js';

/** Requests that name one task: the older era's, and the newer one's extension. */
const NAMING: ReadonlySet<string> = new Set(['tasks/get', 'tasks/result', 'tasks/cancel', 'tasks/update']);

export interface TaskRequestsOptions {
  readonly names: LearnedNames;
  readonly lists: Lists;
  readonly hub: (name: string) => Hub | undefined;
  /** Told of a request that reaches no server, and why. */
  readonly unrouted: (caller: Caller, request: ClientRequest, why: string) => void;
}

/** Sends requests about tasks to the server that has the task, and to nobody for tasks of another caller. */
export class TaskRequests {
  readonly #options: TaskRequestsOptions;

  constructor(options: TaskRequestsOptions) {
    this.#options = options;
  }

  /** Whether the request is about a task and was routed, or answered. */
  route(caller: Caller, request: ClientRequest, only: Hub | null): boolean {
    const { message } = request;
    if (message.method === 'subscriptions/listen' && only !== null)
      return this.#listen(caller, request, only);
    if (!NAMING.has(message.method)) return false;
    const id = message.params === undefined ? undefined : member(message.params, 'taskId');
    if (typeof id !== 'string') this.#refuse(caller, request, 'expected `taskId` to be a string');
    else if (only === null) this.#merged(caller, request, id);
    else if (caller.legTo(only).tasks.mayName(id)) caller.forward(only, request);
    else this.#unknown(caller, request);
    return true;
  }

  /** Answers `tasks/list` of the path of all servers. */
  async list(caller: Caller, request: ClientRequest): Promise<void> {
    const { message, post } = request;
    const { method, params, id } = message;
    const cursor = params === undefined ? undefined : member(params, 'cursor');
    const query = { caller, method, params, origin: post.originOf(id) };
    if (cursor !== undefined && typeof cursor !== 'string') {
      return this.#refuse(caller, request, 'expected `cursor` to be a string');
    }
    const page = await this.#options.lists.tasks(query, cursor);
    switch (page.kind) {
      case 'page':
        return post.made(page.line);
      case 'unlisted':
        return this.#refuse(caller, request, 'no server lists its tasks', ERROR_CODES.methodNotFound);
      case 'unknown-cursor':
        return this.#refuse(caller, request, 'this cursor is not known');
    }
  }

  #merged(caller: Caller, request: ClientRequest, exposed: string): void {
    const task = this.#options.names.tasks.find(exposed);
    const hub = task === undefined ? undefined : this.#options.hub(task.upstream);
    if (task === undefined || hub === undefined || taskPlaceOf(hub, caller.facts).owner !== task.owner) {
      return this.#unknown(caller, request);
    }
    caller.forward(hub, request, { path: ['params', 'taskId'], value: task.id });
  }

  /** A client listens to its own tasks only; the others are taken out of what it asks for. */
  #listen(caller: Caller, request: ClientRequest, only: Hub): boolean {
    const { params } = request.message;
    const filter = params === undefined ? undefined : member(params, 'notifications');
    const ids = isJsonObject(filter) ? member(filter, 'taskIds') : undefined;
    if (!only.isShared || !Array.isArray(ids)) return false;
    const named = ids.filter((id) => typeof id === 'string');
    const value = caller.legTo(only).tasks.ownIds(named, false);
    caller.forward(only, request, { path: ['params', 'notifications', 'taskIds'], value });
    return true;
  }

  /** As if it did not exist (2025-11-25, basic/utilities/tasks, "Error Handling"): whose it is stays unsaid. */
  #unknown(caller: Caller, request: ClientRequest): void {
    this.#refuse(caller, request, 'there is no such task');
  }

  #refuse(
    caller: Caller,
    request: ClientRequest,
    why: string,
    code: number = ERROR_CODES.invalidParams,
  ): void {
    this.#options.unrouted(caller, request, why);
    request.post.error(code, `guard: ${why}`);
  }
}
