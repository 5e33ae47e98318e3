import { withValueAt } from '../../jsonrpc/rewrite.js';
import { spansAt, spliced, withoutMembers } from '../../jsonrpc/splice.js';
import { ValueReader } from '../../jsonrpc/value-reader.js';
import { modernEnvelope } from '../../mcp/era.js';
import { isJsonObject, member, type JsonObject, type JsonValue } from '../../platform/json.js';

const PREFIX = 'io.modelcontextprotocol/';

/** Members of `params` that only the modern era has. */
const MODERN_PARAMS = ['inputResponses', 'requestState'];

/** What a modern request says of its client (2026-07-28, basic, "Request Metadata"). */
export function envelopeOf(
  client: { capabilities: JsonObject; clientInfo: JsonObject },
  logLevel: string | undefined,
): JsonObject {
  const envelope = modernEnvelope(client.clientInfo, client.capabilities);
  return logLevel === undefined ? envelope : { ...envelope, [`${PREFIX}logLevel`]: logLevel };
}

/** A request with the modern envelope put in, in place of what its client wrote there; all other bytes stay. */
export function withEnvelope(line: Buffer, envelope: JsonObject): Buffer {
  const bare = withoutMembers(line, ['params', '_meta'], Object.keys(envelope));
  return withMeta(bare, JSON.stringify(envelope).slice(1, -1));
}

/** A line with these members put in front in its `params._meta`, which is made where it is missing. */
export function withMeta(line: Buffer, members: string): Buffer {
  const [params] = spansAt(line, ['params']);
  if (params === undefined) return withFirstMember(line, [], `"params":{"_meta":{${members}}}`);
  if (line[params.start] !== OPEN)
    return withValueAt(line, ['params'], Buffer.from(`{"_meta":{${members}}}`));
  const [meta] = spansAt(line, ['params', '_meta']);
  if (meta === undefined) return withFirstMember(line, ['params'], `"_meta":{${members}}`);
  if (line[meta.start] !== OPEN) return withValueAt(line, ['params', '_meta'], Buffer.from(`{${members}}`));
  return withFirstMember(line, ['params', '_meta'], members);
}

/** A request without what only the modern era knows. */
export function withoutEnvelope(line: Buffer, message: JsonObject): Buffer {
  const params = member(message, 'params');
  if (!isJsonObject(params)) return line;
  const stripped = MODERN_PARAMS.some((key) => key in params)
    ? withoutMembers(line, ['params'], MODERN_PARAMS)
    : line;
  const meta = member(params, '_meta');
  if (!isJsonObject(meta)) return stripped;
  const names = Object.keys(meta).filter((key) => key.startsWith(PREFIX));
  return names.length === 0 ? stripped : withoutMembers(stripped, ['params', '_meta'], names);
}

/** The value of a member of the envelope. */
export function envelopeMember(message: JsonObject, name: string): JsonValue | undefined {
  const params = member(message, 'params');
  const meta = isJsonObject(params) ? member(params, '_meta') : undefined;
  return isJsonObject(meta) ? member(meta, `${PREFIX}${name}`) : undefined;
}

/** The line with these members put in front in the object at the path. */
export function withFirstMember(line: Buffer, path: readonly string[], members: Buffer | string): Buffer {
  const [span] = spansAt(line, path);
  if (span === undefined || members.length === 0) return line;
  const at = span.start + 1;
  const isEmpty = new ValueReader(line, at).next() === CLOSE;
  const bytes = Buffer.concat([Buffer.from(members), Buffer.from(isEmpty ? '' : ',')]);
  return spliced(line, [{ span: { start: at, end: at }, bytes }]);
}

const OPEN = 0x7b;
const CLOSE = 0x7d;

/** The key under which notifications name the subscription that they belong to. */
export const SUBSCRIPTION_ID = `${PREFIX}subscriptionId`;
