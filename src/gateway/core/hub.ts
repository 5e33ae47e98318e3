import { Catalog } from '../../mcp/catalog.js';
import { isJsonObject, member, type JsonObject } from '../../platform/json.js';
import type {
  Connection,
  ConnectionEvents,
  Era,
  ServerFacts,
  ServerMessage,
  SessionClient,
} from '../upstreams/connection.js';
import { GUARD_INFO } from '../upstreams/guard-info.js';
import type { SupervisedUpstream } from '../upstreams/supervised-upstream.js';
import { ParameterHeaders } from '../../upstream/remote/parameter-headers.js';
import { isMoreVerbose } from './log-level.js';
import type { Leg } from './leg.js';
import type { OpenExchanges } from './open-exchanges.js';
import { isFull, lossOf, OVERLOADED, type WaitingLines, Way, type WayOptions } from './way.js';

/** What callers need of an upstream; the supervisor is one. */
export type HubUpstream = Pick<SupervisedUpstream, 'definition' | 'trouble' | 'connect' | 'connectAlone'>;

/**
 * One server of the gateway and every leg to it. On a shared connection an answer goes to the leg
 * whose request it answers; what belongs to no request goes to every leg of that connection.
 */
export class Hub {
  readonly upstream: HubUpstream;
  /** What the server's lists showed; one for all callers, so that a change is noticed whoever lists. */
  readonly catalog = new Catalog();
  /** Which arguments of its tools modern clients repeat in headers. */
  readonly parameters = new ParameterHeaders();
  readonly #exchanges: OpenExchanges;
  readonly #onDefect: (error: unknown) => void;
  readonly #legs = new Set<Leg>();
  readonly #alone = new Map<Leg, Way>();
  /** The connection in the server's own era. */
  readonly #primary: Way;
  /** For clients of the older era, where the server speaks both: one connection has one era. */
  readonly #legacy: Way;
  readonly #chosen = new Map<Era, Way>();
  readonly #choosing = new Map<Era, Promise<Way>>();
  #undecided: WaitingLines[] = [];
  /** The log level that the shared server was told. */
  #level: string | undefined;

  constructor(upstream: HubUpstream, exchanges: OpenExchanges, onDefect: (error: unknown) => void) {
    this.#onDefect = onDefect;
    this.upstream = upstream;
    this.#exchanges = exchanges;
    this.#primary = this.#sharedWay((events) => upstream.connect(events));
    this.#legacy = this.#sharedWay((events) => upstream.connectAlone(events, GUARD_ITSELF));
  }

  get name(): string {
    return this.upstream.definition.name;
  }

  get isShared(): boolean {
    return this.upstream.definition.isolation === 'shared';
  }

  /** Takes a leg on; `client` says for whom a server is started alone. */
  attach(leg: Leg, client: SessionClient): void {
    this.#legs.add(leg);
    if (this.isShared) return;
    const connect = (events: ConnectionEvents): Promise<Connection> =>
      this.upstream.connectAlone(events, client);
    const frame: WayOptions['frame'] = (line, facts, message) => {
      this.#observe(line, message);
      leg.fromServer(line, facts.era, message);
      if (message.kind === 'answer') this.#exchanges.unreserve(message.id);
    };
    this.#alone.set(leg, new Way({ owner: leg, connect, frame, onDefect: this.#onDefect }));
  }

  /** Lets a leg go; its own server ends with it. */
  detach(leg: Leg): void {
    this.#legs.delete(leg);
    this.#undecided = this.#undecided.filter((entry) => entry.leg !== leg);
    this.#primary.forget(leg);
    this.#legacy.forget(leg);
    const own = this.#alone.get(leg);
    this.#alone.delete(leg);
    void own?.close();
  }

