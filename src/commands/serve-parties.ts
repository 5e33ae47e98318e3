import type { Parties } from '../conversation/conversation.js';
import type { CallerFacts } from '../gateway/core/caller.js';

/** Who talks with whom. Claims and scopes are those of the token that came with the request at hand; of nobody, nothing is known. */
export function partiesOf(server: string, caller: CallerFacts): Parties {
  const { session } = caller;
  const { agent } = caller.principal;
  return {
    server,
    agent,
    session,
    get claims() {
      return caller.principal.agent === undefined ? undefined : caller.principal.claims;
    },
    get scopes() {
      return caller.principal.agent === undefined ? undefined : caller.principal.scopes;
    },
  };
}
