import { escapeHostile } from '../platform/printable.js';
import type { JsonValue } from '../platform/json.js';

/**
 * A text as it stands in a config file: a double-quoted YAML scalar on one line, which reads back as
 * the same text. Whatever a server or an agent wrote, it stays inside its quotes: line breaks, control
 * and invisible characters are escapes, and `${` names no variable.
 */
export function configText(text: string): string {
  return escapeHostile(JSON.stringify(text.replaceAll('${', '$$${')), yamlEscape);
}

/** A JSON value in YAML's flow style, with texts as above. Keys of objects are words of guard's own. */
export function configValue(value: JsonValue): string {
  if (typeof value === 'string') return configText(value);
  if (Array.isArray(value)) return `[${value.map(configValue).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([key, item]) => `${key}: ${configValue(item)}`)
    .join(', ')} }`;
}

function yamlEscape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  // YAML's short form holds four digits.
  return code > 0xff_ff
    ? String.raw`\U${code.toString(16).padStart(8, '0')}`
    : String.raw`\u${code.toString(16).padStart(4, '0')}`;
}
