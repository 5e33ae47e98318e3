import fs from 'node:fs';
import { OPENAPI_FILE } from '../../scripts/openapi.js';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../src/platform/json.js';

/** The committed document. */
const DOCUMENT = parseJson(fs.readFileSync(OPENAPI_FILE, 'utf8')) as JsonObject;

type Check = (argument: JsonValue, value: JsonValue, schema: JsonObject) => string | undefined;

/** What a place in the document holds: `['paths', '/api/v1/health', 'get']`. */
export function placeIn(path: readonly string[]): JsonValue | undefined {
  let at: JsonValue | undefined = DOCUMENT;
  for (const key of path) at = isJsonObject(at) ? at[key] : undefined;
  return at;
}

/**
 * Why a value does not fit a schema of the document; undefined where it does. Knows the keywords that the
 * document uses, and throws at any other: what is not understood must not pass.
 */
export function schemaFault(schema: JsonValue | undefined, value: JsonValue): string | undefined {
  if (!isJsonObject(schema)) throw new Error(`no schema: ${JSON.stringify(schema)}`);
  for (const [keyword, argument] of Object.entries(schema)) {
    const check = CHECKS[keyword];
    if (check === undefined) throw new Error(`the keyword ${keyword} is not known here`);
    const fault = check(argument, value, schema);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

const no = (what: string, value: JsonValue): string => `${what}: ${JSON.stringify(value)?.slice(0, 200)}`;
const unless = (holds: boolean, what: string, value: JsonValue): string | undefined =>
  holds ? undefined : no(what, value);
/** A text as it is, anything else as JSON. */
const textOf = (value: JsonValue): string => (typeof value === 'string' ? value : JSON.stringify(value));
const list = (value: JsonValue): readonly JsonValue[] => (Array.isArray(value) ? value : []);
const members = (value: JsonValue): JsonObject => (isJsonObject(value) ? value : {});
const first = (faults: readonly (string | undefined)[]): string | undefined =>
  faults.find((fault) => fault !== undefined);

const CHECKS: Readonly<Record<string, Check>> = {
  description: () => undefined,
  $ref: (name, value) => schemaFault(placeIn(textOf(name).replace('#/', '').split('/')), value),
  anyOf: (schemas, value) =>
    unless(
      list(schemas).some((schema) => schemaFault(schema, value) === undefined),
      'fits none of several',
      value,
    ),
  type: (types, value) => {
    const allowed = Array.isArray(types) ? types : [types];
    const fits = allowed.includes(typeOf(value)) || (allowed.includes('number') && typeof value === 'number');
    return unless(fits, `no ${allowed.map(textOf).join(' or ')}`, value);
  },
  const: (expected, value) => unless(value === expected, `not ${JSON.stringify(expected)}`, value),
  enum: (values, value) => unless(list(values).includes(value), `none of ${JSON.stringify(values)}`, value),
  required: (names, value) =>
    first(
      list(names).map((name) =>
        unless(Object.hasOwn(members(value), textOf(name)), `no ${textOf(name)}`, value),
      ),
    ),
  properties: (schemas, value, { additionalProperties = false }) =>
    first(
      Object.entries(members(value)).map(([name, inner]) => {
        // What an answer holds has to be documented, also where the document is silent about more.
        const schema = members(schemas)[name] ?? additionalProperties;
        const fault = schema === false ? no('not documented', name) : schemaFault(schema, inner);
        return fault === undefined ? undefined : `${name}: ${fault}`;
      }),
    ),
  additionalProperties: (allowed, value, { properties = {} }) =>
    first(
      Object.entries(members(value))
        .filter(([name]) => !Object.hasOwn(members(properties), name))
        .map(([name, inner]) =>
          allowed === false ? no('not documented', name) : schemaFault(allowed, inner),
        ),
    ),
  propertyNames: (schema, value) =>
    first(Object.keys(members(value)).map((name) => schemaFault(schema, name))),
  items: (schema, value) => first(list(value).map((inner) => schemaFault(schema, inner))),
  maxItems: (most, value) => unless(list(value).length <= Number(most), 'too many', value),
  minimum: (least, value) => unless(typeof value !== 'number' || value >= Number(least), 'too small', value),
  maximum: (most, value) => unless(typeof value !== 'number' || value <= Number(most), 'too large', value),
  minLength: (least, value) => unless(textOf(value).length >= Number(least), 'too short', value),
  maxLength: (most, value) => unless(textOf(value).length <= Number(most), 'too long', value),
  pattern: (pattern, value) =>
    unless(new RegExp(textOf(pattern)).test(textOf(value)), 'of another form', value),
};

function typeOf(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}
