import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Document, YAMLError } from 'yaml';
import type { JsonValue } from '../platform/json.js';
import type { ConfigPath, Mistake, Position } from './mistakes.js';
import { pathText } from './mistakes.js';
import { nodeAt, nodeToJson } from './yaml-value.js';

/** The value of a config file, and where its parts stand. */
export interface ParsedText {
  /** Undefined where the text is too broken to have one. */
  readonly value: JsonValue | undefined;
  readonly mistakes: readonly Mistake[];
  /** The place of a value, or of the nearest part around it that exists; with `key`, of its key. */
  readonly locate: (path: ConfigPath, key?: 'key') => Position;
}

/** Mistakes of the text after which its value can still be looked at. */
const HARMLESS = new Set(['DUPLICATE_KEY']);

/**
 * YAML 1.2 (core schema, merge keys) or JSON to a value with positions. Of a package.json only the
 * `guard` key is looked at. Bounded: size by the reader, depth and aliases by yaml-value.ts.
 */
export function parseConfigText(file: string, text: string): ParsedText {
  const lines = new LineCounter();
  let document: Document.Parsed;
  try {
    document = parseDocument(text, {
      lineCounter: lines,
      merge: true,
      prettyErrors: false,
      logLevel: 'error',
    });
  } catch (error) {
    // The parser recurses: only absurd nesting gets here.
    if (!(error instanceof RangeError)) throw error;
    const mistake = { file, line: 1, column: 1, path: '', message: 'nested too deeply' };
    return { value: undefined, mistakes: [mistake], locate: () => ({ line: 1, column: 1 }) };
  }
  const root = rootOf(document, file);
  const at = (offset: number): Position => {
    const position = lines.linePos(offset);
    return { line: Math.max(1, position.line), column: Math.max(1, position.col) };
  };
  const locate = (path: ConfigPath, key?: 'key'): Position => at(nodeAt(document, root, path, key === 'key'));
  const mistakes = document.errors
    .filter((error) => root === document.contents || isWithin(error, root))
    .map((error): Mistake => ({ file, ...at(error.pos[0]), path: '', message: yamlMessage(error) }));
  if (document.errors.some((error) => !HARMLESS.has(error.code)))
    return { value: undefined, mistakes, locate };

  const { value, problems } = nodeToJson(root);
  for (const problem of problems) {
    mistakes.push({ file, ...at(problem.offset), path: pathText(problem.path), message: problem.message });
  }
  return { value, mistakes, locate };
}

function rootOf(document: Document.Parsed, file: string): unknown {
  if (!/[\\/]package\.json$/.test(file) || !isMap(document.contents)) return document.contents;
  const pair = document.contents.items.find((item) => isScalar(item.key) && item.key.value === 'guard');
  return pair?.value ?? null;
}

function isWithin(error: YAMLError, root: unknown): boolean {
  const range = isNode(root) ? root.range : undefined;
  return (
    !HARMLESS.has(error.code) ||
    (range !== undefined && range !== null && error.pos[0] >= range[0] && error.pos[0] < range[2])
  );
}

function yamlMessage(error: YAMLError): string {
  if (error.code === 'DUPLICATE_KEY') return 'this key stands twice in the same place';
  if (error.code === 'MULTIPLE_DOCS') return 'expected one document, found a second one after ---';
  return `not valid YAML: ${error.message}`;
}
