import * as z from 'zod/mini';
import { count, named, time } from './shapes.js';

/** A tool of a server and what policy makes of a call without arguments of nobody in particular. */
const toolShape = named(
  'Tool',
  z.object({
    /** The server's own name of it. */
    name: z.string(),
    /** The server's claims; absent ones as the protocol's defaults, which are the worst. */
    hints: z.object({
      read_only: z.boolean(),
      destructive: z.boolean(),
      idempotent: z.boolean(),
      open_world: z.boolean(),
    }),
    standing: z.enum(['listed', 'drifted']),
    policy: z.object({
      /** allow, deny, require_approval, limit; `depends` where arguments, agents or scopes decide. */
      decision: z.enum(['allow', 'deny', 'require_approval', 'limit', 'depends']),
      layer: z.nullable(z.string()),
      rule: z.nullable(z.string()),
      reason: z.nullable(z.string()),
    }),
  }),
);
export type Tool = z.infer<typeof toolShape>;

const serverShape = named(
  'Server',
  z.object({
    name: z.string(),
    kind: z.enum(['stdio', 'http', 'unknown']),
    /** Of `guard serve`: idle, starting, ready, …; of one that this machine knows: `running`, `not running`. */
    state: z.string(),
    trouble: z.nullable(z.string()),
    /** Null where guard has not seen the list. */
    tools: z.nullable(z.array(toolShape)),
    /** Tools that were listed and are not in `tools`: there are too many. */
    more: count,
    /** When its list was last seen, where that is not known to be now. */
    seen: z.nullable(time),
    /** Calls that wait for a person. */
    pending: count,
    /** Of a guard on this machine: since when, and its process. */
    since: z.nullable(time),
    pid: z.nullable(count),
    /** Whether a kill switch stops it. */
    stopped: z.boolean(),
  }),
);
export type Server = z.infer<typeof serverShape>;

/** GET /api/v1/servers */
export const serversShape = named('Servers', z.object({ servers: z.array(serverShape) }));
export type Servers = z.infer<typeof serversShape>;
