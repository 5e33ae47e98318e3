import { messageOf } from '../../platform/errors.js';
import { readJson } from './read-json.js';
import { readToml } from './read-toml.js';
import { readYaml } from './read-yaml.js';
import type { ConfigDocument, DocumentReading } from './tree.js';

/** How a client reads its file: strict JSON, JSON with comments, the same with trailing commas, TOML or YAML. */
export type FileFormat = 'json' | 'json-comments' | 'json-lenient' | 'toml' | 'yaml';

const BOM = '\uFEFF';

/** Reads a file's bytes as its client would. Never throws: what cannot be read is refused with a reason. */
export function readDocument(bytes: Uint8Array, format: FileFormat): DocumentReading {
  let whole: string;
  try {
    whole = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { kind: 'refused', why: 'is not valid UTF-8' };
  }
  const hasBom = whole.startsWith(BOM);
  const text = hasBom ? whole.slice(1) : whole;
  try {
    return readText(text, hasBom, format);
  } catch (error) {
    // The parsers call themselves for each level: what nests too deep ends here.
    if (error instanceof RangeError) return { kind: 'refused', why: 'nests too deep' };
    return { kind: 'refused', why: `cannot be read: ${messageOf(error)}` };
  }
}

/** The bytes of a document, or of one with this text in its place. */
export function bytesOf({ hasBom, text }: ConfigDocument, changed: string = text): Buffer {
  return Buffer.from(`${hasBom ? BOM : ''}${changed}`, 'utf8');
}

/** The same document with another text, read again. */
export function readAgain({ hasBom }: ConfigDocument, text: string, format: FileFormat): DocumentReading {
  return readDocument(Buffer.from(`${hasBom ? BOM : ''}${text}`, 'utf8'), format);
}

function readText(text: string, hasBom: boolean, format: FileFormat): DocumentReading {
  switch (format) {
    case 'json':
      return readJson(text, hasBom, { comments: false, trailingCommas: false });
    case 'json-comments':
      return readJson(text, hasBom, { comments: true, trailingCommas: false });
    case 'json-lenient':
      return readJson(text, hasBom, { comments: true, trailingCommas: true });
    case 'toml':
      return readToml(text, hasBom);
    case 'yaml':
      return readYaml(text, hasBom);
  }
}
