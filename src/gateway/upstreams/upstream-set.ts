import { isDeepStrictEqual } from 'node:util';
import type { UpstreamDefinition } from '../../upstream/definition.js';
import { connectionOpener, type ConnectionParts } from './open-connection.js';
import { SessionSlots } from './session-slots.js';
import { SupervisedUpstream } from './supervised-upstream.js';
import type { SupervisorParts, UpstreamStatus } from './supervisor-parts.js';

/** What a reload did to one upstream. */
export interface UpstreamChange {
  /** `redefined`: the same server under other settings; its connections stay. */
  readonly kind: 'added' | 'kept' | 'redefined' | 'replaced' | 'removed';
  /** The upstream in force; the one that left where it was removed. */
  readonly upstream: SupervisedUpstream;
  /** The one that drains where it was replaced. */
  readonly previous?: SupervisedUpstream;
}

export interface UpstreamSetParts extends ConnectionParts {
  /** Numbers from 0 up to, but without, 1. */
  readonly random: () => number;
  /** Told after each change of an upstream's state or trouble. */
  readonly onChange: (upstream: UpstreamStatus) => void;
}

/** All servers behind the gateway, by name, in the order of the config. */
export class UpstreamSet {
  readonly #parts: SupervisorParts;
  /** Those that are not in force any more and still end. */
  readonly #leaving = new Set<SupervisedUpstream>();
  #upstreams: ReadonlyMap<string, SupervisedUpstream> = new Map();
  #closed = false;

  constructor({ random, onChange, ...parts }: UpstreamSetParts) {
    const { clock, schedule, diagnostics } = parts;
    const open = connectionOpener(parts);
    this.#parts = { open, clock, schedule, diagnostics, random, slots: new SessionSlots(), onChange };
  }

  get(name: string): SupervisedUpstream | undefined {
    return this.#upstreams.get(name);
  }

  all(): readonly SupervisedUpstream[] {
    return [...this.#upstreams.values()];
  }

  /** The upstreams that keep `/readyz` from being ready: those that are down, and eager ones not yet up. */
  unready(): readonly UpstreamStatus[] {
    return this.all().filter(({ state, trouble, definition }) => {
      if (state === 'ready') return false;
      return (
        trouble !== null || (state === 'starting' && definition.start === 'eager') || state === 'stopped'
      );
    });
  }

  /**
   * Puts these definitions, of unique names, into force. What describes the same connection keeps it,
   * what changed is replaced while the old one drains, what is no longer there is closed, and eager
   * ones that are new are started, unless each session starts its own.
   */
  reconcile(definitions: readonly UpstreamDefinition[]): UpstreamChange[] {
    if (this.#closed) return [];
    const before = this.#upstreams;
    const changes = definitions.map((definition) => this.#change(before.get(definition.name), definition));
    const after = new Map(changes.map(({ upstream }) => [upstream.definition.name, upstream]));
    for (const [name, upstream] of before) {
      if (!after.has(name)) changes.push({ kind: 'removed', upstream });
    }
    this.#upstreams = after;
    for (const { kind, upstream, previous } of changes) {
      if (previous !== undefined) this.#leave(previous, previous.drain());
      if (kind === 'removed') this.#leave(upstream, upstream.close());
      else if (isStartedAhead(upstream.definition)) upstream.start();
    }
    return changes;
  }

  /** Ends all of them, those that still drain included, within 5 s. Nothing is started any more. */
  async closeAll(): Promise<void> {
    this.#closed = true;
    const all = [...this.all(), ...this.#leaving];
    await Promise.all(all.map((upstream) => upstream.close()));
  }

  #change(current: SupervisedUpstream | undefined, definition: UpstreamDefinition): UpstreamChange {
    if (current !== undefined && isDeepStrictEqual(current.definition, definition)) {
      return { kind: 'kept', upstream: current };
    }
    if (current !== undefined && sameConnection(current.definition, definition)) {
      current.redefine(definition);
      return { kind: 'redefined', upstream: current };
    }
    const upstream = new SupervisedUpstream(definition, this.#parts);
    return current === undefined
      ? { kind: 'added', upstream }
      : { kind: 'replaced', upstream, previous: current };
  }

  #leave(upstream: SupervisedUpstream, left: Promise<void>): void {
    this.#leaving.add(upstream);
    void left.then(() => this.#leaving.delete(upstream));
  }
}

function isStartedAhead({ start, isolation }: UpstreamDefinition): boolean {
  return start === 'eager' && isolation === 'shared';
}

function sameConnection(one: UpstreamDefinition, other: UpstreamDefinition): boolean {
  return one.isolation === other.isolation && isDeepStrictEqual(one.transport, other.transport);
}
