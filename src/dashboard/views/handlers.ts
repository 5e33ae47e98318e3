import type { EndpointName } from '../contract.js';
import type { DashboardReply } from '../http/reply.js';
import { Stop } from '../http/reply.js';
import type { Caller } from '../login/gate.js';

/** A request whose caller, query and body were looked at. */
export interface Ask<Query = unknown, Body = unknown> {
  readonly reply: DashboardReply;
  /** Undefined only at the endpoints that are open. */
  readonly caller: Caller | undefined;
  /** What stood for `{id}`; empty where the path has none. */
  readonly id: string;
  /** As the endpoint's schema has it. */
  readonly query: Query;
  readonly body: Body;
}

// oxlint-disable typescript/no-explicit-any -- what each takes is what its schema let through: see dispatch.ts
/** What answers each endpoint; throws Stop where it cannot. */
export type Handlers = Readonly<Record<EndpointName, (ask: Ask<any, any>) => Promise<void> | void>>;

/** Who asks, where the endpoint is not open. */
export function callerOf({ caller }: Ask): Caller {
  if (caller === undefined) throw new Stop('unauthenticated', 'log in first');
  return caller;
}
