import { compareDecimals, decimalOfNumber, parseDecimal } from '../platform/decimal.js';
import { type JsonValue, isJsonObject } from '../platform/json.js';
import { type Truth, allOf, unknown } from './truth.js';

const TRUE_WORDS = new Set(['true', 't', 'yes', 'y', 'on', '1']);
const FALSE_WORDS = new Set(['false', 'f', 'no', 'n', 'off', '0']);

/**
 * Whether two JSON values are equal, members and elements included. Unknown where their types
 * differ but a server that converts types would take one for the other ("100" and 100, "yes" and
 * true, ["a"] and "a"), and for numbers beyond the integers that JavaScript can tell apart.
 */
export function judgeEqual(actual: JsonValue, wanted: JsonValue): Truth {
  if (Array.isArray(actual) !== Array.isArray(wanted)) return judgeWrapped(actual, wanted);
  if (typeof actual === 'object' && actual !== null) return judgeDeep(actual, wanted);
  if (typeof wanted === 'object' && wanted !== null) return false;
  if (typeof actual === 'number' && typeof wanted === 'number') {
    if (actual !== wanted) return false;
    return Math.abs(actual) <= Number.MAX_SAFE_INTEGER || unknown('the number was rounded when it was read');
  }
  if (typeof actual === typeof wanted) return actual === wanted;
  return couldConvert(actual, wanted) ? unknown(`expected ${kindOf(wanted)}, got ${kindOf(actual)}`) : false;
}

/** A value's JSON type in words, for notes; never its content. */
export function kindOf(value: JsonValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** One value against an array of one: some servers turn `["a"]` into "a" where a text is due, some wrap. */
function judgeWrapped(actual: JsonValue, wanted: JsonValue): Truth {
  const array = Array.isArray(actual) ? actual : Array.isArray(wanted) ? wanted : [];
  const other = Array.isArray(actual) ? wanted : actual;
  const [only] = array;
  if (array.length !== 1 || only === undefined || judgeEqual(only, other) === false) return false;
  return unknown(`expected ${kindOf(wanted)}, got ${kindOf(actual)}`);
}

function judgeDeep(actual: JsonValue[] | Record<string, JsonValue>, wanted: JsonValue): Truth {
  if (Array.isArray(actual)) {
    if (!Array.isArray(wanted) || wanted.length !== actual.length) return false;
    return allOf(wanted.map((element, index) => judgeEqual(actual[index] ?? null, element)));
  }
  if (!isJsonObject(wanted)) return false;
  const keys = Object.keys(wanted);
  if (keys.length !== Object.keys(actual).length) return false;
  if (!keys.every((key) => Object.hasOwn(actual, key))) return false;
  return allOf(keys.map((key) => judgeEqual(actual[key] ?? null, wanted[key] ?? null)));
}

type Scalar = null | boolean | number | string;

/** True when one scalar may become the other in a server that converts types. */
function couldConvert(left: Scalar, right: Scalar): boolean {
  if (String(left) === String(right)) return true;
  return (
    numberMeans(left, right) || numberMeans(right, left) || truthMeans(left, right) || truthMeans(right, left)
  );
}

function numberMeans(number: Scalar, text: Scalar): boolean {
  if (typeof number !== 'number' || typeof text !== 'string') return false;
  const left = decimalOfNumber(number);
  const right = parseDecimal(text.trim());
  return left !== undefined && right !== undefined && compareDecimals(left, right) === 0;
}

function truthMeans(truth: Scalar, other: Scalar): boolean {
  if (typeof truth !== 'boolean') return false;
  if (typeof other === 'number') return other === (truth ? 1 : 0);
  return typeof other === 'string' && (truth ? TRUE_WORDS : FALSE_WORDS).has(other.trim().toLowerCase());
}
