import { type AST, ParseError, parseTOML } from 'toml-eslint-parser';
import {
  type DocumentReading,
  lineAt,
  type ListNode,
  type MapNode,
  type Member,
  type Node,
  type Range,
} from './tree.js';

type Growing<T> = { -readonly [K in keyof T]: T[K] };
type GrowingMap = Growing<Omit<MapNode, 'members'>> & { members: Member[] };
type GrowingList = Growing<Omit<ListNode, 'items'>> & { items: Node[] };

/** TOML 1.0 forbids these raw everywhere, comments included; the parser lets them pass. */
// oxlint-disable-next-line no-control-regex -- control characters are what this looks for
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]|\r(?!\n)/;

/** Reads TOML. The tables of a file, which may stand in any order, come to one tree. Duplicates are broken. */
export function readToml(text: string, hasBom: boolean): DocumentReading {
  const forbidden = FORBIDDEN.exec(text);
  if (forbidden !== null) {
    return { kind: 'refused', why: `is broken: a control character at ${lineAt(text, forbidden.index)}` };
  }
  try {
    const [top] = parseTOML(text).body;
    const root = newMap();
    for (const entry of top.body) {
      if (entry.type === 'TOMLKeyValue') addPair(root, entry, text);
      else addTable(root, entry, text);
    }
    return { kind: 'document', document: { syntax: 'toml', text, hasBom, root } };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return { kind: 'refused', why: `is broken: ${error.message} at line ${error.lineNumber}` };
  }
}

function newMap(range?: Range): GrowingMap {
  return { kind: 'map', range, style: range === undefined ? 'block' : 'flow', members: [] };
}

function addTable(root: GrowingMap, table: AST.TOMLTable, text: string): void {
  const [start] = table.range;
  let place: GrowingMap = root;
  for (const [index, word] of table.resolvedKey.entries()) {
    if (typeof word === 'number') continue;
    const position = table.resolvedKey[index + 1];
    place = typeof position === 'number' ? tableAt(place, word, position, start) : mapAt(place, word, start);
  }
  for (const pair of table.body) addPair(place, pair, text);
}

/** The map of this name, made where there is none. */
function mapAt(place: GrowingMap, key: string, start: number): GrowingMap {
  const found = place.members.find((member) => member.key === key)?.value;
  if (found?.kind === 'map') return found as GrowingMap;
  const made = newMap();
  place.members.push({ key, start, prefix: '', value: made });
  return made;
}

/** The table that stands at this position under the name. */
function tableAt(place: GrowingMap, key: string, position: number, start: number): GrowingMap {
  let list = place.members.find((member) => member.key === key)?.value as GrowingList | undefined;
  if (list === undefined) {
    list = { kind: 'list', range: [start, start], style: 'tables', items: [] };
    place.members.push({ key, start, prefix: '', value: list });
  }
  while (list.items.length <= position) list.items.push(newMap());
  return list.items[position] as GrowingMap;
}

function addPair(place: GrowingMap, { key, value }: AST.TOMLKeyValue, text: string): void {
  const names = key.keys.map((part) => (part.type === 'TOMLBare' ? part.name : part.value));
  const [start] = key.range;
  let map = place;
  for (const name of names.slice(0, -1)) map = mapAt(map, name, start);
  const last = key.keys.at(-1);
  map.members.push({
    key: names.at(-1) ?? '',
    start,
    prefix: text.slice(start, last?.range[0] ?? start),
    value: nodeOf(value, text),
  });
}

function nodeOf(value: AST.TOMLContentNode, text: string): Node {
  const range: Range = value.range;
  if (value.type === 'TOMLArray') {
    return { kind: 'list', range, style: 'flow', items: value.elements.map((item) => nodeOf(item, text)) };
  }
  if (value.type === 'TOMLInlineTable') {
    const map = newMap(range);
    for (const pair of value.body) addPair(map, pair, text);
    return map;
  }
  const isNumber = value.kind === 'integer' || value.kind === 'float';
  return {
    kind: 'scalar',
    range,
    raw: text.slice(...range),
    text: value.kind === 'string' ? value.value : undefined,
    number: isNumber ? value.value : undefined,
    copies: 'anywhere',
  };
}
