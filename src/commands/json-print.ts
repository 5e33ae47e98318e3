import { shownJson } from '../audit/json-text.js';

/** A value as indented JSON with a final line feed, safe to show: what is invisible in its texts is escaped. */
export function shownJsonText(value: unknown): string {
  const lines = JSON.stringify(value, null, 2).split('\n');
  return `${lines.map(shownJson).join('\n')}\n`;
}
