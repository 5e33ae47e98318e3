import { shownJson } from '../audit/json-text.js';

/**
 * A value as one line of JSON, with its line feed: what a person could not see in its texts, or a terminal
 * would act on, is escaped, and it means the same. Indented, over several lines, it is `fileText`.
 */
export function shownJsonLine(value: object): string {
  return `${shownJson(JSON.stringify(value))}\n`;
}
