import { UPSTREAMS_MAX } from '../platform/bounds.js';
import { headerFault } from '../upstream/remote/header-options.js';
import { addressOf, isSwitchedOff, kindOf, safeName, type ClientServer } from './client-servers.js';
import type { ValueMistake } from './issues.js';
import type { LayerFile } from './layers.js';
import { pathText, type ConfigPath, type Mistake } from './mistakes.js';
import { placed, withoutSecrets } from './place.js';
import type { ConfigSource } from './schema.js';

type Upstream = NonNullable<ConfigSource['upstreams']>[number];

/** A server's name and where it stands. */
interface NamedServer {
  readonly name: string;
  readonly path: ConfigPath;
}

/** Mistakes of one file in the servers behind guard serve. */
export function upstreamsMistakes({ upstreams = [], mcpServers = {} }: ConfigSource): ValueMistake[] {
  const servers = [...listed(upstreams), ...mapped(mcpServers)];
  const bound = `guard serves at most ${UPSTREAMS_MAX} servers, got ${servers.length}`;
  return [
    ...upstreams.flatMap(upstreamMistakes),
    ...Object.entries(mcpServers).flatMap(([name, server]) => clientServerMistakes(name, server)),
    ...takenNames(servers, (other) => pathText(other.path)),
    ...(servers.length > UPSTREAMS_MAX ? [{ path: servers[UPSTREAMS_MAX]?.path ?? [], message: bound }] : []),
  ];
}

/**
 * Names that are taken across files: `upstreams` may come from the system's file and `mcpServers`
 * from the user's. Each is told of where it stands second.
 */
export function upstreamMistakesAcross(files: readonly LayerFile[]): Mistake[] {
  const own = files.filter(({ layer }) => layer !== 'project');
  const list = own.find(({ config }) => config?.upstreams !== undefined);
  const map = own.find(({ config }) => config?.mcpServers !== undefined);
  if (list === undefined || map === undefined || list === map) return [];
  const first = listed(list.config?.upstreams ?? []);
  const second = mapped(map.config?.mcpServers ?? {});
  const mistakes = takenNames([...first, ...second], ({ path }) => `${pathText(path)} of ${list.path}`);
  return mistakes
    .filter(({ path }) => path[0] === 'mcpServers')
    .map((mistake) => withoutSecrets(placed(mistake, map.path, map.locate), map.secrets));
}

function listed(upstreams: readonly Upstream[]): NamedServer[] {
  return upstreams.map(({ name }, index) => ({ name, path: ['upstreams', index, 'name'] }));
}

function mapped(servers: Readonly<Record<string, ClientServer>>): NamedServer[] {
  return Object.entries(servers)
    .filter(([, server]) => !isSwitchedOff(server))
    .map(([name]) => ({ name: safeName(name), path: ['mcpServers', name] }));
}

/** One mistake for each name that an earlier server has already; it names both places. */
function takenNames(
  servers: readonly NamedServer[],
  placeOf: (other: NamedServer) => string,
): ValueMistake[] {
  const seen = new Map<string, NamedServer>();
  return servers.flatMap((server) => {
    const { name, path } = server;
    const other = seen.get(name);
    if (other === undefined) {
      seen.set(name, server);
      return [];
    }
    const given = path.at(-1) === name || path[0] === 'upstreams' ? '' : `, which ${pathText(path)} becomes,`;
    return [{ path, message: `the name ${name}${given} is taken by ${placeOf(other)}` }];
  });
}

function upstreamMistakes(upstream: Upstream, index: number): ValueMistake[] {
  const path = ['upstreams', index];
  const { command, url, transport, headers } = upstream;
  if (command === undefined && url === undefined) return [{ path, message: 'expected command or url' }];
  if (command !== undefined && url !== undefined) {
    return [{ path: [...path, 'url'], message: 'command and url exclude each other' }];
  }
  const found: ValueMistake[] = [];
  if (transport !== undefined && (transport === 'stdio') !== (command !== undefined)) {
    const wanted = transport === 'stdio' ? 'command' : 'url';
    found.push({ path: [...path, 'transport'], message: `transport ${transport} needs ${wanted}` });
  }
  const strangers = command === undefined ? (['args', 'env', 'cwd'] as const) : (['headers'] as const);
  for (const key of strangers) {
    if (upstream[key] !== undefined) {
      found.push({
        path: [...path, key],
        message: `${key} belongs to servers with ${command === undefined ? 'command' : 'url'}`,
      });
    }
  }
  return [...found, ...headerMistakes(headers, path)];
}

/** A client takes its own map as it is, so what it would not mind is no mistake. */
function clientServerMistakes(name: string, server: ClientServer): ValueMistake[] {
  const path = ['mcpServers', name];
  if (isSwitchedOff(server)) return [];
  const kind = kindOf(server);
  const address = addressOf(server);
  const { type, command } = server;
  if (kind === null) {
    const message = `expected one of stdio, http, streamable-http, sse, got ${JSON.stringify(type)}`;
    return [{ path: [...path, 'type'], message }];
  }
  if (command === undefined && address === undefined) return [{ path, message: 'expected command or url' }];
  if (command !== undefined && address !== undefined) {
    return [{ path, message: 'command and url exclude each other' }];
  }
  if (kind !== undefined && (kind === 'stdio') !== (command !== undefined)) {
    const wanted = kind === 'stdio' ? 'command' : 'url';
    return [{ path: [...path, 'type'], message: `type ${type ?? ''} needs ${wanted}` }];
  }
  return headerMistakes(server.headers, path);
}

function headerMistakes(
  headers: Readonly<Record<string, string>> | undefined,
  path: ConfigPath,
): ValueMistake[] {
  const seen = new Set<string>();
  return Object.entries(headers ?? {}).flatMap(([name, value]) => {
    const twice = seen.has(name.toLowerCase()) ? 'this header is given twice' : null;
    seen.add(name.toLowerCase());
    const message = headerFault(name, value) ?? twice;
    return message === null ? [] : [{ path: [...path, 'headers', name], message }];
  });
}
