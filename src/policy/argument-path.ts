import type { ArgumentPath, Step } from '../platform/argument-path.js';
import { type JsonValue, isJsonObject } from '../platform/json.js';
import type { Judging } from './judging.js';
import { type Unknown, unknown } from './truth.js';

/** Where readers of the message may disagree on what stands at a path. */
export class Unclear {
  readonly why: Unknown;

  constructor(note: string) {
    this.why = unknown(note);
  }
}

/** Says whether a reader that takes keys loosely would see another one. */
export type Twins = Pick<Judging, 'hasTwin'>;

/** What stands at a path: a value, nothing (undefined), or something unclear. */
export type Found = JsonValue | undefined | Unclear;

/** What the path names in the arguments, or below another root, one entry per element where it fans out. */
export function lookUp(
  path: ArgumentPath,
  judging: Judging,
  root: JsonValue = judging.subject.input,
): readonly Found[] {
  return path.fansOut ? lookUpIn(path, judging, root) : [lookUpOne(path, judging, root)];
}

/** The same below a root, for whoever says by other means which keys have twins. */
export function lookUpIn(path: ArgumentPath, twins: Twins, root: JsonValue): readonly Found[] {
  const found: Found[] = [];
  fanOut(root, path, 0, twins, found);
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

function fanOut(
  start: JsonValue | undefined,
  path: ArgumentPath,
  from: number,
  judging: Twins,
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

function follow(value: JsonValue | undefined, step: Step, path: ArgumentPath, judging: Twins): Found {
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
