import { readRunning } from '../control/running-folder.js';
import type { SeenServer as SeenFile } from '../control/seen-server-file.js';
import { readSeenServers } from '../control/seen-servers.js';
import type { SeenServer } from '../dashboard/source.js';
import type { UpstreamDefinition } from '../upstream/definition.js';
import { isOwnerAlive } from '../platform/process-owner.js';
import { guardPaths } from '../platform/paths.js';
import { stateFiles } from '../platform/state-files.js';
import type { Tools } from './command.js';
import { stoppedServers } from './dashboard-source.js';

/**
 * Every server that this machine knows of: those behind a running guard, those whose tools a guard has
 * seen, and those that the config names. Two guards with servers of one name share what was seen last.
 */
export function machineServers(
  tools: Pick<Tools, 'env'>,
  upstreams: readonly Pick<UpstreamDefinition, 'name' | 'transport'>[],
): SeenServer[] {
  const files = stateFiles(guardPaths(tools.env));
  const isStopped = stoppedServers(tools);
  const seen = new Map(readSeenServers(files.servers).servers.map((one) => [one.server, one]));
  const kinds = new Map(
    upstreams.map(({ name, transport }) => [name, transport.kind === 'stdio' ? 'stdio' : 'http'] as const),
  );
  const server = (name: string, more: Pick<SeenServer, 'state' | 'since' | 'pid'>): SeenServer => ({
    name,
    kind: kinds.get(name) ?? 'unknown',
    trouble: null,
    stopped: isStopped(name),
    ...listOf(seen.get(name)),
    ...more,
  });
  const isBehind = (pid: number): boolean => [...seen.values()].some((one) => one.pid === pid);
  const running = readRunning(files.running)
    // A gateway tells of itself; its servers are shown one by one.
    .guards.filter((guard) => guard.server !== GATEWAY || !isBehind(guard.pid))
    .map((guard) => server(guard.server, { state: 'running', since: guard.since, pid: guard.pid }));
  const known = new Set(running.map(({ name }) => name));
  const others = new Set([...seen.keys(), ...kinds.keys()].filter((name) => !known.has(name)));
  const still = [...others].map((name) => {
    const one = seen.get(name);
    const isRunning = one !== undefined && isOwnerAlive(one);
    const state = isRunning ? 'running' : 'not running';
    return server(name, { state, since: null, pid: isRunning ? one.pid : null });
  });
  return [...running, ...still];
}

/** Under this name `guard serve` tells of itself. */
const GATEWAY = 'gateway';

function listOf(seen: SeenFile | undefined): Pick<SeenServer, 'tools' | 'more' | 'seen'> {
  if (seen === undefined) return { tools: null, more: 0, seen: null };
  return { tools: seen.tools, more: seen.more, seen: seen.seen };
}
