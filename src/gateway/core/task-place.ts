import type { TaskPlace } from '../merge/task-routes.js';
import type { CallerFacts } from './caller.js';

/**
 * Whose the tasks are that a server makes for a caller. A verified agent finds them again in its next
 * session, where its server is still the same; who cannot be told from others, in the one session only.
 */
export function taskPlaceOf(
  { name, isShared }: { readonly name: string; readonly isShared: boolean },
  { principal, session, era }: CallerFacts,
): TaskPlace {
  const isAgent = session === undefined || (isShared && principal.agent !== undefined);
  const owner = isAgent ? `${era} agent ${principal.key}` : `${era} session ${session}`;
  const connection = `${name} ${isShared ? era : owner}`;
  return { upstream: name, connection, owner, isLasting: isShared && isAgent };
}
