import path from 'node:path';
import { durationMs } from '../platform/units.js';
import type { UpstreamDefinition, UpstreamTransport } from '../upstream/definition.js';
import { expandHome } from './canonical-path.js';
import { addressOf, isSwitchedOff, kindOf, safeName, type ClientServer } from './client-servers.js';
import { DEFAULTS } from './defaults.js';
import type { ConfigSource } from './schema.js';
import type { SettingsLayer } from './settings.js';

type UpstreamSource = NonNullable<ConfigSource['upstreams']>[number];

/**
 * The servers behind `guard serve`: those of `upstreams`, then those of `mcpServers` that are not
 * switched off, each key from the first of the layers that has it. Relative folders start at the
 * folder of their file.
 */
export function upstreamDefinitions(
  layers: readonly SettingsLayer[],
  requestTimeoutMs: number,
): UpstreamDefinition[] {
  const listed = layers.find(({ config }) => config.upstreams !== undefined);
  const mapped = layers.find(({ config }) => config.mcpServers !== undefined);
  return [
    ...(listed?.config.upstreams ?? []).map((upstream) =>
      fromList(upstream, folderOf(listed), requestTimeoutMs),
    ),
    ...Object.entries(mapped?.config.mcpServers ?? {})
      .filter(([, server]) => !isSwitchedOff(server))
      .map(([name, server]) => fromMap(name, server, folderOf(mapped), requestTimeoutMs)),
  ];
}

function fromList(upstream: UpstreamSource, folder: string, requestTimeoutMs: number): UpstreamDefinition {
  const { name, command, url = '', transport } = upstream;
  const defaults = DEFAULTS.upstream;
  return {
    name,
    transport:
      command === undefined
        ? remote(transport === 'sse' ? 'sse' : 'streamable-http', url, upstream.headers)
        : child(command, upstream, folder),
    namespaced: upstream.namespaced ?? defaults.namespaced,
    isolation: upstream.isolation ?? defaults.isolation,
    start: upstream.start ?? defaults.start,
    startTimeoutMs: startTimeoutMs(upstream.start_timeout),
    requestTimeoutMs: durationMs(upstream.request_timeout ?? '') ?? requestTimeoutMs,
    auditLogArguments: upstream.audit_log_arguments ?? defaults.audit_log_arguments,
  };
}

function fromMap(
  name: string,
  server: ClientServer,
  folder: string,
  requestTimeoutMs: number,
): UpstreamDefinition {
  const { namespaced, isolation, start, audit_log_arguments: auditLogArguments } = DEFAULTS.upstream;
  const { command } = server;
  return {
    name: safeName(name),
    transport:
      command === undefined
        ? remote(
            kindOf(server) === 'sse' ? 'sse' : 'streamable-http',
            addressOf(server) ?? '',
            server.headers,
          )
        : child(command, server, folder),
    namespaced,
    isolation,
    start,
    startTimeoutMs: startTimeoutMs(),
    requestTimeoutMs,
    auditLogArguments,
  };
}

/**
 * By default long, since a server's package may have to be fetched first, but shorter than the 60 s after
 * which clients give a request up.
 */
function startTimeoutMs(text: string = DEFAULTS.upstream.start_timeout): number {
  return durationMs(text) ?? 0;
}

function child(
  command: string,
  { args, env, cwd }: Pick<UpstreamSource, 'args' | 'env' | 'cwd'>,
  folder: string,
): UpstreamTransport {
  return {
    kind: 'stdio',
    command: expandHome(command) ?? command,
    args: args ?? [],
    env: env ?? {},
    cwd: cwd === undefined ? undefined : path.resolve(folder, expandHome(cwd) ?? cwd),
  };
}

function remote(
  kind: 'streamable-http' | 'sse',
  url: string,
  headers: Readonly<Record<string, string>> | undefined,
): UpstreamTransport {
  return { kind, url, headers: headers ?? {} };
}

function folderOf(layer: SettingsLayer | undefined): string {
  return layer === undefined ? '' : path.dirname(layer.file);
}
