import { UPSTREAM_DRAIN_MS, UPSTREAM_STABLE_MS } from '../../platform/bounds.js';
import type { UpstreamDefinition } from '../../upstream/definition.js';
import { ConnectionHandle } from './connection-handle.js';
import type {
  Connection,
  ConnectionEvents,
  OwnedConnection,
  SessionClient,
  SharedConnection,
} from './connection.js';
import {
  failureOf,
  stoppedFailure,
  troubleOf,
  UpstreamUnavailable,
  type FailureClass,
  type UpstreamTrouble,
} from './failure.js';
import type { EraPlan } from './handshake.js';
import { RestartTimer } from './restart-timer.js';
import { SessionConnections } from './session-connections.js';
import type { SupervisorParts, UpstreamState, UpstreamStatus } from './supervisor-parts.js';

/** One server behind the gateway: started when it is needed, started again when it fails. */
export class SupervisedUpstream implements UpstreamStatus {
  readonly #parts: SupervisorParts;
  readonly #restarts: RestartTimer;
  readonly #sessions: SessionConnections;
  readonly #abort = new AbortController();
  #definition: UpstreamDefinition;
  #state: UpstreamState = 'idle';
  #trouble: UpstreamTrouble | null = null;
  #plan: EraPlan = 'probe';
  #connection: OwnedConnection | null = null;
  #starting: Promise<OwnedConnection> | null = null;
  #handle: ConnectionHandle | null = null;
  #wanted = false;
  #closing: Promise<void> | undefined;

  constructor(definition: UpstreamDefinition, parts: SupervisorParts) {
    this.#definition = definition;
    this.#parts = parts;
    this.#restarts = new RestartTimer({ ...parts, onDue: () => this.#retry() });
    this.#sessions = new SessionConnections(parts.open, parts.slots, this.#abort.signal);
  }

  get definition(): UpstreamDefinition {
    return this.#definition;
  }

  get state(): UpstreamState {
    return this.#state;
  }

