import { setTimeout as delay } from 'node:timers/promises';
import { GATEWAY_DRAIN_LOOK_MS, GATEWAY_TICK_MS, UPSTREAM_DRAIN_MS } from '../platform/bounds.js';
import type { Clock } from '../platform/clock.js';
import type { UpstreamDefinition } from '../upstream/definition.js';
import { GatewayCore, type CoreOptions } from './core/core.js';
import { Hub } from './core/hub.js';
import { OpenExchanges } from './core/open-exchanges.js';
import { ExposedNames, type OwnName } from './merge/exposed-names.js';
import { ResourceRoutes } from './merge/resource-routes.js';
import { TaskRoutes } from './merge/task-routes.js';
import type { UpstreamSet } from './upstreams/upstream-set.js';

export interface GatewayOptions extends Omit<CoreOptions, 'hubs' | 'names' | 'exchanges'> {
  readonly upstreams: UpstreamSet;
  /** What stands between a server's name and a tool's. */
  readonly separator: string;
  /** Told of a name or an address of one server that is left out, since another server has it. */
  readonly onCollision: (what: string, first: string, second: string) => void;
  /** Told how many sessions are open, now and then. */
  readonly onSessions: (count: number) => void;
  readonly clock: Clock;
}

interface RetiredHub {
  readonly hub: Hub;
  readonly sinceMs: number;
}

/** The servers and the callers of `guard serve`, put together. HTTP, identity and policy come from outside. */
export class Gateway {
  readonly core: GatewayCore;
  readonly exchanges = new OpenExchanges();
  readonly #options: GatewayOptions;
  readonly #names;
  readonly #ticker: NodeJS.Timeout;
  #hubs: readonly Hub[] = [];
  #retired: RetiredHub[] = [];

  constructor(options: GatewayOptions) {
    this.#options = options;
    const { separator, onCollision } = options;
    const names = {
      separator,
      isNamespaced: (upstream: string): boolean =>
        options.upstreams.get(upstream)?.definition.namespaced !== false,
      onCollision: (exposed: string, first: OwnName, second: OwnName): void =>
        onCollision(`the name "${exposed}"`, first.upstream, second.upstream),
    };
    this.#names = {
      tools: new ExposedNames(names),
      prompts: new ExposedNames(names),
      resources: new ResourceRoutes({
        onCollision: (uri, first, second) => onCollision(`the resource ${uri}`, first, second),
      }),
      tasks: new TaskRoutes({
        nowMs: () => options.clock.monotonicMs(),
        newHandle: options.newHandle,
        onForgotten: ({ madeBy }) => {
          if (madeBy !== undefined) this.exchanges.dropToken(madeBy);
        },
      }),
    };
    this.core = new GatewayCore({
      ...options,
      hubs: () => this.#hubs,
      names: this.#names,
      exchanges: this.exchanges,
    });
    this.#ticker = setInterval(() => this.#tick(), GATEWAY_TICK_MS);
  }

  get hubs(): readonly Hub[] {
    return this.#hubs;
  }

  /** Puts these servers into force. Those that did not change keep their connections. */
  reconcile(definitions: readonly UpstreamDefinition[]): void {
    const before = new Map(this.#hubs.map((hub) => [hub.name, hub]));
    const changes = this.#options.upstreams.reconcile(definitions);
    const hubs: Hub[] = [];
    for (const { kind, upstream } of changes) {
      const { name } = upstream.definition;
      const old = before.get(name);
      if (kind === 'removed') {
        if (old !== undefined) this.#leave(old, 'the server was removed from the config');
        this.#forget(name);
      } else if (old === undefined || kind === 'added' || kind === 'replaced') {
        if (old !== undefined) this.#retired.push({ hub: old, sinceMs: this.#options.clock.monotonicMs() });
        if (kind === 'replaced') this.#forget(name);
        hubs.push(new Hub(upstream, this.exchanges, this.#options.onDefect));
      } else {
        hubs.push(old);
      }
    }
    this.#hubs = hubs;
  }

  /** Tells every client that the config changed what the lists may hold. */
  listsChanged(): void {
    for (const one of this.core.sessions.everyone()) one.listsChanged();
  }

  /** Resolves when nothing is open any more, or after `timeoutMs`. */
  async drained(timeoutMs: number): Promise<void> {
    const endMs = this.#options.clock.monotonicMs() + timeoutMs;
    while (this.exchanges.size > 0 && this.#options.clock.monotonicMs() < endMs)
      await delay(GATEWAY_DRAIN_LOOK_MS);
  }

  /** Answers what is open, ends every session and every connection. */
  async close(why: string): Promise<void> {
    clearInterval(this.#ticker);
    this.core.close(why);
    await Promise.all([...this.#hubs, ...this.#retired.map(({ hub }) => hub)].map((hub) => hub.close()));
    await this.#options.upstreams.closeAll();
  }

  #tick(): void {
    const nowMs = this.#options.clock.monotonicMs();
    for (const hub of this.#hubs) hub.expire();
    for (const { hub, sinceMs } of this.#retired) {
      if (hub.isBusy && nowMs - sinceMs < UPSTREAM_DRAIN_MS) continue;
      this.#leave(hub, "the server's config changed");
      this.#retired = this.#retired.filter((one) => one.hub !== hub);
    }
    this.core.sessions.expire();
    this.#names.tasks.expire();
    this.#options.onSessions(this.core.sessions.size);
  }

  #leave(hub: Hub, why: string): void {
    for (const one of this.core.sessions.everyone()) one.caller.leave(hub, why);
    void hub.close();
  }

  #forget(name: string): void {
    this.#names.tools.forget(name);
    this.#names.prompts.forget(name);
    this.#names.resources.forget(name);
    this.#names.tasks.forgetUpstream(name);
  }
}
