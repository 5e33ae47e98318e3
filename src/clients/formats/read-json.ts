import { type Node as JsonNode, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { type DocumentReading, lineAt, type MapNode, type Member, type Node } from './tree.js';

/** What a client lets pass in its JSON. */
export interface JsonDialect {
  readonly comments: boolean;
  readonly trailingCommas: boolean;
}

/**
 * Reads JSON as far as its client would: what the client could not read is broken. Refuses duplicate
 * keys, since parsers differ about which one counts. An empty file is an empty map.
 */
export function readJson(text: string, hasBom: boolean, dialect: JsonDialect): DocumentReading {
  const done = (root: MapNode): DocumentReading => ({
    kind: 'document',
    document: { syntax: 'json', text, hasBom, root },
  });
  if (text.trim() === '') return done({ kind: 'map', range: [0, text.length], style: 'flow', members: [] });
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, {
    disallowComments: !dialect.comments,
    allowTrailingComma: dialect.trailingCommas,
  });
  const [error] = errors;
  if (error !== undefined || tree === undefined) {
    const what = error === undefined ? 'nothing' : printParseErrorCode(error.error);
    return { kind: 'refused', why: `is broken: ${what} at ${lineAt(text, error?.offset ?? 0)}` };
  }
  if (tree.type !== 'object') return { kind: 'refused', why: 'holds no object' };
  const duplicates: string[] = [];
  const root = mapOf(tree, text, duplicates);
  if (duplicates[0] !== undefined) {
    return { kind: 'refused', why: `names a key twice: ${duplicates[0]}` };
  }
  return done(root);
}

function nodeOf(node: JsonNode, text: string, duplicates: string[]): Node {
  const range = [node.offset, node.offset + node.length] as const;
  if (node.type === 'object') return mapOf(node, text, duplicates);
  if (node.type === 'array') {
    const items = (node.children ?? []).map((child) => nodeOf(child, text, duplicates));
    return { kind: 'list', range, style: 'flow', items };
  }
  const value: unknown = node.value;
  return {
    kind: 'scalar',
    range,
    raw: text.slice(...range),
    text: typeof value === 'string' ? value : undefined,
    number: typeof value === 'number' ? value : undefined,
    copies: 'anywhere',
  };
}

function mapOf(node: JsonNode, text: string, duplicates: string[]): MapNode {
  const seen = new Set<string>();
  const members: Member[] = [];
  for (const { children } of node.children ?? []) {
    const [name, value] = children ?? [];
    if (name === undefined || value === undefined) continue;
    const key = String(name.value);
    if (seen.has(key)) duplicates.push(`${JSON.stringify(key)} at ${lineAt(text, name.offset)}`);
    seen.add(key);
    members.push({ key, start: name.offset, prefix: '', value: nodeOf(value, text, duplicates) });
  }
  return { kind: 'map', range: [node.offset, node.offset + node.length], style: 'flow', members };
}
