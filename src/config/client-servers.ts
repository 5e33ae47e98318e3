import { createHash } from 'node:crypto';
import type { JsonValue } from '../platform/json.js';
import type { UpstreamTransport } from '../upstream/definition.js';
import type { ConfigSource } from './schema.js';

/** One entry of a client's own `mcpServers` map. */
export type ClientServer = NonNullable<ConfigSource['mcpServers']>[string];

/** The clients' words for the transports, in lower case and without what stands between words. */
const KINDS: Readonly<Record<string, UpstreamTransport['kind']>> = {
  stdio: 'stdio',
  local: 'stdio',
  http: 'streamable-http',
  streamablehttp: 'streamable-http',
  remote: 'streamable-http',
  sse: 'sse',
};

/** The transport that the entry's `type` names; null for a word that no client uses, undefined without one. */
export function kindOf({ type }: ClientServer): UpstreamTransport['kind'] | null | undefined {
  if (type === undefined) return undefined;
  return KINDS[type.toLowerCase().replaceAll(/[-_ ]/g, '')] ?? null;
}

/** The address of a remote server; some clients have a word of their own for it. */
export function addressOf(server: ClientServer): string | undefined {
  return [server.url, server['httpUrl'], server['serverUrl']].find(isAddress);
}

/** Whether the client's map says that the server is not to be started. */
export function isSwitchedOff(server: ClientServer): boolean {
  return server['disabled'] === true || server['enabled'] === false;
}

/**
 * A name for tool names and addresses out of one that people read: other characters than letters,
 * digits, `_` and `-` become `-`. A name of which nothing is left, or too much, ends in a digest of it.
 */
export function safeName(name: string): string {
  const safe = name.replaceAll(/[^A-Za-z0-9_-]+/g, '-').replaceAll(/^[-_]+|-+$/g, '');
  if (safe !== '' && safe.length <= NAME_CHARS) return safe;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${safe === '' ? 'server' : safe.slice(0, NAME_CHARS - digest.length - 1)}-${digest}`;
}

const NAME_CHARS = 64;

function isAddress(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && /^https?:\/\/\S+$/.test(value);
}
