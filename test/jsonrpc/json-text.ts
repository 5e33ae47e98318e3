import * as fc from 'fast-check';
import type { JsonValue } from '../../src/platform/json.js';

/** JSON values with the keys and strings that readers trip over; -0 is 0, as JSON.stringify writes it. */
export const jsonValue: fc.Arbitrary<JsonValue> = fc
  .jsonValue({ maxDepth: 4, stringUnit: 'binary' })
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);

/** An object with distinct keys, some of them known members of a message. */
export const jsonObject: fc.Arbitrary<Record<string, JsonValue>> = fc.dictionary(
  fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.constantFrom('id', 'params', 'result', 'name', 'a"b', 'back\\slash', ''),
  ),
  jsonValue,
  { maxKeys: 12 },
);

/** White space that may stand between tokens of one line. */
const blanks = fc.array(fc.constantFrom(' ', '\t'), { maxLength: 3 }).map((all) => all.join(''));

/** JSON text of a value with white space between all tokens, drawn from a list that is read in turn. */
export function spaced(value: JsonValue, spaces: readonly string[]): string {
  let turn = 0;
  const blank = (): string => spaces[turn++ % spaces.length] ?? '';
  const write = (inner: JsonValue): string => {
    if (Array.isArray(inner))
      return `[${blank()}${inner.map(write).join(`${blank()},${blank()}`)}${blank()}]`;
    if (typeof inner !== 'object' || inner === null) return JSON.stringify(inner);
    const members = Object.entries(inner).map(
      ([key, one]) => `${JSON.stringify(key)}${blank()}:${blank()}${write(one)}`,
    );
    return `{${blank()}${members.join(`${blank()},${blank()}`)}${blank()}}`;
  };
  return `${blank()}${write(value)}${blank()}`;
}

export const spaces: fc.Arbitrary<string[]> = fc.array(blanks, { minLength: 1, maxLength: 7 });

/** What an edit puts in. */
const EDITS = [
  '',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '0',
  '1',
  '-',
  '.',
  'e',
  '+',
  't',
  'true',
  'null',

  '\r',
  '\n',
  '\t',
  ' ',
  '\u0000',
  '\u001f',
  '\u2028',
  '\u00a0',
  '\ufeff',
  '/',
  '\\u00',
  '{}',
  '//',
];

/** JSON text with a few characters changed, so that it is nearly JSON. */
export const nearJson: fc.Arbitrary<string> = fc
  .tuple(
    fc.tuple(fc.oneof(jsonObject, jsonValue), spaces).map(([value, blank]) => spaced(value, blank)),
    fc.array(fc.tuple(fc.nat(), fc.nat({ max: 2 }), fc.constantFrom(...EDITS)), { maxLength: 3 }),
  )
  .map(([text, edits]) => {
    let edited = text;
    for (const [place, removed, inserted] of edits) {
      const at = place % (edited.length + 1);
      edited = edited.slice(0, at) + inserted + edited.slice(at + removed);
    }
    return edited;
  });

/** How deep arrays and objects nest in a value. */
export function depthOf(value: JsonValue): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}
