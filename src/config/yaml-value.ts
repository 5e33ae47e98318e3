import { isAlias, isMap, isNode, isScalar, isSeq } from 'yaml';
import type { Document, Node, Pair, YAMLMap } from 'yaml';
import { CONFIG_ALIAS_NODES_MAX, JSON_DEPTH_MAX } from '../platform/bounds.js';
import type { JsonObject, JsonValue } from '../platform/json.js';
import type { ConfigPath } from './mistakes.js';

/** Something in a YAML tree that JSON cannot hold, or that is refused. */
export interface Problem {
  /** Position in the text, from 0. */
  readonly offset: number;
  readonly path: ConfigPath;
  readonly message: string;
}

/** The state of one conversion. */
interface Conversion {
  readonly anchors: Map<string, Node>;
  readonly open: Set<Node>;
  readonly problems: Problem[];
  /** Nodes that were reached through an alias: what a few lines can blow up. */
  aliased: number;
}

/**
 * A YAML tree as JSON. Unlike the parser's own conversion it names what JSON cannot hold (keys that
 * are no text, NaN, integers that lose digits), and what aliases expand to is bounded.
 */
export function nodeToJson(root: unknown): { value: JsonValue | undefined; problems: readonly Problem[] } {
  const conversion: Conversion = { anchors: new Map(), open: new Set(), problems: [], aliased: 0 };
  const value = convert(root, [], false, conversion);
  return {
    value: conversion.problems.some(({ message }) => message === TOO_MUCH) ? undefined : value,
    problems: conversion.problems,
  };
}

const TOO_MUCH = `aliases expand to more than ${CONFIG_ALIAS_NODES_MAX} values`;

function convert(node: unknown, path: ConfigPath, aliased: boolean, conversion: Conversion): JsonValue {
  if (!isNode(node)) return null;
  if (path.length > JSON_DEPTH_MAX) return refuse(node, path, 'nested too deeply', conversion);
  if (aliased && ++conversion.aliased > CONFIG_ALIAS_NODES_MAX) {
    if (conversion.aliased === CONFIG_ALIAS_NODES_MAX + 1) refuse(node, path, TOO_MUCH, conversion);
    return null;
  }
  if (isAlias(node)) return convertAlias(node, path, conversion);
  if ('anchor' in node && typeof node.anchor === 'string') conversion.anchors.set(node.anchor, node);
  if (isScalar(node)) return convertScalar(node, node.value, path, conversion);
  conversion.open.add(node);
  const value = isMap(node)
    ? convertMap(node, path, aliased, conversion)
    : isSeq(node)
      ? node.items.map((item, index) => convert(item, [...path, index], aliased, conversion))
      : null;
  conversion.open.delete(node);
  return value;
}

function convertAlias(node: Node & { source: string }, path: ConfigPath, conversion: Conversion): JsonValue {
  const target = conversion.anchors.get(node.source);
  if (target === undefined)
    return refuse(node, path, `alias *${node.source} has no anchor above it`, conversion);
  if (conversion.open.has(target))
    return refuse(node, path, `alias *${node.source} contains itself`, conversion);
  return convert(target, path, true, conversion);
}

function convertScalar(node: Node, value: unknown, path: ConfigPath, conversion: Conversion): JsonValue {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value !== 'number')
    return refuse(node, path, 'this kind of value is not supported; put it in quotes', conversion);
  if (!Number.isFinite(value)) return refuse(node, path, 'expected a finite number', conversion);
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return refuse(node, path, 'this integer loses digits; put it in quotes', conversion);
  }
  return value;
}

function convertMap(map: YAMLMap, path: ConfigPath, aliased: boolean, conversion: Conversion): JsonObject {
  const object: JsonObject = {};
  const merges: JsonObject[] = [];
  for (const pair of map.items) {
    const key = keyText(pair);
    if (key === undefined) {
      refuse(isNode(pair.key) ? pair.key : map, path, 'expected a key that is text', conversion);
    } else if (key === '__proto__') {
      refuse(isNode(pair.key) ? pair.key : map, path, 'the key __proto__ is not allowed', conversion);
    } else if (isMerge(pair)) {
      merges.push(...mergedObjects(convert(pair.value, path, aliased, conversion)));
    } else if (Object.hasOwn(object, key)) {
      const node = isNode(pair.key) ? pair.key : map;
      refuse(node, [...path, key], 'this key stands twice in the same place', conversion);
    } else {
      object[key] = convert(pair.value, [...path, key], aliased, conversion);
    }
  }
  for (const merge of merges) {
    for (const [key, value] of Object.entries(merge)) if (!Object.hasOwn(object, key)) object[key] = value;
  }
  return object;
}

function keyText(pair: Pair): string | undefined {
  if (!isScalar(pair.key)) return undefined;
  const key = pair.key.value;
  // A merge key's value is a symbol; a key such as 1 or true is taken as it is written.
  if (typeof key === 'symbol') return key.description;
  return typeof key === 'string' ? key : (pair.key.source ?? undefined);
}

function isMerge(pair: Pair): boolean {
  return (
    isScalar(pair.key) &&
    (typeof pair.key.value === 'symbol' || (pair.key.value === '<<' && pair.key.type === 'PLAIN'))
  );
}

function mergedObjects(value: JsonValue): JsonObject[] {
  const values = Array.isArray(value) ? value : [value];
  return values.filter(
    (item): item is JsonObject => typeof item === 'object' && item !== null && !Array.isArray(item),
  );
}

function refuse(node: Node, path: ConfigPath, message: string, conversion: Conversion): null {
  conversion.problems.push({ offset: node.range?.[0] ?? 0, path, message });
  return null;
}

/** Position in the text of the value at a path, or of its key, or of the nearest part that exists. */
export function nodeAt(document: Document.Parsed, root: unknown, path: ConfigPath, key: boolean): number {
  let node: unknown = root;
  let offset = offsetOf(root) ?? 0;
  for (const [depth, part] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    if (isSeq(node) && typeof part === 'number') {
      node = node.items[part];
    } else if (isMap(node)) {
      const pair = node.items.find((item) => keyText(item) === String(part));
      if (pair === undefined) return offset;
      const last = depth === path.length - 1;
      if (last && key) return offsetOf(pair.key) ?? offset;
      offset = offsetOf(pair.key) ?? offset;
      node = pair.value;
    } else {
      return offset;
    }
    offset = offsetOf(node) ?? offset;
  }
  return offset;
}

function offsetOf(node: unknown): number | undefined {
  return isNode(node) ? (node.range?.[0] ?? undefined) : undefined;
}
