import { valueText } from '../approvals/value-text.js';
import { isJsonObject, type JsonValue } from '../platform/json.js';
import { revealedJson } from '../platform/hidden-characters.js';
import { wrapped } from './wrap-text.js';

/** In front of a line of the arguments, and of what continues one: no value can pose as guard's own text. */
const GUTTER = '│ ';
const CONTINUED = '┆ ';
const INDENT = '  ';

/** The arguments as indented JSON in lines of at most `width` columns. Every character of them is there. */
export function argumentLines(value: JsonValue, width: number): string[] {
  const room = Math.max(4, width - GUTTER.length - 1);
  const lines: string[] = [];
  for (const line of jsonLines(value, '', '', '')) {
    for (const [index, row] of rowsOf(line, room).entries()) {
      lines.push(`${index === 0 ? GUTTER : CONTINUED}${row}`);
    }
  }
  return lines;
}

function jsonLines(value: JsonValue, indent: string, before: string, after: string): string[] {
  const children: (readonly [string, JsonValue])[] = Array.isArray(value)
    ? value.map((item) => ['', item] as const)
    : isJsonObject(value)
      ? Object.keys(value).map((key) => [`"${revealedJson(key)}": `, value[key] as JsonValue] as const)
      : [];
  if (children.length === 0) return [`${indent}${before}${valueText(value)}${after}`];
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return [
    `${indent}${before}${open}`,
    ...children.flatMap(([name, child], index) =>
      jsonLines(child, indent + INDENT, name, index === children.length - 1 ? '' : ','),
    ),
    `${indent}${close}${after}`,
  ];
}

/** A long text breaks behind each of its line feeds too, which stay visible as `\n`. */
function rowsOf(line: string, room: number): string[] {
  return line
    .split(/(?<=(?<!\\)(?:\\\\)*\\n)(?=.)/)
    .filter((part) => part !== '')
    .flatMap((part) => wrapped(part, room));
}
