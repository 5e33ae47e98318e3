import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Document, YAMLError } from 'yaml';
import type { JsonValue } from '../platform/json.js';
import type { ConfigPath, Mistake, Position } from './mistakes.js';
import { pathText } from './mistakes.js';
import { plainJson } from './plain-json.js';
import { nodeAt, nodeToJson } from './yaml-value.js';

/** The value of a config file, and where its parts stand. */
export interface ParsedText {
  /** Undefined where the text is too broken to have one. */
  readonly value: JsonValue | undefined;
  readonly mistakes: readonly Mistake[];
  /** The place of a value, or of the nearest part around it that exists; with `key`, of its key. */
  readonly locate: (path: ConfigPath, key?: 'key') => Position;
}

/**
 * YAML 1.2 (core schema, merge keys) or JSON to a value with positions. Of a package.json only the
 * `guard` key is looked at. Bounded: size by the reader, depth and aliases by yaml-value.ts.
 */
export function parseConfigText(file: string, text: string): ParsedText {
  const value = isPackage(file) ? undefined : plainJson(text);
  if (value === undefined) return parseYaml(file, text);
  // Places are asked for only where something is wrong.
  let places: ParsedText | undefined;
  const locate: ParsedText['locate'] = (path, key) => (places ??= parseYaml(file, text)).locate(path, key);
  return { value, mistakes: [], locate };
}

function parseYaml(file: string, text: string): ParsedText {
  const lines = new LineCounter();
  let document: Document.Parsed;
  try {
    document = parseDocument(text, {
      lineCounter: lines,
      merge: true,
      prettyErrors: false,
      // nodeToJson finds keys that stand twice, and knows their paths.
      uniqueKeys: false,
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
  const mistakes = document.errors.map((error): Mistake => ({
    file,
    ...at(error.pos[0]),
    path: '',
    message: yamlMessage(error),
  }));
  if (mistakes.length > 0) return { value: undefined, mistakes, locate };

  const { value, problems } = nodeToJson(root);
  for (const problem of problems) {
    mistakes.push({ file, ...at(problem.offset), path: pathText(problem.path), message: problem.message });
  }
  return { value, mistakes, locate };
}

function rootOf(document: Document.Parsed, file: string): unknown {
  if (!isPackage(file) || !isMap(document.contents)) return document.contents;
  // Of keys that stand twice, package managers take the last.
  const pair = document.contents.items.findLast((item) => isScalar(item.key) && item.key.value === 'guard');
  return pair?.value ?? null;
}

function isPackage(file: string): boolean {
  return /[\\/]package\.json$/.test(file);
}

function yamlMessage(error: YAMLError): string {
  if (error.code === 'MULTIPLE_DOCS') return 'expected one document, found a second one after ---';
  return `not valid YAML: ${error.message}`;
}
