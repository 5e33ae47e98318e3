import { revealedJsonPieces, type ShownPiece } from '../../../platform/hidden-characters.js';
import { isJsonObject, type JsonValue } from '../../../platform/json.js';

/** A line of a JSON text. Every character of the value is in its pieces. */
export interface JsonRow {
  readonly depth: number;
  readonly pieces: readonly JsonPiece[];
  /** It goes on where the row before broke behind a line feed. */
  readonly goesOn: boolean;
}

export interface JsonPiece extends ShownPiece {
  readonly kind: 'mark' | 'name' | 'text' | 'word';
}

/** A value as indented JSON, a row for each line and for each line feed of a text. */
export function jsonRows(value: JsonValue): JsonRow[] {
  const rows: JsonRow[] = [];
  addRows(rows, value, 0, [], '');
  return rows;
}

function addRows(
  rows: JsonRow[],
  value: JsonValue,
  depth: number,
  before: readonly JsonPiece[],
  after: string,
): void {
  const children: (readonly [readonly JsonPiece[], JsonValue])[] = Array.isArray(value)
    ? value.map((item) => [[], item] as const)
    : isJsonObject(value)
      ? Object.keys(value).map((key) => [nameOf(key), value[key] as JsonValue] as const)
      : [];
  if (children.length === 0) {
    for (const [index, pieces] of broken([...before, ...leaf(value), mark(after)]).entries()) {
      rows.push({ depth, pieces, goesOn: index > 0 });
    }
    return;
  }
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  rows.push({ depth, pieces: [...before, mark(open)], goesOn: false });
  for (const [index, [name, child]] of children.entries()) {
    addRows(rows, child, depth + 1, name, index === children.length - 1 ? '' : ',');
  }
  rows.push({ depth, pieces: [mark(`${close}${after}`)], goesOn: false });
}

function leaf(value: JsonValue): JsonPiece[] {
  if (typeof value === 'string') return quoted(value, 'text');
  return [{ kind: 'word', text: JSON.stringify(value), isEscape: false }];
}

function nameOf(key: string): JsonPiece[] {
  return [...quoted(key, 'name'), mark(': ')];
}

function quoted(text: string, kind: 'name' | 'text'): JsonPiece[] {
  return [mark('"'), ...revealedJsonPieces(text).map((piece) => ({ kind, ...piece })), mark('"')];
}

function mark(text: string): JsonPiece {
  return { kind: 'mark', text, isEscape: false };
}

/** A row ends behind each line feed of a text, unless only its closing marks follow. */
function broken(pieces: readonly JsonPiece[]): JsonPiece[][] {
  const rows: JsonPiece[][] = [[]];
  for (const [index, piece] of pieces.entries()) {
    if (piece.text === '') continue;
    rows.at(-1)?.push(piece);
    const more = pieces.slice(index + 1, index + 2).some(({ kind }) => kind === 'text');
    if (piece.isEscape && piece.kind === 'text' && piece.text === String.raw`\n` && more) rows.push([]);
  }
  return rows;
}
