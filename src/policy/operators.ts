import { PATTERN_CHARS_MAX, REGEX_INPUT_CHARS_MAX } from '../platform/bounds.js';
import type { JsonValue } from '../platform/json.js';
import { judgeEqual, kindOf } from './equality.js';
import type { Judging } from './judging.js';
import { compileNames, judgeName } from './names.js';
import { compareWith } from './number-operators.js';
import type { PolicyPorts } from './ports.js';
import type { ConditionSource, TypeName } from './source.js';
import { type Truth, anyOf, negate, unknown } from './truth.js';

/** The words of a condition that test a value themselves. */
export type OperatorName = Exclude<keyof ConditionSource, 'not' | 'any'>;

/** A compiled operator. Notes of an unknown begin with the operator's name. */
export type Operator = (value: JsonValue | undefined, judging: Judging) => Truth;

/** Equal to the operand; an absent argument equals nothing. */
export function equalTo(operator: OperatorName, wanted: readonly JsonValue[]): Operator {
  return function judgeEquality(value) {
    if (value === undefined) return false;
    const actual = value;
    return named(operator, anyOf(wanted.map((one) => judgeEqual(actual, one))));
  };
}

/** The operator turned round; an absent argument differs from everything. */
export function differentFrom(operator: OperatorName, wanted: JsonValue): Operator {
  const equal = equalTo(operator, [wanted]);
  return (value, judging) => negate(equal(value, judging));
}

/** A number above or below the operand, compared as decimals; anything but a number is unknown. */
export function numberAgainst(operator: 'gt' | 'gte' | 'lt' | 'lte', operand: number | string): Operator {
  const compare = compareWith(operand);
  return function judgeNumber(value) {
    if (value === undefined) return unknown(`${operator}: the argument is absent`);
    if (typeof value !== 'number') return wrongKind(operator, 'a number', value);
    const order = compare(value);
    if (order === undefined) return unknown(`${operator}: the number was rounded when it was read`);
    switch (operator) {
      case 'gt':
        return order > 0;
      case 'gte':
        return order >= 0;
      case 'lt':
        return order < 0;
      case 'lte':
        return order <= 0;
    }
  };
}

/** A whole-text glob over a string. */
export function matchesGlob(patterns: readonly string[]): Operator {
  const names = compileNames(patterns);
  return onString('glob', (text) => judgeName(names, text, 'glob'));
}

/** A linear-time regular expression that matches anywhere in a string. */
export function matchesRegex(pattern: string, ports: PolicyPorts): Operator {
  if (pattern.length > PATTERN_CHARS_MAX) {
    throw new Error(`the expression is longer than ${PATTERN_CHARS_MAX} characters`);
  }
  const regex = ports.compileRegex(pattern);
  return onString('regex', (text) =>
    text.length > REGEX_INPUT_CHARS_MAX
      ? unknown(`regex: the text is longer than ${REGEX_INPUT_CHARS_MAX} characters`)
      : regex.test(text),
  );
}

/** A string that begins or ends with any of the operands. */
export function affixed(operator: 'starts_with' | 'ends_with', affixes: readonly string[]): Operator {
  return onString(operator, (text) =>
    affixes.some((affix) => (operator === 'starts_with' ? text.startsWith(affix) : text.endsWith(affix))),
  );
}

/** A part of a string, or an element of an array. */
export function containing(wanted: JsonValue): Operator {
  return function judgeContaining(value) {
    if (value === undefined) return false;
    if (Array.isArray(value)) {
      return named('contains', anyOf(value.map((element) => judgeEqual(element, wanted))));
    }
    if (typeof value === 'string' && typeof wanted === 'string') return value.includes(wanted);
    return wrongKind('contains', typeof wanted === 'string' ? 'a string or an array' : 'an array', value);
  };
}

/** Present, null included, or absent. */
export function existing(wanted: boolean): Operator {
  return (value) => (value !== undefined) === wanted;
}

/** Of one of the named JSON types. */
export function ofType(names: readonly TypeName[]): Operator {
  return (value) => value !== undefined && names.some((name) => isOfType(value, name));
}

/** Runs a test on strings: absent is not met, another type is unknown. */
function onString(operator: OperatorName, test: (text: string) => Truth): Operator {
  return function judgeString(value) {
    if (value === undefined) return false;
    return typeof value === 'string' ? test(value) : wrongKind(operator, 'a string', value);
  };
}

/** Unknown because the value has another type than the operator takes. */
export function wrongKind(operator: OperatorName, expected: string, value: JsonValue): Truth {
  return unknown(`${operator}: expected ${expected}, got ${kindOf(value)}`);
}

function named(operator: OperatorName, truth: Truth): Truth {
  return typeof truth === 'boolean' ? truth : { notes: truth.notes.map((note) => `${operator}: ${note}`) };
}

function isOfType(value: JsonValue, name: TypeName): boolean {
  switch (name) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === name;
  }
}
