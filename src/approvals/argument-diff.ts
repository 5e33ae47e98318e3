import { DIFF_LEAVES_MAX } from '../platform/bounds.js';
import { canonicalJson } from '../platform/canonical-json.js';
import { isJsonObject, type JsonValue } from '../platform/json.js';
import { valueText } from './value-text.js';
import { revealedJson } from '../platform/hidden-characters.js';

/** One difference between two values, as a line; printable. */
export interface DiffLine {
  readonly kind: 'added' | 'removed' | 'note';
  readonly text: string;
}

/** Characters of a changed text that are shown around what differs. */
const AROUND = 12;
const SHOWN = 200;

/** What changed from `before` to `now`, by path. The values themselves stand above it, whole. */
export function argumentDiff(before: JsonValue, now: JsonValue): DiffLine[] {
  const old = leavesOf(before);
  const fresh = leavesOf(now);
  const lines: DiffLine[] = [];
  let same = 0;
  for (const [path, value] of fresh) {
    const was = old.get(path);
    if (was !== undefined && canonicalJson(was) === canonicalJson(value)) same += 1;
    else
      lines.push(
        ...(was === undefined ? [] : changed(path, was, value)),
        ...(was === undefined ? [added(path, valueText(value))] : []),
      );
  }
  for (const [path, value] of old) if (!fresh.has(path)) lines.push(removed(path, valueText(value)));
  const rest = same === 0 ? 'nothing is the same' : `the same in ${same} value${same === 1 ? '' : 's'}`;
  const all = lines.length === 0 ? 'no difference' : rest;
  const cut = [old, fresh].some(({ size }) => size >= DIFF_LEAVES_MAX);
  return [
    ...lines,
    { kind: 'note', text: cut ? `${all}; only the first ${DIFF_LEAVES_MAX} values were compared` : all },
  ];
}

function changed(path: string, was: JsonValue, value: JsonValue): DiffLine[] {
  if (typeof was !== 'string' || typeof value !== 'string' || was.length + value.length <= 2 * SHOWN) {
    return [removed(path, valueText(was)), added(path, valueText(value))];
  }
  const [start, end] = commonEnds(was, value);
  return [removed(path, windowOf(was, start, end)), added(path, windowOf(value, start, end))];
}

/** How many characters two texts share at their starts and, beyond those, at their ends. */
function commonEnds(one: string, other: string): readonly [start: number, end: number] {
  const least = Math.min(one.length, other.length);
  let start = 0;
  while (start < least && one[start] === other[start]) start += 1;
  let end = 0;
  while (end < least - start && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  return [start, end];
}

function windowOf(text: string, start: number, end: number): string {
  const from = Math.max(0, start - AROUND);
  const to = Math.min(text.length, text.length - end + AROUND, from + SHOWN);
  const before = from === 0 ? '' : `(${from} chars) …`;
  const after = to === text.length ? '' : `… (${text.length - to} chars)`;
  return `${before}"${revealedJson(text.slice(from, to))}"${after}`;
}

function added(path: string, text: string): DiffLine {
  return { kind: 'added', text: `+ ${path}: ${cut(text)}` };
}

function removed(path: string, text: string): DiffLine {
  return { kind: 'removed', text: `- ${path}: ${cut(text)}` };
}

function cut(text: string): string {
  const most = 3 * SHOWN;
  return text.length > most ? `${text.slice(0, most)}… (${text.length - most} chars)` : text;
}

/** Every value that holds no other, by its path; an empty object or list is one too. */
function leavesOf(value: JsonValue): Map<string, JsonValue> {
  const leaves = new Map<string, JsonValue>();
  const open: (readonly [string, JsonValue])[] = [['$', value]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (leaves.size >= DIFF_LEAVES_MAX) break;
    const [path, inner] = next;
    const children = Array.isArray(inner)
      ? inner.map((item, index) => [`${path}[${index}]`, item] as const)
      : isJsonObject(inner)
        ? Object.keys(inner).map((key) => [`${path}${step(key)}`, inner[key] as JsonValue] as const)
        : [];
    if (children.length === 0) leaves.set(path, inner);
    else open.push(...children.toReversed());
  }
  return leaves;
}

function step(key: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? `.${key}` : `["${revealedJson(key)}"]`;
}
