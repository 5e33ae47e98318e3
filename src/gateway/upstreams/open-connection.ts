import { ERROR_CODES } from '../../jsonrpc/error-codes.js';
import { UPSTREAM_PROBE_MS } from '../../platform/bounds.js';
import type { Clock } from '../../platform/clock.js';
import type { Diagnostics } from '../../platform/diagnostics.js';
import type { Environment } from '../../platform/paths.js';
import type { Schedule } from '../../platform/schedule.js';
import { startChild } from '../../upstream/child.js';
import type { UpstreamDefinition } from '../../upstream/definition.js';
import type { RemoteFailure } from '../../upstream/remote/failure.js';
import type { TraceOf } from '../../upstream/remote/session.js';
import type { Upstream } from '../../upstream/upstream.js';
import type { OwnedConnection, SessionClient } from './connection.js';
import { failureOf, stoppedFailure, troubleOf, UpstreamUnavailable, type FailureClass } from './failure.js';
import { GUARD_INFO } from './guard-info.js';
import { shakeHands, type EraPlan, type Handshake } from './handshake.js';
import { LiveConnection } from './live-connection.js';
import { stderrLines } from './stderr-lines.js';

/** What connections are made with. */
export interface ConnectionParts {
  /** What a child inherits, without what is guard's own; asked for at each start. */
  readonly environment: () => Environment;
  readonly clock: Clock;
  readonly schedule: Schedule;
  readonly diagnostics: Diagnostics;
  /** Largest line taken from a server, in bytes. */
  readonly serverFrameBytesMax: number;
  /** Takes each line that a server writes on stderr, printable and bounded. */
  readonly onStderr: (name: string, line: string) => void;
  /** The trace of the HTTP request that brought a message to guard, by the message's id; none without. */
  readonly traceOf?: TraceOf;
}

export interface ConnectionRequest {
  readonly definition: UpstreamDefinition;
  readonly plan: EraPlan;
  /** The one client whom the connection serves; undefined where all share it. */
  readonly client?: SessionClient;
  /** Gives the start up. */
  readonly signal: AbortSignal;
}

/** Makes a connection; rejects with UpstreamUnavailable and leaves nothing running then. */
export type OpenConnection = (request: ConnectionRequest) => Promise<OwnedConnection>;

/** Connections to real servers: starts the child or the bridge and shakes hands, within its `startTimeoutMs`. */
export function connectionOpener(parts: ConnectionParts): OpenConnection {
  return async (request) => {
    const endMs = parts.clock.monotonicMs() + request.definition.startTimeoutMs;
    const leftMs = (): number => Math.max(1, endMs - parts.clock.monotonicMs());
    const first = await attempt(parts, request, leftMs);
    if (first instanceof LiveConnection) return first;
    if (first.kind !== 'lost' || !first.probing) throw unavailable(request, first);
    // Some servers end, or never answer again, on any message before `initialize`: once more, without.
    const second = await attempt(parts, { ...request, plan: 'legacy' }, leftMs);
    if (second instanceof LiveConnection) return second;
    throw unavailable(request, second);
  };
}

type Failed = Exclude<Handshake, { kind: 'done' }>;

async function attempt(
  parts: ConnectionParts,
  { definition, plan, client, signal }: ConnectionRequest,
  leftMs: () => number,
): Promise<LiveConnection | Failed> {
  if (signal.aborted) throw stoppedFailure(definition);
  const failures = { told: (_failure: RemoteFailure): void => undefined };
  const upstream = await started(parts, definition, (failure) => failures.told(failure));
  const live = new LiveConnection({
    name: definition.name,
    upstream,
    frameBytesMax: parts.serverFrameBytesMax,
    diagnostics: parts.diagnostics,
    schedule: parts.schedule,
    shared: client === undefined,
  });
  failures.told = (failure) => live.failed(failure);
  const giveUp = (): void => void live.close();
  signal.addEventListener('abort', giveUp, { once: true });
  const handshake = signal.aborted
    ? null
    : await shakeHands(live, {
        plan,
        // Capabilities that need a way back to one client would be false on a shared connection.
        capabilities: client?.capabilities ?? {},
        clientInfo: client?.era === 'legacy' ? client.clientInfo : GUARD_INFO,
        probeMs: UPSTREAM_PROBE_MS,
        leftMs,
      });
  signal.removeEventListener('abort', giveUp);
  if (!signal.aborted && handshake?.kind === 'done') {
    live.settle(handshake.facts);
    return live;
  }
  await live.close();
  if (signal.aborted || handshake === null || handshake.kind === 'done') throw stoppedFailure(definition);
  return handshake;
}

async function started(
  parts: ConnectionParts,
  definition: UpstreamDefinition,
  onFailure: (failure: RemoteFailure) => void,
): Promise<Upstream> {
  const { name, transport } = definition;
  const { environment, clock, diagnostics, serverFrameBytesMax, onStderr } = parts;
  try {
    if (transport.kind === 'stdio') {
      const { command, args, env, cwd } = transport;
      return await startChild({
        command,
        args,
        cwd,
        env: { ...environment(), ...env },
        onStderr: stderrLines((line) => onStderr(name, line)),
      });
    }
    // Servers over HTTP bring a client along, which a gateway of children does not load.
    const { startRemote } = await import('../../upstream/remote/bridge.js');
    return startRemote({
      url: new URL(transport.url),
      headers: headerOptions(transport.headers),
      env: {},
      clock,
      // What is noted once per command line would be noted here with each restart.
      diagnostics: {
        ...diagnostics,
        note: (text) => diagnostics.repeated(`upstream-remote:${name}`, text),
      },
      frameBytesMax: serverFrameBytesMax,
      garbledCode: ERROR_CODES.internalError,
      onFailure,
      ...(parts.traceOf === undefined ? {} : { traceOf: parts.traceOf }),
    });
  } catch (error) {
    throw failureOf(definition, error);
  }
}

/** The values are taken as they are: what looks like a reference to a variable is none any more. */
function headerOptions(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).map(([name, value]) => `${name}: ${value.replaceAll('${', () => '$${')}`);
}

function unavailable({ definition }: ConnectionRequest, failed: Failed): UpstreamUnavailable {
  const [failureClass, text] = explained(failed, definition.startTimeoutMs);
  return new UpstreamUnavailable(troubleOf(definition, failureClass, text));
}

function explained(failed: Failed, startTimeoutMs: number): [FailureClass, string] {
  if (failed.kind === 'refused') {
    const { detail, transport } = failed;
    if (transport === undefined) return ['handshake', detail];
    const { status, message, garbled } = transport;
    const unauthorized = status === 401 || status === 403;
    const reached = garbled ? 'handshake' : 'unreachable';
    return [unauthorized ? 'unauthorized' : reached, `could not be used: ${message}`];
  }
  const { answer } = failed;
  if (answer.kind === 'gone') return ['exited', `${answer.description} before it was ready`];
  return ['start-timeout', `was not ready within ${Math.round(startTimeoutMs / 1000)} s`];
}
