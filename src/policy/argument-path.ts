import { PATTERN_CHARS_MAX } from '../platform/bounds.js';
import { foldKey } from '../platform/fold.js';
import { type JsonValue, isJsonObject } from '../platform/json.js';
import type { Judging } from './judging.js';
import { type Unknown, unknown } from './truth.js';

/** Where in the arguments to look: `$`, `$.a.b`, `$.list[0]`, `$.list[*].name`, `$["odd key"]`. */
export interface ArgumentPath {
  readonly text: string;
  readonly steps: readonly Step[];
  /** True when `[*]` makes it name several values. */
  readonly fansOut: boolean;
}

type Step =
  | { readonly kind: 'key'; readonly key: string; readonly folded: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'each' };

/** Where readers of the message may disagree on what stands at a path. */
export class Unclear {
  readonly why: Unknown;

  constructor(note: string) {
    this.why = unknown(note);
  }
}

/** What stands at a path: a value, nothing (undefined), or something unclear. */
export type Found = JsonValue | undefined | Unclear;

const STEP = /\.([^.*[\]"'\s]+)|\[(\d{1,9})\]|\[(\*)\]|\[("(?:[^"\\]|\\.)*")\]|\['([^'\\]*)'\]/y;
const PLAIN_KEY = /^[^.*[\]"'\s]+$/;

/** Reads an argument path; throws an Error with a readable message where it is not one. */
export function parseArgumentPath(text: string): ArgumentPath {
  if (text.length > PATTERN_CHARS_MAX) {
    throw new Error(`the argument path is longer than ${PATTERN_CHARS_MAX} characters`);
  }
  if (!text.startsWith('$')) throw new Error('an argument path begins with "$", such as $.amount');
  const steps: Step[] = [];
  let at = 1;
  while (at < text.length) {
    STEP.lastIndex = at;
    const parts = STEP.exec(text);
    if (parts === null) {
      throw new Error(
        `not an argument path from character ${at + 1} on; expected .name, [0], [*] or ["odd key"]`,
      );
    }
    steps.push(stepOf(parts));
    at = STEP.lastIndex;
  }
  return { text, steps, fansOut: steps.some((step) => step.kind === 'each') };
}

/** The argument path that leads through objects by these keys. */
export function argumentPathText(keys: readonly string[]): string {
  return `$${keys.map((key) => (PLAIN_KEY.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`)).join('')}`;
}

/** What the path names in the arguments, or below another root, one entry per element where it fans out. */
export function lookUp(
  path: ArgumentPath,
  judging: Judging,
  root: JsonValue = judging.subject.input,
): readonly Found[] {
  if (!path.fansOut) return [lookUpOne(path, judging, root)];
  const found: Found[] = [];
  fanOut(root, path, 0, judging, found);
  return found;
}

/** What a path that does not fan out names in the arguments. */
export function lookUpOne(
  path: ArgumentPath,
  judging: Judging,
  root: JsonValue = judging.subject.input,
): Found {
  let value: Found = root;
  for (const step of path.steps) {
    value = follow(value, step, path, judging);
    if (value instanceof Unclear) break;
  }
  return value;
}

function stepOf(parts: RegExpExecArray): Step {
  const [, name, index, each, quoted, plain] = parts;
  if (index !== undefined) return { kind: 'index', index: Number(index) };
  if (each !== undefined) return { kind: 'each' };
  const key = name ?? plain ?? keyFromJson(quoted ?? '');
  return { kind: 'key', key, folded: foldKey(key) };
}

function keyFromJson(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    throw new Error(`${quoted} is not a quoted key`);
  }
}

function fanOut(
  start: JsonValue | undefined,
  path: ArgumentPath,
  from: number,
  judging: Judging,
  found: Found[],
): void {
  let value: Found = start;
  for (let at = from; at < path.steps.length; at += 1) {
    const step = path.steps[at];
    if (step?.kind === 'each' && Array.isArray(value)) {
      for (const element of value) fanOut(element, path, at + 1, judging, found);
      return;
    }
    if (step !== undefined) value = follow(value, step, path, judging);
    if (value instanceof Unclear) break;
  }
  found.push(value);
}

function follow(value: JsonValue | undefined, step: Step, path: ArgumentPath, judging: Judging): Found {
  switch (step.kind) {
    case 'key':
      if (!isJsonObject(value)) return undefined;
      // A server that ignores case would read the other key, or either of them.
      if (judging.hasTwin(value, step.key, step.folded)) {
        return new Unclear(`${path.text}: another key differs only in how it is written`);
      }
      return Object.hasOwn(value, step.key) ? value[step.key] : undefined;
    case 'index':
      return Array.isArray(value) ? value[step.index] : undefined;
    case 'each':
      // Servers that take a list often take one bare element too.
      if (value === undefined || value === null) return undefined;
      return new Unclear(`${path.text}: expected an array`);
  }
}
