import { arrayElements } from '../../jsonrpc/array-elements.js';
import { jsonBytes, withValueAt } from '../../jsonrpc/rewrite.js';
import { spansAt } from '../../jsonrpc/splice.js';
import type { RequestMessage } from '../../jsonrpc/message.js';
import { isJsonObject, member, type JsonObject, type JsonValue } from '../../platform/json.js';
import { TASKS_EXTENSION } from '../merge/greeting.js';
import type { KnownTask, TaskPlace, TaskRoutes } from '../merge/task-routes.js';
import { envelopeMember } from '../eras/envelope.js';

/** Under which key a message says which task it belongs to (2025-11-25, basic/utilities/tasks). */
const RELATED = 'io.modelcontextprotocol/related-task';
const RELATED_IN_PARAMS = ['params', '_meta', RELATED, 'taskId'] as const;
const RELATED_IN_RESULT = ['result', '_meta', RELATED, 'taskId'] as const;
/** Requests whose answer describes one task. */
const DESCRIBING: ReadonlySet<string> = new Set(['tasks/get', 'tasks/cancel', 'tasks/update']);
const STATUS: ReadonlySet<unknown> = new Set(['notifications/tasks/status', 'notifications/tasks']);

/** The request that an answer belongs to, as far as tasks are concerned. */
export interface TaskAsking {
  /** The gateway's id. */
  readonly id: number;
  readonly method: string;
  /** Whether its client takes a task for an answer. */
  readonly takesTask: boolean;
  /** Whether it came on the path of all servers, where ids of tasks are the gateway's. */
  readonly merged: boolean;
  /** Told that the answer was a task. */
  made(): void;
}

/** The tasks that one server made for one caller: it may ask about these, and hears of no others. */
export class LegTasks {
  readonly #routes: TaskRoutes;
  readonly #place: TaskPlace;
  /** Whether other callers have tasks on the same connection. */
  readonly #isShared: boolean;

  constructor(routes: TaskRoutes, place: TaskPlace, isShared: boolean) {
    this.#routes = routes;
    this.#place = place;
    this.#isShared = isShared;
  }

  /** Whether the caller may name this id to the server itself. */
  mayName(id: string): boolean {
    return !this.#isShared || this.#routes.own(this.#place, id) !== undefined;
  }

  /** The server's ids of those of these tasks that are this caller's at this server. */
  ownIds(ids: readonly string[], merged: boolean): string[] {
    return ids.flatMap((id) => {
      if (!merged) return this.mayName(id) ? [id] : [];
      const task = this.#routes.find(id);
      return task !== undefined && this.#isOwn(task) ? [task.id] : [];
    });
  }

  /** One task of the server's list; undefined where it is another caller's. */
  listed(id: string): KnownTask | undefined {
    const known = this.#routes.own(this.#place, id);
    // Nobody else has tasks on a connection of the caller's own.
    return known ?? (this.#isShared ? undefined : this.#routes.learn(this.#place, id, undefined));
  }

  /** The server's answer as the client is to see it. */
  answered(line: Buffer, asking: TaskAsking): Buffer {
    const { method, takesTask, merged } = asking;
    if (method === 'tasks/list') return this.#isShared ? this.#ownOf(line) : line;
    if (DESCRIBING.has(method)) return this.#described(line, merged);
    const shown = takesTask ? this.#made(line, asking) : line;
    return merged && this.#routes.has(this.#place.owner) ? this.#renamed(shown, RELATED_IN_RESULT) : shown;
  }

  /**
   * What the server says beside its answers, as the client is to see it; undefined where it tells of a task
   * of another caller. `isOwn`: it belongs to a request of this caller.
   */
  told(line: Buffer, merged: boolean, isOwn = false): Buffer | undefined {
    if (!line.includes('taskId')) return line;
    const message = JSON.parse(line.toString('utf8')) as JsonObject;
    const params = objectAt(message, ['params']);
    const isStatus = STATUS.has(member(message, 'method'));
    const id = isStatus ? params?.['taskId'] : objectAt(message, RELATED_IN_PARAMS.slice(0, -1))?.['taskId'];
    if (typeof id !== 'string') return line;
    const known = this.listed(id);
    if (known === undefined) return isOwn && !isStatus ? line : undefined;
    if (isStatus) this.#routes.learn(this.#place, id, ttlOf(params));
    const path = isStatus ? ['params', 'taskId'] : RELATED_IN_PARAMS;
    return merged ? withValueAt(line, path, jsonBytes(known.exposed)) : line;
  }

  /** What the client answers the server, with the server's own id of the task that it belongs to. */
  fromClient(line: Buffer, merged: boolean): Buffer {
    if (!merged || !line.includes(RELATED)) return line;
    const id = textOf(line, RELATED_IN_RESULT);
    const task = id === undefined ? undefined : this.#routes.find(id);
    if (task === undefined || !this.#isOwn(task)) return line;
    return withValueAt(line, RELATED_IN_RESULT, jsonBytes(task.id));
  }

  /** The caller is gone. */
  leave(): void {
    this.#routes.leave(this.#place);
  }

  #isOwn({ connection, owner }: KnownTask): boolean {
    return connection === this.#place.connection && owner === this.#place.owner;
  }

  /** The answer that a task was made in place of the result. */
  #made(line: Buffer, asking: TaskAsking): Buffer {
    if (!line.includes('taskId')) return line;
    const result = objectAt(JSON.parse(line.toString('utf8')) as JsonObject, ['result']);
    const isModern = result?.['resultType'] === 'task';
    const task = isModern ? result : objectAt(result, ['task']);
    const own = task?.['taskId'];
    if (typeof own !== 'string') return line;
    const known = this.#routes.learn(this.#place, own, ttlOf(task), asking.id);
    if (known === undefined) return line;
    asking.made();
    const path = isModern ? ['result', 'taskId'] : ['result', 'task', 'taskId'];
    return asking.merged ? withValueAt(line, path, jsonBytes(known.exposed)) : line;
  }

