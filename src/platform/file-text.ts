import { escapeHostile } from './printable.js';

/**
 * The value as the text of a file that a person may `cat`: indented, and with every character that a
 * terminal would act on, or a person could not see, as a JSON escape. It means the same.
 */
export function fileText(value: object): string {
  const text = JSON.stringify(value, null, 2);
  return `${escapeHostile(text, (character) => (character === '\n' ? character : jsonEscapes(character)))}\n`;
}

/** A character as escapes of JSON, one for each of its UTF-16 units. */
export function jsonEscapes(character: string): string {
  let escapes = '';
  for (let index = 0; index < character.length; index += 1) {
    escapes += String.raw`\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }
  return escapes;
}
