import { PATTERN_CHARS_MAX } from './bounds.js';
import { foldKey } from './fold.js';

/** Where in a JSON value, such as the arguments of a call, to look: `$`, `$.a.b`, `$.list[0]`, `$.list[*].name`, `$["odd key"]`. */
export interface ArgumentPath {
  readonly text: string;
  readonly steps: readonly Step[];
  /** True when `[*]` makes it name several values. */
  readonly fansOut: boolean;
}

/** One step of a path; `folded` is the key as `foldKey` has it. */
export type Step =
  | { readonly kind: 'key'; readonly key: string; readonly folded: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'each' };

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
