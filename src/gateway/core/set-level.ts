import { isJsonObject, member } from '../../platform/json.js';
import { capabilitiesOf } from '../merge/greeting.js';
import type { Caller } from './caller.js';
import type { ClientRequest } from './client-request.js';
import type { Hub } from './hub.js';

/** Tells every server that logs, and is not more verbose already, of a client's level; it gets one answer. */
export async function setLevelEverywhere(
  caller: Caller,
  { message, post }: ClientRequest,
  hubs: readonly Hub[],
): Promise<void> {
  const { method, params = {} } = message;
  const level = member(params, 'level');
  await Promise.all(
    hubs.map(async (hub) => {
      try {
        const facts = await caller.serverFacts(hub);
        const logs = isJsonObject(member(capabilitiesOf(facts), 'logging'));
        if (logs && hub.takesLevel(typeof level === 'string' ? level : ''))
          await caller.ask(hub, method, params);
      } catch {
        // A server that cannot be reached hears of it with its next session.
      }
    }),
  );
  post.result({});
}
