import { LEGACY_REVISIONS, MODERN_REVISION } from '../../mcp/era.js';
import { isJsonObject, member, type JsonObject, type JsonValue } from '../../platform/json.js';
import { GUARD_INFO } from '../upstreams/guard-info.js';
import type { ServerFacts } from '../upstreams/connection.js';

/** A server that answered the handshake. */
export interface KnownServer {
  readonly name: string;
  readonly facts: ServerFacts;
}

/** The extension by which modern servers make tasks (2026-07-28, extensions/tasks). */
export const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks';

const SERVER_INFO_META = 'io.modelcontextprotocol/serverInfo';

/** What the gateway carries for several servers: each of these, where one of them has it. */
const CARRIED = ['tools', 'prompts', 'resources', 'completions', 'logging'] as const;

/** The revision to speak with a client that asks for one: its own where guard knows it, else the newest. */
export function agreedRevision(asked: JsonValue | undefined): string {
  const [newest = ''] = LEGACY_REVISIONS;
  return LEGACY_REVISIONS.find((revision) => revision === asked) ?? newest;
}

/** The result of `initialize`. One server speaks for itself; several are spoken for by guard. */
export function initializeResult(
  servers: readonly KnownServer[],
  single: boolean,
  asked: JsonValue | undefined,
): JsonObject {
  const [only] = servers;
  const protocolVersion = agreedRevision(asked);
  if (single && only !== undefined) {
    const { facts } = only;
    if (facts.era === 'legacy') return { ...facts.result, protocolVersion };
    return {
      protocolVersion,
      capabilities: capabilitiesOf(facts),
      serverInfo: infoOf(facts) ?? GUARD_INFO,
      ...instructionsOf([only], true),
    };
  }
  return {
    protocolVersion,
    capabilities: { ...mergedCapabilities(servers), ...legacyTasks(servers) },
    serverInfo: GUARD_INFO,
    ...instructionsOf(servers, false),
  };
}

/** The result of `server/discover`. */
export function discoverResult(servers: readonly KnownServer[], single: boolean): JsonObject {
  const [only] = servers;
  if (single && only?.facts.era === 'modern') {
    return { ...only.facts.result, supportedVersions: [MODERN_REVISION] };
  }
  const info = single && only !== undefined ? (infoOf(only.facts) ?? GUARD_INFO) : GUARD_INFO;
  return {
    resultType: 'complete',
    supportedVersions: [MODERN_REVISION],
    capabilities: { ...mergedCapabilities(servers), ...modernTasks(servers) },
    ttlMs: 0,
    cacheScope: 'private',
    ...instructionsOf(servers, single),
    _meta: { [SERVER_INFO_META]: info },
  };
}

/** The capabilities in the facts of one server. */
export function capabilitiesOf({ result }: ServerFacts): JsonObject {
  const capabilities = member(result, 'capabilities');
  return isJsonObject(capabilities) ? capabilities : {};
}

function mergedCapabilities(servers: readonly KnownServer[]): JsonObject {
  const merged: Record<string, JsonValue> = {};
  for (const name of CARRIED) {
    const given = servers.flatMap(({ facts }) => {
      const capability = member(capabilitiesOf(facts), name);
      return isJsonObject(capability) ? [capability] : [];
    });
    if (given.length > 0) merged[name] = flagsOf(given);
  }
  return merged;
}

/** What the servers of the older era do with tasks, all of it together; the newer era's do it in another way. */
function legacyTasks(servers: readonly KnownServer[]): JsonObject {
  const given = servers.flatMap(({ facts }) => {
    const tasks = facts.era === 'legacy' ? member(capabilitiesOf(facts), 'tasks') : undefined;
    return isJsonObject(tasks) ? [tasks] : [];
  });
  return given.length === 0 ? {} : { tasks: given.reduce(united) };
}

function modernTasks(servers: readonly KnownServer[]): JsonObject {
  const makes = servers.some(({ facts }) => {
    const extensions = facts.era === 'modern' ? member(capabilitiesOf(facts), 'extensions') : undefined;
    return isJsonObject(extensions) && isJsonObject(member(extensions, TASKS_EXTENSION));
  });
  return makes ? { extensions: { [TASKS_EXTENSION]: {} } } : {};
}

/** Every member that one of them has. */
function united(one: JsonObject, other: JsonObject): JsonObject {
  const merged = new Map(Object.entries(one));
  for (const [key, value] of Object.entries(other)) {
    const before = merged.get(key);
    merged.set(key, isJsonObject(before) && isJsonObject(value) ? united(before, value) : value);
  }
  return Object.fromEntries(merged);
}

/** Each flag that one of them sets, such as `listChanged`. */
function flagsOf(given: readonly JsonObject[]): JsonObject {
  const flags = new Set(given.flatMap((one) => Object.keys(one).filter((key) => one[key] === true)));
  return Object.fromEntries([...flags].map((flag) => [flag, true]));
}

function infoOf({ era, result }: ServerFacts): JsonObject | undefined {
  const meta = member(result, '_meta');
  const info =
    era === 'legacy'
      ? member(result, 'serverInfo')
      : isJsonObject(meta)
        ? member(meta, SERVER_INFO_META)
        : undefined;
  return isJsonObject(info) ? info : undefined;
}

function instructionsOf(servers: readonly KnownServer[], single: boolean): { instructions?: string } {
  const parts = servers.flatMap(({ name, facts }) => {
    const text = member(facts.result, 'instructions');
    if (typeof text !== 'string' || text === '') return [];
    return [single ? text : `## ${name}\n\n${text}`];
  });
  return parts.length === 0 ? {} : { instructions: parts.join('\n\n') };
}
