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

/** What stands at a path: a value, nothing (undefined), or something that readers disagree on. */
export type Found =
  | { readonly kind: 'value'; readonly value: JsonValue | undefined }
  | { readonly kind: 'unclear'; readonly why: Unknown };

const STEP = /\.([^.[\]"'\s]+)|\[(\d{1,9})\]|\[(\*)\]|\[("(?:[^"\\]|\\.)*")\]|\['([^'\\]*)'\]/y;

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

/** What the path names in the arguments, one entry per element where it fans out. */
export function lookUp(path: ArgumentPath, judging: Judging): readonly Found[] {
  const found: Found[] = [];
  walk(judging.subject.input, path, 0, judging, found);
  return found;
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

function walk(
  start: JsonValue | undefined,
  path: ArgumentPath,
  from: number,
  judging: Judging,
  found: Found[],
): void {
  let value = start;
  for (let at = from; at < path.steps.length; at += 1) {
    const step = path.steps[at];
    if (step === undefined) break;
    switch (step.kind) {
      case 'key':
        if (!isJsonObject(value)) {
          value = undefined;
          break;
        }
        // A server that ignores case would read the other key, or either of them.
        if (judging.hasTwin(value, step.key, step.folded)) {
          found.push(unclear(path, 'another key differs only in how it is written'));
          return;
        }
        value = Object.hasOwn(value, step.key) ? value[step.key] : undefined;
        break;
      case 'index':
        value = Array.isArray(value) ? value[step.index] : undefined;
        break;
      case 'each':
        if (Array.isArray(value)) {
          for (const element of value) walk(element, path, at + 1, judging, found);
          return;
        }
        if (value !== undefined && value !== null) {
          // Servers that take a list often take one bare element too.
          found.push(unclear(path, 'expected an array'));
          return;
        }
        value = undefined;
        break;
    }
  }
  found.push({ kind: 'value', value });
}

function unclear(path: ArgumentPath, why: string): Found {
  return { kind: 'unclear', why: unknown(`${path.text}: ${why}`) };
}