  /** Sends whole lines of a leg, now or when there is a connection; what cannot be sent is answered. */
  send(leg: Leg, lines: readonly Buffer[]): void {
    const way = this.#alone.get(leg) ?? this.#chosen.get(leg.era);
    if (way !== undefined) return way.send(leg, lines);
    if (isFull(this.#undecided, lines)) return leg.lost(OVERLOADED);
    this.#undecided.push({ leg, lines });
    this.#choose(leg.era).then(
      (chosen) => this.#decided(leg.era, (entry) => chosen.send(entry.leg, entry.lines)),
      (error: unknown) => this.#decided(leg.era, (entry) => entry.leg.lost(lossOf(error))),
    );
  }

  /**
   * Whether the server has to be told of a log level. One that all clients share keeps to the most
   * verbose that any of them asked for; what is below a session's own level is left out there.
   */
  takesLevel(level: string): boolean {
    if (!this.isShared) return true;
    if (this.#level !== undefined && !isMoreVerbose(level, this.#level)) return false;
    this.#level = level;
    return true;
  }

  /** Sends a line that is in the server's era already; without a connection it is dropped. */
  sendAsIs(leg: Leg, line: Buffer): void {
    (this.#alone.get(leg) ?? this.#chosen.get(leg.era))?.sendAsIs(line);
  }

  /** What the server said of itself to this leg; rejects where it cannot be reached. */
  async facts(leg: Leg): Promise<ServerFacts> {
    return (this.#alone.get(leg) ?? (await this.#choose(leg.era))).facts();
  }

  /** Whether an answer is still due on one of its legs. */
  get isBusy(): boolean {
    return Array.from(this.#legs).some((leg) => this.#exchanges.isBusy(leg));
  }

  /** Answers the requests that are older than the server's time limit. */
  expire(): void {
    for (const leg of this.#legs) leg.expire(this.upstream.definition.requestTimeoutMs);
  }

  async close(): Promise<void> {
    const ways = [this.#primary, this.#legacy, ...this.#alone.values()];
    await Promise.all(ways.map((way) => way.close()));
  }

  /** The shared connection for clients of an era. Where the server does not speak it, guard translates. */
  #choose(era: Era): Promise<Way> {
    const known = this.#chosen.get(era);
    if (known !== undefined) return Promise.resolve(known);
    const choosing = this.#choosing.get(era) ?? this.#look(era).finally(() => this.#choosing.delete(era));
    this.#choosing.set(era, choosing);
    return choosing;
  }

  async #look(era: Era): Promise<Way> {
    const facts = await this.#primary.facts();
    let way = this.#primary;
    if (facts.era === 'modern' && era === 'legacy') {
      const speaksIt = await this.#legacy.facts().then(
        () => true,
        () => false,
      );
      if (speaksIt) way = this.#legacy;
    }
    this.#chosen.set(era, way);
    return way;
  }

  #decided(era: Era, act: (entry: WaitingLines) => void): void {
    const entries = this.#undecided.filter(({ leg }) => leg.era === era);
    this.#undecided = this.#undecided.filter(({ leg }) => leg.era !== era);
    for (const entry of entries) act(entry);
  }

  #sharedWay(connect: WayOptions['connect']): Way {
    const way: Way = new Way({
      connect,
      onDefect: this.#onDefect,
      onGone: () => {
        this.#level = undefined;
      },
      frame: (line, facts, message) => this.#route(way, line, facts.era, message),
    });
    return way;
  }

  /** Learns from the tool lists that pass by. */
  #observe(line: Buffer, message: ServerMessage): void {
    if (message.kind !== 'answer' || this.#exchanges.get(message.id)?.method !== 'tools/list') return;
    const result = member(JSON.parse(line.toString('utf8')) as JsonObject, 'result');
    if (isJsonObject(result)) this.parameters.learn(result);
  }

  #route(way: Way, line: Buffer, era: Era, message: ServerMessage): void {
    this.#observe(line, message);
    if (message.kind === 'request') return;
    const related = message.kind === 'answer' ? message.id : relationOf(line);
    if (related !== undefined) {
      // Ids are easy to guess: what a server says of another one's request is dropped.
      const leg = this.#exchanges.legOf(related);
      if (leg !== undefined && this.#legs.has(leg) && this.#chosen.get(leg.era) === way)
        leg.fromServer(line, era, message);
      if (message.kind === 'answer') this.#exchanges.unreserve(message.id);
      return;
    }
    if (message.kind === 'answer') return;
    for (const leg of this.#legs) if (this.#chosen.get(leg.era) === way) leg.fromServer(line, era, message);
  }
}

/** What guard says of itself where it is the client of a shared connection: nothing needs a way back. */
const GUARD_ITSELF: SessionClient = {
  era: 'legacy',
  capabilities: {},
  clientInfo: GUARD_INFO,
};

/** The request that a notification belongs to: by its progress token, or by the subscription's id. */
function relationOf(line: Buffer): number | undefined {
  const params = member(JSON.parse(line.toString('utf8')) as JsonObject, 'params');
  if (!isJsonObject(params)) return undefined;
  const token = member(params, 'progressToken');
  if (typeof token === 'number') return token;
  const meta = member(params, '_meta');
  const id = isJsonObject(meta) ? member(meta, 'io.modelcontextprotocol/subscriptionId') : undefined;
  return typeof id === 'number' ? id : undefined;
}
