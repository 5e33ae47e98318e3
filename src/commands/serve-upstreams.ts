import type { LoadedConfig } from '../config/load.js';
import type { GatewayLog } from '../gateway/operate/log.js';
import type { UpstreamState, UpstreamStatus } from '../gateway/upstreams/supervisor-parts.js';
import { UpstreamSet } from '../gateway/upstreams/upstream-set.js';
import type { Diagnostics } from '../platform/diagnostics.js';
import { randomFraction } from '../platform/random-fraction.js';
import { systemSchedule } from '../platform/schedule.js';
import { serverEnvironment } from '../upstream/server-environment.js';
import type { TraceOf } from '../upstream/remote/session.js';
import type { Tools } from './command.js';

export interface ServeUpstreams {
  readonly tools: Tools;
  readonly config: LoadedConfig;
  readonly log: GatewayLog;
  readonly diagnostics: Diagnostics;
}

/** The servers behind `guard serve`, which are there before the gateway is. */
export interface ServedUpstreams {
  readonly set: UpstreamSet;
  /** The config in force: what is secret in it never gets into a server's environment. */
  useConfig(config: LoadedConfig): void;
  /** Where the traces of requests are known, which servers over HTTP are told of. */
  useTraces(traceOf: TraceOf): void;
  /** Tells this listener of every server's state, now and after each change. */
  onState(listener: (name: string, state: UpstreamState) => void): void;
}

/** The servers behind `guard serve`; none of them is there before the first `reconcile`. */
export function serveUpstreams({ tools, config, log, diagnostics }: ServeUpstreams): ServedUpstreams {
  let inForce = config;
  const traces: { of?: TraceOf } = {};
  const told = { state: (_name: string, _state: UpstreamState): void => undefined };
  const set = new UpstreamSet({
    diagnostics,
    clock: tools.clock,
    schedule: systemSchedule,
    random: randomFraction,
    environment: () => serverEnvironment(tools.env, new Set(inForce.secrets.names)),
    serverFrameBytesMax: config.settings.relay.serverFrameBytesMax,
    traceOf: (id) => traces.of?.(id),
    onStderr: (name, line) => log.write('info', line, { server: name }),
    onChange: ({ definition: { name }, state, trouble }: UpstreamStatus) => {
      told.state(name, state);
      if (trouble === null) return log.write('info', `server ${state}`, { server: name });
      const { message, failureClass } = trouble;
      log.write('warn', `server ${state}: ${message}`, { server: name, failure_class: failureClass });
    },
  });
  return {
    set,
    useConfig(next) {
      inForce = next;
    },
    useTraces(traceOf) {
      traces.of = traceOf;
    },
    onState(listener) {
      told.state = listener;
      for (const { definition, state } of set.all()) listener(definition.name, state);
    },
  };
}