  get trouble(): UpstreamTrouble | null {
    return this.#trouble;
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  /** Starts it ahead of the first request; how that goes shows in `state`. */
  start(): void {
    if (this.#state === 'idle') this.#start().catch(() => undefined);
  }

  /** Takes over a definition that describes the same connection. */
  redefine(definition: UpstreamDefinition): void {
    this.#definition = definition;
  }

  /**
   * The shared connection, started when need be. One listener at a time. Rejects with
   * UpstreamUnavailable: it could not be started, or is left alone for longer than UPSTREAM_PATIENCE_MS.
   */
  async connect(events: ConnectionEvents): Promise<SharedConnection> {
    const connection = await this.#ready(true);
    if (this.#connection !== connection) throw this.#unavailable();
    if (this.#handle !== null) throw new Error(`two listeners on the upstream ${this.#definition.name}`);
    const handle = new ConnectionHandle(connection, events, () => {
      this.#handle = null;
      return Promise.resolve();
    });
    this.#handle = handle;
    return handle;
  }

  /** A connection for one session alone, told of its client. Rejects like `connect`, and where there are too many. */
  async connectAlone(events: ConnectionEvents, client: SessionClient): Promise<Connection> {
    if (this.#state === 'waiting' || this.#state === 'broken') await this.#patience();
    if (this.#state === 'stopped') throw stoppedFailure(this.#definition);
    try {
      // A server of both eras is spoken to in its client's, so that nothing has to be translated.
      const plan = client.era === 'legacy' ? 'legacy' : this.#plan;
      const connection = await this.#sessions.open({ definition: this.#definition, plan, client, events });
      if (plan === 'probe') this.#plan = connection.facts.era;
      if (this.#connection === null) {
        this.#restarts.held();
        this.#set(this.#state, null);
      }
      return connection;
    } catch (error) {
      const failure = failureOf(this.#definition, error);
      // It says something of the server only where nothing else does.
      const known = this.#connection !== null || this.#starting !== null;
      if (known || failure.failureClass === 'too-many-connections') throw failure;
      throw this.#fail(failure);
    }
  }

  /** Takes no new connections and lets the open requests end, up to UPSTREAM_DRAIN_MS; then closes. */
  async drain(): Promise<void> {
    if (this.#state === 'stopped') return this.close();
    this.#stop();
    const open = [...(this.#handle === null ? [] : [this.#handle]), ...this.#sessions.handles()];
    const late = this.#parts.schedule(UPSTREAM_DRAIN_MS, () => void this.close());
    await Promise.all(open.map((handle) => handle.drain()));
    late();
    await this.close();
  }

  /** Ends everything within 5 s; listeners hear that it is gone. Safe to call twice, also during a start. */
  close(): Promise<void> {
    this.#stop();
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#abort.abort();
    const connection = this.#connection;
    this.#connection = null;
    this.#handle?.gone('was stopped');
    await Promise.all([
      connection?.close(),
      this.#starting?.catch(() => undefined),
      this.#sessions.close('was stopped'),
    ]);
  }

  #stop(): void {
    this.#set('stopped', this.#trouble);
    this.#restarts.cancel();
  }

  /** The connection; `patient`: a short wait for a restart is waited for, once. */
  async #ready(patient: boolean): Promise<OwnedConnection> {
    switch (this.#state) {
      case 'ready':
        return this.#connection ?? this.#start();
      case 'starting':
        return this.#starting ?? this.#start();
      case 'idle':
        return this.#start();
      case 'stopped':
        throw stoppedFailure(this.#definition);
      case 'waiting':
      case 'broken':
        this.#wanted = true;
        if (!patient) throw this.#unavailable();
        await this.#patience();
        return this.#ready(false);
    }
  }

  /** Waits for the next start where it is near; else throws what is wrong. */
  async #patience(): Promise<void> {
    if (!(await this.#restarts.patience())) throw this.#unavailable();
  }

  #start(): Promise<OwnedConnection> {
    this.#wanted = true;
    this.#set('starting', this.#trouble);
    this.#restarts.cancel();
    const starting = this.#open().finally(() => {
      if (this.#starting === starting) this.#starting = null;
    });
    this.#starting = starting;
    return starting;
  }

  async #open(): Promise<OwnedConnection> {
    try {
      const { signal } = this.#abort;
      const connection = await this.#parts.open({ definition: this.#definition, plan: this.#plan, signal });
      if (this.#state !== 'starting') {
        await connection.close();
        throw stoppedFailure(this.#definition);
      }
      this.#plan = connection.facts.era;
      this.#connection = connection;
      const sinceMs = this.#parts.clock.monotonicMs();
      void connection.ended.then((description) => this.#ended(connection, description, sinceMs));
      this.#set('ready', null);
      return connection;
    } catch (error) {
      this.#plan = 'probe';
      throw this.#fail(failureOf(this.#definition, error));
    }
  }

  #ended(connection: OwnedConnection, description: string, sinceMs: number): void {
    if (this.#connection !== connection) return;
    this.#connection = null;
    if (this.#parts.clock.monotonicMs() - sinceMs >= UPSTREAM_STABLE_MS) this.#restarts.held();
    const failureClass: FailureClass = this.#definition.transport.kind === 'stdio' ? 'exited' : 'unreachable';
    this.#fail(new UpstreamUnavailable(troubleOf(this.#definition, failureClass, description)));
    this.#handle?.gone(description);
  }

  /** Notes a failure, and when it is tried again. */
  #fail(failure: UpstreamUnavailable): UpstreamUnavailable {
    if (this.#state === 'stopped') return stoppedFailure(this.#definition);
    const { failureClass, message } = failure;
    const { kind, delayMs } = this.#restarts.failed();
    this.#set(kind, { failureClass, message });
    const seconds = (delayMs / 1000).toFixed(1);
    this.#parts.diagnostics.repeated(
      `upstream:${this.#definition.name}`,
      `${message}; it is tried again ${kind === 'broken' ? `once, after a break of ${seconds} s` : `in ${seconds} s`}`,
    );
    return new UpstreamUnavailable({ failureClass, message }, delayMs, failure);
  }

  #retry(): void {
    if (this.#wanted) this.#start().catch(() => undefined);
    else this.#set('idle', this.#trouble);
  }

  #set(state: UpstreamState, trouble: UpstreamTrouble | null): void {
    if (this.#state === state && this.#trouble === trouble) return;
    this.#state = state;
    this.#trouble = trouble;
    this.#parts.onChange(this);
  }

  #unavailable(): UpstreamUnavailable {
    if (this.#state === 'stopped') return stoppedFailure(this.#definition);
    const trouble = this.#trouble ?? troubleOf(this.#definition, 'exited', 'is not there');
    const retryAfterMs = this.#restarts.leftMs;
    if (this.#state !== 'broken') return new UpstreamUnavailable(trouble, retryAfterMs);
    const message = `${trouble.message} (it failed again and again, so it is left alone for a while)`;
    return new UpstreamUnavailable({ failureClass: 'broken-circuit', message }, retryAfterMs);
  }
}
