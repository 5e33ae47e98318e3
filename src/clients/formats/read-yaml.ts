import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type ParsedNode,
  parseAllDocuments,
  visit,
  type YAMLMap,
} from 'yaml';
import { type DocumentReading, lineAt, type MapNode, type Member, type Node } from './tree.js';

/** What no edit by place can be sure about. */
class Unsure extends Error {}

/**
 * Reads YAML 1.2. Refuses what makes one place stand for another (anchors, aliases, merge keys),
 * several documents, and keys that are no plain words.
 */
export function readYaml(text: string, hasBom: boolean): DocumentReading {
  const documents = parseAllDocuments(text, { uniqueKeys: true, strict: true });
  if (!Array.isArray(documents) || documents.length === 0) {
    return { kind: 'document', document: { syntax: 'yaml', text, hasBom, root: emptyMap() } };
  }
  const [first] = documents;
  if (first === undefined || documents.length > 1) {
    return { kind: 'refused', why: `holds ${documents.length} documents, expected one` };
  }
  const [error] = first.errors;
  if (error !== undefined) {
    const [what] = error.message.split('\n');
    return { kind: 'refused', why: `is broken: ${what ?? error.code} (${lineAt(text, error.pos[0])})` };
  }
  let reference: number | undefined;
  visit(first, {
    Node(_key, node) {
      if (isAlias(node) || ('anchor' in node && node.anchor !== undefined)) {
        reference = node.range?.[0] ?? 0;
        return visit.BREAK;
      }
      return undefined;
    },
    Pair(_key, pair) {
      if (isScalar(pair.key) && pair.key.value === '<<') {
        reference = pair.key.range?.[0] ?? 0;
        return visit.BREAK;
      }
      return undefined;
    },
  });
  if (reference !== undefined) {
    const why = `has an anchor, an alias or a merge key at ${lineAt(text, reference)}: one place would stand for others`;
    return { kind: 'refused', why };
  }
  try {
    const root = first.contents === null ? emptyMap() : nodeOf(first.contents, text);
    if (root.kind === 'scalar' && root.raw.trim() === '') {
      return { kind: 'document', document: { syntax: 'yaml', text, hasBom, root: emptyMap() } };
    }
    if (root.kind !== 'map') return { kind: 'refused', why: 'holds no map' };
    return { kind: 'document', document: { syntax: 'yaml', text, hasBom, root } };
  } catch (error) {
    if (error instanceof Unsure) return { kind: 'refused', why: error.message };
    throw error;
  }
}

function emptyMap(): MapNode {
  return { kind: 'map', range: undefined, style: 'block', members: [] };
}

function nodeOf(node: ParsedNode, text: string): Node {
  const range = [node.range[0], node.range[1]] as const;
  if (isMap(node)) return mapOf(node, text);
  if (isSeq(node)) {
    const items = node.items.map((item) => {
      // A pair stands for a map of one member: `[a: 1]`.
      if (isPair(item)) throw new Unsure(`has a pair in a list at ${lineAt(text, range[0])}`);
      return nodeOf(item, text);
    });
    return { kind: 'list', range, style: node.flow === true ? 'flow' : 'block', items };
  }
  if (!isScalar(node)) throw new Unsure(`has an alias at ${lineAt(text, range[0])}`);
  const raw = text.slice(...range);
  const value: unknown = node.value;
  return {
    kind: 'scalar',
    range,
    raw,
    text: typeof value === 'string' ? value : undefined,
    number: typeof value === 'number' ? value : undefined,
    copies: copiesOf(raw, node.type, node.tag),
  };
}

/** A plain word that holds what ends a word of a flow list means something else there. */
function copiesOf(
  raw: string,
  type: string | undefined,
  tag: string | undefined,
): 'anywhere' | 'block' | 'nowhere' {
  if (tag !== undefined || /[\r\n]/.test(raw) || raw === '') return 'nowhere';
  return type === 'PLAIN' && /[,[\]{}]/.test(raw) ? 'block' : 'anywhere';
}

function mapOf(node: YAMLMap.Parsed, text: string): MapNode {
  const members: Member[] = node.items.map(({ key, value }) => {
    const isWord = isScalar(key) && ['string', 'number', 'boolean'].includes(typeof key.value);
    if (!isWord || key.range === undefined || key.range === null) {
      throw new Unsure(`has a key that is no word at ${lineAt(text, node.range[0])}`);
    }
    const [start, end] = key.range;
    const absent: Node = {
      kind: 'scalar',
      range: [end, end],
      raw: '',
      text: undefined,
      number: undefined,
      copies: 'nowhere',
    };
    return {
      key: String(key.value),
      start,
      prefix: '',
      value: value === null ? absent : nodeOf(value, text),
    };
  });
  const range = [node.range[0], node.range[1]] as const;
  return { kind: 'map', range, style: node.flow === true ? 'flow' : 'block', members };
}
