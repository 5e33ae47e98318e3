import type { Place } from '../table/client.js';
import { type ConfigDocument, type MapNode, memberOf, type Node, textOf } from '../formats/tree.js';

/** One server in a file. */
export interface Entry {
  /** Keys from the file's top, for people and for remembering. */
  readonly path: readonly string[];
  readonly name: string;
  readonly node: MapNode;
}

export type EntriesFound =
  | { readonly kind: 'entries'; readonly entries: readonly Entry[] }
  | { readonly kind: 'refused'; readonly why: string };

/** What a file needs to be searched for servers. */
export type EntryPlace = Pick<Place, 'keyPaths' | 'isList'>;

/** The servers of a file, in its order. Refuses a file that has something else where servers should be. */
export function findEntries({ root }: ConfigDocument, place: EntryPlace): EntriesFound {
  const entries: Entry[] = [];
  for (const keyPath of place.keyPaths) {
    for (const { node, path } of nodesAt(root, keyPath, [])) {
      if (isEmpty(node)) continue;
      if (place.isList === true) {
        if (node.kind !== 'list') return { kind: 'refused', why: refusal(path, 'list') };
        entries.push(...inList(node.items, path));
      } else {
        if (node.kind !== 'map') return { kind: 'refused', why: refusal(path, 'map') };
        entries.push(...inMap(node, path, place));
      }
    }
  }
  return { kind: 'entries', entries };
}

function refusal(path: readonly string[], expected: string): string {
  return `has no ${expected} of servers under ${path.join('.')}`;
}

/** `servers:` with nothing behind it. */
function isEmpty(node: Node): boolean {
  return node.kind === 'scalar' && (node.raw === '' || node.raw === 'null' || node.raw === '~');
}

function nodesAt(
  node: Node,
  keyPath: readonly string[],
  path: readonly string[],
): { node: Node; path: readonly string[] }[] {
  const [key, ...rest] = keyPath;
  if (key === undefined) return [{ node, path }];
  if (node.kind !== 'map') return [];
  const members = key === '*' ? node.members : node.members.filter((member) => member.key === key);
  return members.flatMap((member) => {
    // What has a command of its own is a server that bears this name, and no map of servers.
    if (path.length > 0 && rest.length === 0 && looksLikeServer(member.value)) return [];
    return nodesAt(member.value, rest, [...path, member.key]);
  });
}

function inMap(map: MapNode, path: readonly string[], { keyPaths }: EntryPlace): Entry[] {
  const isTop = path.length === 0;
  const others = keyPaths.filter((keyPath) => keyPath.length > 0);
  // A file whose top holds servers has no key of its own for them.
  if (isTop && others.some(([first = '']) => memberOf(map, first) !== undefined)) return [];
  return map.members.flatMap(({ key, value }) => {
    if (value.kind !== 'map') return [];
    const isServer = looksLikeServer(value);
    if (isTop && !isServer) return [];
    const own = [...path, key];
    const isContainer = others.some((keyPath) => keyPath.join('\0') === own.join('\0'));
    if (!isServer && (isContainer || isTimes(key, value))) return [];
    return [{ path: own, name: key, node: value }];
  });
}

function inList(items: readonly Node[], path: readonly string[]): Entry[] {
  return items.flatMap((node, index) => {
    if (node.kind !== 'map') return [];
    const name = textOf(node, 'name') ?? textOf(node, 'uuid') ?? `server ${index + 1}`;
    return [{ path: [...path, String(index)], name, node }];
  });
}

function looksLikeServer(node: Node): boolean {
  const keys = ['command', 'cmd', 'url', 'httpUrl', 'serverUrl', 'uri', 'transport'];
  return node.kind === 'map' && keys.some((key) => memberOf(node, key) !== undefined);
}

/** opencode keeps its time limits among its servers: `mcp.timeout: { startup, execution }`. */
function isTimes(key: string, { members }: MapNode): boolean {
  return (
    key === 'timeout' && members.every(({ value }) => value.kind === 'scalar' && value.number !== undefined)
  );
}
