import { ERROR_CODES } from '../../jsonrpc/error-codes.js';
import { member } from '../../platform/json.js';
import { GATEWAY_GREETING_MS } from '../../platform/bounds.js';
import { messageOf } from '../../platform/errors.js';
import { discoverResult, initializeResult, type KnownServer } from '../merge/greeting.js';
import type { Caller } from './caller.js';
import type { ClientRequest } from './client-request.js';
import type { Hub } from './hub.js';

/** The servers that a greeting speaks for; `single` on the path of one server, which speaks for itself. */
export interface Greeted {
  readonly hubs: readonly Hub[];
  readonly single: boolean;
}

/** Answers `initialize` or `server/discover` for servers that guard has shaken hands with itself. */
export async function greet(
  caller: Caller,
  request: ClientRequest,
  { hubs, single }: Greeted,
): Promise<void> {
  const { message, post } = request;
  const servers = await known(caller, hubs);
  const [only] = hubs;
  if (single && only !== undefined && servers.length === 0) {
    request.ungreeted?.();
    const failureClass = only.upstream.trouble?.failureClass ?? 'unreachable';
    return post.error(ERROR_CODES.internalError, `guard: the server "${only.name}" cannot be reached`, {
      failure_class: failureClass,
    });
  }
  const asked = message.params === undefined ? undefined : member(message.params, 'protocolVersion');
  const result =
    message.method === 'initialize'
      ? initializeResult(servers, single, asked)
      : discoverResult(servers, single);
  for (const hub of hubs) caller.greeted(hub, request, result);
  post.result(result);
}

/** The servers that answer in time. */
async function known(caller: Caller, hubs: readonly Hub[]): Promise<KnownServer[]> {
  const found = await Promise.all(
    hubs.map(async (hub): Promise<KnownServer | string> => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<string>((resolve) => {
        timer = setTimeout(() => resolve('it does not answer'), GATEWAY_GREETING_MS);
      });
      const facts = caller.serverFacts(hub).then((said) => ({ name: hub.name, facts: said }), messageOf);
      const first = await Promise.race([facts, late]);
      clearTimeout(timer);
      return first;
    }),
  );
  return found.filter((one) => typeof one !== 'string');
}
