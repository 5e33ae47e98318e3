import { GATEWAY_CLIENT_TASKS_MAX } from '../../platform/bounds.js';
import { isJsonObject, member, type JsonObject } from '../../platform/json.js';
import type { Leg } from './leg.js';

/**
 * Tasks that a client made for what servers asked it (2025-11-25, basic/utilities/tasks). Only the server
 * that asked may come back to one; beyond the bound the oldest is forgotten.
 */
export class ClientTasks {
  readonly #legs = new Map<string, Leg>();

  /** Takes in a client's answer to a question that came over this leg. */
  answered(leg: Leg, line: Buffer): void {
    if (!line.includes('taskId')) return;
    const id = idIn(line, ['result', 'task']);
    if (id === undefined) return;
    this.#legs.delete(id);
    this.#legs.set(id, leg);
    if (this.#legs.size <= GATEWAY_CLIENT_TASKS_MAX) return;
    for (const oldest of this.#legs.keys()) return void this.#legs.delete(oldest);
  }

  /** Whether the server of this leg may put this question to the client. */
  mayAsk(leg: Leg, line: Buffer): boolean {
    const message = JSON.parse(line.toString('utf8')) as JsonObject;
    const method = member(message, 'method');
    if (typeof method !== 'string' || !method.startsWith('tasks/')) return true;
    const id = idIn(line, ['params']);
    return id !== undefined && this.#legs.get(id) === leg;
  }

  /** The one leg, if any, that a client's word about its task is for. */
  legsOf(line: Buffer): Leg[] {
    const id = idIn(line, ['params']);
    const leg = id === undefined ? undefined : this.#legs.get(id);
    return leg === undefined ? [] : [leg];
  }

  /** The server is gone, and with it what it asked. */
  forget(leg: Leg): void {
    for (const [id, owner] of this.#legs) if (owner === leg) this.#legs.delete(id);
  }
}

function idIn(line: Buffer, path: readonly string[]): string | undefined {
  let at: unknown = JSON.parse(line.toString('utf8'));
  for (const step of path) at = isJsonObject(at) ? member(at, step) : undefined;
  const id = isJsonObject(at) ? member(at, 'taskId') : undefined;
  return typeof id === 'string' ? id : undefined;
}
