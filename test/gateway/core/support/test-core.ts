import type { AuditTrail } from '../../../../src/audit/trail.js';
import { GatewayCore, type FrontRefusal } from '../../../../src/gateway/core/core.js';
import { Hub } from '../../../../src/gateway/core/hub.js';
import { OpenExchanges } from '../../../../src/gateway/core/open-exchanges.js';
import type { McpExchange } from '../../../../src/gateway/http/port.js';
import type { Principal } from '../../../../src/gateway/identity/principal.js';
import { ExposedNames } from '../../../../src/gateway/merge/exposed-names.js';
import { ResourceRoutes } from '../../../../src/gateway/merge/resource-routes.js';
import { TaskRoutes } from '../../../../src/gateway/merge/task-routes.js';
import type { UpstreamTrouble } from '../../../../src/gateway/upstreams/failure.js';
import type { JsonObject } from '../../../../src/platform/json.js';
import type { RuleSource } from '../../../../src/policy/source.js';
import { heldTime, type HeldTime } from '../../../support/held-time.js';
import { conversations } from './conversations.js';
import { FakeReply } from './fake-reply.js';
import type { FakeServer } from './fake-server.js';

export function principal(agent: string): Principal {
  return { agent, key: `dev:${agent}`, scopes: [], claims: {} };
}

export const ADA = principal('ada');
export const BOB = principal('bob');

/** Why a server cannot be reached. */
export const DEAD: UpstreamTrouble = {
  failureClass: 'not-found',
  message: 'the server "dead" was not found',
};

interface Posting {
  readonly who?: Principal;
  readonly upstream?: string;
  readonly query?: string;
  readonly headers?: Record<string, string>;
}

/** A core with servers that the test plays, and the exchanges to talk to it. */
export interface TestCore {
  readonly core: GatewayCore;
  readonly hubs: readonly Hub[];
  readonly exchanges: OpenExchanges;
  readonly time: HeldTime;
  readonly refusals: FrontRefusal[];
  readonly defects: unknown[];
  readonly collisions: string[];
  readonly opened: readonly string[];
  readonly closed: readonly string[];
  /** Sends one exchange; a body that is no text is sent as JSON. */
  exchange(method: McpExchange['method'], body: string | JsonObject, posting?: Posting): FakeReply;
  post(body: string | JsonObject, posting?: Posting): FakeReply;
  /** The same on the paths of the old HTTP+SSE transport. */
  sse(method: McpExchange['method'], body: string | JsonObject, posting?: Posting): FakeReply;
}

export interface CoreSetup {
  readonly rules?: readonly RuleSource[];
  readonly separator?: string;
  /** The trail of each conversation; one in memory without. */
  readonly openTrail?: () => AuditTrail;
}

export function coreWith(servers: readonly FakeServer[], setup: CoreSetup = {}): TestCore {
  const time = heldTime();
  const exchanges = new OpenExchanges();
  const refusals: FrontRefusal[] = [];
  const defects: unknown[] = [];
  const collisions: string[] = [];
  const hubs = servers.map((server) => new Hub(server, exchanges, (error) => defects.push(error)));
  const isNamespaced = (name: string): boolean =>
    servers.find((server) => server.definition.name === name)?.definition.namespaced !== false;
  const names = {
    separator: setup.separator ?? '__',
    isNamespaced,
    onCollision: (exposed: string) => void collisions.push(exposed),
  };
  const { open, opened, closed } = conversations(time.clock, setup.rules ?? [], setup.openTrail);
  let handles = 0;
  const newHandle = (): string => `handle-${(handles += 1)}`;
  const core = new GatewayCore({
    hubs: () => hubs,
    names: {
      tools: new ExposedNames(names),
      prompts: new ExposedNames(names),
      resources: new ResourceRoutes({ onCollision: (uri) => void collisions.push(uri) }),
      tasks: new TaskRoutes({
        nowMs: () => time.clock.monotonicMs(),
        newHandle,
        onForgotten: ({ madeBy = 0 }) => exchanges.dropToken(madeBy),
      }),
    },
    exchanges,
    openConversation: open,
    refused: (refusal) => void refusals.push(refusal),
    onDefect: (error) => void defects.push(error),
    clock: time.clock,
    newHandle,
    clientFrameBytesMax: 1024 * 1024,
    serverFrameBytesMax: 1024 * 1024,
  });
  let requests = 0;
  const send =
    (handle: (exchange: McpExchange) => void): TestCore['exchange'] =>
    (method, body, { who = ADA, upstream, query = '', headers = {} } = {}) => {
      const reply = new FakeReply();
      handle({
        requestId: `request-${(requests += 1)}`,
        method,
        principal: who,
        upstream: upstream ?? null,
        query,
        headers,
        body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
        reply,
      });
      return reply;
    };
  const exchange = send((given) => core.handle(given));
  return {
    core,
    hubs,
    exchanges,
    time,
    refusals,
    defects,
    collisions,
    opened,
    closed,
    exchange,
    post: (body, posting) => exchange('POST', body, posting),
    sse: send((given) => core.handleSse(given)),
  };
}
