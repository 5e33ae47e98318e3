import type { LoadedConfig } from '../config/load.js';
import { UpstreamSet } from '../gateway/upstreams/upstream-set.js';
import type { UpstreamStatus } from '../gateway/upstreams/supervisor-parts.js';
import type { Diagnostics } from '../platform/diagnostics.js';
import { systemSchedule } from '../platform/schedule.js';
import { serverEnvironment } from '../upstream/server-environment.js';
import type { Tools } from './command.js';

export interface ServeUpstreams {
  readonly tools: Tools;
  /** The config in force; a reload changes it. */
  readonly config: () => LoadedConfig;
  readonly diagnostics: Diagnostics;
  /** Takes each line that a server writes on stderr. */
  readonly onStderr: (name: string, line: string) => void;
  /** Told after each change of an upstream's state. */
  readonly onChange: (upstream: UpstreamStatus) => void;
}

/** The servers behind `guard serve`; none of them is there before the first `reconcile`. */
export function serveUpstreams({ tools, config, ...told }: ServeUpstreams): UpstreamSet {
  return new UpstreamSet({
    ...told,
    clock: tools.clock,
    schedule: systemSchedule,
    random: Math.random,
    environment: () => serverEnvironment(tools.env, new Set(config().secrets.names)),
    serverFrameBytesMax: config().settings.relay.serverFrameBytesMax,
  });
}
