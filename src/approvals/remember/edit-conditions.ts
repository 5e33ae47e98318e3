import { isJsonObject, type JsonValue } from '../../platform/json.js';
import { printable } from '../../platform/printable.js';
import type { Remembered } from '../answer.js';
import type { Conditions } from './conditions.js';

/** A condition of a remembered answer, as a person sees it. */
export interface ShownCondition {
  /** As the other functions take it; it comes from the agent. */
  readonly path: string;
  readonly shownPath: string;
  /** `other`: written by hand in the words of a rule. */
  readonly kind: 'equals' | 'within folder' | 'any' | 'any or none' | 'other';
  /** On one line, safe to show; whole. */
  readonly shown: string;
}

/** The argument must be there and may be anything. */
const ANY: JsonValue = { exists: true };
/** The argument may be anything or be left out. */
const ANY_OR_NONE: JsonValue = { any: [{ exists: true }, { exists: false }] };

/** The conditions in their order. */
export function shownConditions(conditions: Conditions): ShownCondition[] {
  return Object.entries(conditions).map(([path, condition]) => ({
    path,
    shownPath: printable(path),
    ...describe(condition),
  }));
}

/** One step wider: an equal path becomes any path in its folder, everything else any value. */
export function widenCondition(remembered: Remembered, path: string): Remembered {
  const condition = remembered.input[path];
  if (condition === undefined || isAny(condition)) return remembered;
  const folder = folderOf(condition);
  return withCondition(remembered, path, folder === undefined ? ANY : { path_within: folder });
}

/** No condition on the argument any more: it may be anything, or be left out. */
export function dropCondition(remembered: Remembered, path: string): Remembered {
  return remembered.input[path] === undefined ? remembered : withCondition(remembered, path, ANY_OR_NONE);
}

function withCondition(remembered: Remembered, path: string, condition: JsonValue): Remembered {
  return { ...remembered, input: { ...remembered.input, [path]: condition } };
}

function describe(condition: JsonValue): Pick<ShownCondition, 'kind' | 'shown'> {
  if (isSame(condition, ANY)) return { kind: 'any', shown: 'any value' };
  if (isSame(condition, ANY_OR_NONE)) return { kind: 'any or none', shown: 'any value or none' };
  const equal = only(condition, 'eq');
  if (equal !== undefined) return { kind: 'equals', shown: printable(JSON.stringify(equal)) };
  const folder = only(condition, 'path_within');
  if (typeof folder === 'string') return { kind: 'within folder', shown: printable(folder) };
  return { kind: 'other', shown: printable(JSON.stringify(condition)) };
}

/** The folder of an absolute path in plain form; the root is no folder that would narrow anything. */
function folderOf(condition: JsonValue): string | undefined {
  const value = only(condition, 'eq');
  if (typeof value !== 'string') return undefined;
  const separator = value.startsWith('/') ? '/' : /^[A-Za-z]:\\/.test(value) ? '\\' : undefined;
  if (separator === undefined) return undefined;
  const names = value.split(separator).slice(1);
  if (names.slice(0, -1).some((name) => name === '') || names.some((name) => name === '.' || name === '..')) {
    return undefined;
  }
  const folder = value.slice(0, value.lastIndexOf(separator));
  return folder.includes(separator) ? folder : undefined;
}

function isAny(condition: JsonValue): boolean {
  return isSame(condition, ANY) || isSame(condition, ANY_OR_NONE);
}

function isSame(left: JsonValue, right: JsonValue): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

/** The operand of a condition that has this operator and no other. */
function only(condition: JsonValue, operator: string): JsonValue | undefined {
  if (!isJsonObject(condition) || !Object.hasOwn(condition, operator)) return undefined;
  return Object.keys(condition).length === 1 ? condition[operator] : undefined;
}
