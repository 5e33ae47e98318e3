import type { Key } from './key-reader.js';

/** A line that is being typed. */
export interface LineEditor {
  readonly characters: readonly string[];
  /** Characters before the cursor. */
  readonly cursor: number;
}

export const EMPTY_LINE: LineEditor = { characters: [], cursor: 0 };

export function textOf(editor: LineEditor): string {
  return editor.characters.join('');
}

/** The line after a key; keys that mean nothing to it change nothing. What is too long is left out. */
export function edited(editor: LineEditor, key: Key, charsMax: number): LineEditor {
  if (key.kind !== 'named') return inserted(editor, Array.from(key.text), charsMax);
  const { characters, cursor } = editor;
  switch (key.name) {
    case 'left':
      return { characters, cursor: Math.max(0, cursor - 1) };
    case 'right':
      return { characters, cursor: Math.min(characters.length, cursor + 1) };
    case 'home':
      return { characters, cursor: 0 };
    case 'end':
      return { characters, cursor: characters.length };
    case 'clear-line':
      return { characters: characters.slice(cursor), cursor: 0 };
    case 'backspace':
      return cursor === 0 ? editor : { characters: characters.toSpliced(cursor - 1, 1), cursor: cursor - 1 };
    default:
      return editor;
  }
}

function inserted(
  { characters, cursor }: LineEditor,
  typed: readonly string[],
  charsMax: number,
): LineEditor {
  const fitting = typed.slice(0, Math.max(0, charsMax - characters.length));
  return { characters: characters.toSpliced(cursor, 0, ...fitting), cursor: cursor + fitting.length };
}
