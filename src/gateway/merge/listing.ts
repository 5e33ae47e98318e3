import { arrayElements } from '../../jsonrpc/array-elements.js';
import { spansAt, spliced } from '../../jsonrpc/splice.js';
import { isJsonObject, member, type JsonObject } from '../../platform/json.js';

/** The lists that a gateway merges: the method, the member that holds the entries, the entry's key. */
export interface ListKind {
  readonly member: 'tools' | 'prompts' | 'resources' | 'resourceTemplates' | 'tasks';
  readonly key: 'name' | 'uri' | 'uriTemplate' | 'taskId';
  /** The capability without which a server is not asked. */
  readonly capability: 'tools' | 'prompts' | 'resources' | 'tasks';
}

export const LIST_KINDS: ReadonlyMap<string, ListKind> = new Map([
  ['tools/list', { member: 'tools', key: 'name', capability: 'tools' }],
  ['prompts/list', { member: 'prompts', key: 'name', capability: 'prompts' }],
  ['resources/list', { member: 'resources', key: 'uri', capability: 'resources' }],
  ['resources/templates/list', { member: 'resourceTemplates', key: 'uriTemplate', capability: 'resources' }],
]);

/** The tasks of a caller (2025-11-25, basic/utilities/tasks). The one list that comes in pages: it may grow long. */
export const TASK_LIST: ListKind = { member: 'tasks', key: 'taskId', capability: 'tasks' };

/** One page of a server's list. */
export interface ListPage {
  /** Each entry's key and its own bytes. */
  readonly entries: readonly { readonly key: string; readonly bytes: Buffer }[];
  readonly nextCursor: string | undefined;
  /** How long it may be kept, in milliseconds; 0 where the server does not say. */
  readonly ttlMs: number;
}

/** Reads an answer to a list request; undefined for an error, or what is no list. */
export function readPage(line: Buffer, kind: ListKind): ListPage | undefined {
  const result = member(JSON.parse(line.toString('utf8')) as JsonObject, 'result');
  const values = isJsonObject(result) ? member(result, kind.member) : undefined;
  const [span] = spansAt(line, ['result', kind.member]);
  if (!isJsonObject(result) || !Array.isArray(values) || span === undefined) return undefined;
  const places = arrayElements(line, span);
  const entries = values.flatMap((value, index) => {
    const place = places[index];
    const key = isJsonObject(value) ? member(value, kind.key) : undefined;
    if (place === undefined || typeof key !== 'string') return [];
    return [{ key, bytes: line.subarray(place.start, place.end) }];
  });
  const cursor = member(result, 'nextCursor');
  const ttlMs = member(result, 'ttlMs');
  return {
    entries,
    nextCursor: typeof cursor === 'string' ? cursor : undefined,
    ttlMs: typeof ttlMs === 'number' && ttlMs > 0 ? ttlMs : 0,
  };
}

/** An entry with its key replaced; all other bytes are the server's. */
export function renamedEntry(bytes: Buffer, key: ListKind['key'], value: string): Buffer {
  const [span] = spansAt(bytes, [key]);
  return span === undefined ? bytes : spliced(bytes, [{ span, bytes: Buffer.from(JSON.stringify(value)) }]);
}

export interface MergedList {
  readonly kind: ListKind;
  readonly entries: readonly Buffer[];
  readonly modern: boolean;
  readonly ttlMs: number;
  /** Where the next page begins; undefined on the last. */
  readonly nextCursor?: string | undefined;
}

/** The answer to a list request, under the id 0, with the entries of all servers in the order of the config. */
export function mergedList({ kind, entries, modern, ttlMs, nextCursor }: MergedList): Buffer {
  // What one caller sees depends on the policy for this caller, so no cache may share it.
  const head = modern ? `"resultType":"complete","ttlMs":${ttlMs},"cacheScope":"private",` : '';
  const next = nextCursor === undefined ? '' : `"nextCursor":${JSON.stringify(nextCursor)},`;
  const pieces: Buffer[] = [
    Buffer.from(`{"jsonrpc":"2.0","id":0,"result":{${head}${next}"${kind.member}":[`),
  ];
  for (const [index, entry] of entries.entries()) {
    if (index > 0) pieces.push(COMMA);
    pieces.push(entry);
  }
  pieces.push(END);
  return Buffer.concat(pieces);
}

const COMMA = Buffer.from(',');
const END = Buffer.from(']}}\n');
