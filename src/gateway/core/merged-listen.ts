import { isJsonObject, member, type JsonObject, type JsonValue } from '../../platform/json.js';
import { notificationFrame, resultFrame } from '../../jsonrpc/replies.js';
import { withValueAt } from '../../jsonrpc/rewrite.js';
import { GATEWAY_ACKNOWLEDGE_MS } from '../../platform/bounds.js';
import { SUBSCRIPTION_ID } from '../eras/envelope.js';
import type { Caller } from './caller.js';
import type { ClientRequest } from './client-request.js';
import type { Hub } from './hub.js';
import type { LegTasks } from './leg-tasks.js';

const ACKNOWLEDGED = 'notifications/subscriptions/acknowledged';
/** What a client listens for, and the list that it names. */
const LISTS = [
  ['toolsListChanged', 'tools'],
  ['promptsListChanged', 'prompts'],
  ['resourcesListChanged', 'resources'],
] as const;
/** Where a filter names the tasks that a client listens to (2026-07-28, extensions/tasks). */
const TASK_IDS = 'taskIds';
const TAG = ['params', '_meta', SUBSCRIPTION_ID] as const;

/**
 * One `subscriptions/listen` of a modern client on all servers (2026-07-28,
 * basic/patterns/subscriptions): one acknowledgement for all of them, then whatever any of them tells.
 */
export class MergedListen {
  readonly #caller: Caller;
  readonly #request: ClientRequest;
  readonly #open = new Set<number>();
  /** Servers that have neither acknowledged nor refused. */
  #waiting = 0;
  #granted: Record<string, JsonValue> = {};
  #early: Buffer[] = [];
  #acknowledged = false;

  constructor(caller: Caller, request: ClientRequest) {
    this.#caller = caller;
    this.#request = request;
  }

  begin(hubs: readonly Hub[]): void {
    const { message, post, forwarded } = this.#request;
    const origin = post.originOf(message.id);
    this.#waiting = hubs.length;
    this.#caller.listens.add(this);
    for (const hub of hubs) {
      const { tasks } = this.#caller.legTo(hub);
      const id = this.#caller.start(hub, message.method, ofServer(message.params ?? {}, tasks), origin, {
        clientId: post.id,
        answered: () => this.#ended(id),
        related: (line) => this.#told(line, tasks),
        dropped: () => void this.#caller.listens.delete(this),
      });
      this.#open.add(id);
      forwarded(id);
    }
    if (hubs.length === 0) return this.#end();
    setTimeout(() => this.#acknowledge(), GATEWAY_ACKNOWLEDGE_MS).unref();
  }

  /** Tells the client of each list that it listens for. */
  listsChanged(): void {
    const { post } = this.#request;
    for (const [flag, list] of LISTS) {
      if (this.#granted[flag] !== true) continue;
      const frame = notificationFrame(`notifications/${list}/list_changed`, {
        _meta: { [SUBSCRIPTION_ID]: 0 },
      });
      post.related(withValueAt(frame, TAG, post.id));
    }
  }

  #told(line: Buffer, tasks: LegTasks): void {
    const message = JSON.parse(line.toString('utf8')) as JsonObject;
    if (member(message, 'method') === ACKNOWLEDGED) return this.#granting(member(message, 'params'), tasks);
    const shown = tasks.told(line, true);
    if (shown === undefined) return;
    if (this.#acknowledged) this.#request.post.related(shown);
    else this.#early.push(shown);
  }

  #granting(params: JsonValue | undefined, tasks: LegTasks): void {
    const granted = isJsonObject(params) ? member(params, 'notifications') : undefined;
    for (const [key, own] of isJsonObject(granted) ? Object.entries(granted) : []) {
      const value = key === TASK_IDS ? exposedIds(own, tasks) : own;
      const before = this.#granted[key];
      this.#granted[key] =
        Array.isArray(value) && Array.isArray(before) ? [...new Set([...before, ...value])] : value;
    }
    this.#waiting -= 1;
    if (this.#waiting <= 0) this.#acknowledge();
  }

  #ended(id: number): void {
    this.#open.delete(id);
    if (!this.#acknowledged) {
      this.#waiting -= 1;
      if (this.#waiting <= 0) this.#acknowledge();
    }
    if (this.#open.size === 0) this.#end();
  }

  #acknowledge(): void {
    if (this.#acknowledged) return;
    this.#acknowledged = true;
    const { post } = this.#request;
    const frame = notificationFrame(ACKNOWLEDGED, {
      notifications: this.#granted,
      _meta: { [SUBSCRIPTION_ID]: 0 },
    });
    post.related(withValueAt(frame, TAG, post.id));
    for (const line of this.#early) post.related(line);
    this.#early = [];
  }

  /** No server is left: the end of the subscription is its result. */
  #end(): void {
    this.#acknowledge();
    this.#caller.listens.delete(this);
    const { post } = this.#request;
    const result = resultFrame(0, { resultType: 'complete', _meta: { [SUBSCRIPTION_ID]: 0 } });
    post.made(withValueAt(result, ['result', '_meta', SUBSCRIPTION_ID], post.id));
  }
}

/** What a client listens for, with the tasks of this server under the server's own ids. */
function ofServer(params: JsonObject, tasks: LegTasks): JsonObject {
  const filter = member(params, 'notifications');
  const ids = isJsonObject(filter) ? member(filter, TASK_IDS) : undefined;
  if (!isJsonObject(filter) || !Array.isArray(ids)) return params;
  const own = tasks.ownIds(
    ids.filter((id) => typeof id === 'string'),
    true,
  );
  return { ...params, notifications: { ...filter, [TASK_IDS]: own } };
}

function exposedIds(ids: JsonValue, tasks: LegTasks): JsonValue {
  if (!Array.isArray(ids)) return [];
  return ids.flatMap((id) => (typeof id === 'string' ? (tasks.listed(id)?.exposed ?? []) : []));
}