  #described(line: Buffer, merged: boolean): Buffer {
    const result = objectAt(JSON.parse(line.toString('utf8')) as JsonObject, ['result']);
    const id = result?.['taskId'];
    if (typeof id !== 'string' || this.listed(id) === undefined) return line;
    const known = this.#routes.learn(this.#place, id, ttlOf(result));
    return merged && known !== undefined
      ? withValueAt(line, ['result', 'taskId'], jsonBytes(known.exposed))
      : line;
  }

  #renamed(line: Buffer, path: readonly string[]): Buffer {
    if (!line.includes(RELATED)) return line;
    const id = textOf(line, path);
    const known = id === undefined ? undefined : this.#routes.own(this.#place, id);
    return known === undefined ? line : withValueAt(line, path, jsonBytes(known.exposed));
  }

  /** A list without the tasks of others. */
  #ownOf(line: Buffer): Buffer {
    const result = objectAt(JSON.parse(line.toString('utf8')) as JsonObject, ['result']);
    const tasks = result?.['tasks'];
    const [span] = spansAt(line, ['result', 'tasks']);
    if (!Array.isArray(tasks) || span === undefined) return line;
    const places = arrayElements(line, span);
    const own = tasks.flatMap((task: JsonValue, index) => {
      const id = isJsonObject(task) ? task['taskId'] : undefined;
      const place = places[index];
      const isOwn = typeof id === 'string' && this.#routes.own(this.#place, id) !== undefined;
      return isOwn && place !== undefined ? [line.toString('utf8', place.start, place.end)] : [];
    });
    return withValueAt(line, ['result', 'tasks'], Buffer.from(`[${own.join(',')}]`));
  }
}

/** Whether a client takes a task for the answer to this request. */
export function takesTask({ method, params }: RequestMessage, modern: boolean): boolean {
  if (!modern) return params !== undefined && isJsonObject(params['task']);
  if (method !== 'tools/call' || params === undefined) return false;
  const capabilities = envelopeMember({ params }, 'clientCapabilities');
  return isJsonObject(capabilities) && objectAt(capabilities, ['extensions', TASKS_EXTENSION]) !== undefined;
}

/** How long the server keeps a task: `ttl` in the older era, `ttlMs` in the newer; null without end. */
function ttlOf(task: JsonObject | undefined): number | null | undefined {
  const ttl = task?.['ttlMs'] ?? task?.['ttl'];
  return typeof ttl === 'number' || ttl === null ? ttl : undefined;
}

function objectAt(value: JsonValue | undefined, path: readonly string[]): JsonObject | undefined {
  let at = value;
  for (const step of path) at = isJsonObject(at) ? member(at, step) : undefined;
  return isJsonObject(at) ? at : undefined;
}

function textOf(line: Buffer, path: readonly string[]): string | undefined {
  const [span] = spansAt(line, path);
  const value: unknown =
    span === undefined ? undefined : JSON.parse(line.toString('utf8', span.start, span.end));
  return typeof value === 'string' ? value : undefined;
}
