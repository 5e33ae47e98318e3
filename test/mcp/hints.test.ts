import { expect, test } from 'vitest';
import { DEFAULT_HINTS, readHints } from '../../src/mcp/hints.js';
import type { JsonValue } from '../../src/platform/json.js';
import { verifies } from '../requirements.js';

verifies('policy:hints:untrusted');

/** The hints as four letters, upper case for true: read-only, destructive, idempotent, open world. */
function shown(annotations?: JsonValue): string {
  const hints = readHints(annotations === undefined ? { name: 'a' } : { name: 'a', annotations });
  return [
    hints.readOnlyHint ? 'R' : 'r',
    hints.destructiveHint ? 'D' : 'd',
    hints.idempotentHint ? 'I' : 'i',
    hints.openWorldHint ? 'O' : 'o',
  ].join('');
}

test('the defaults are the worst, as the protocol has them', () => {
  expect(DEFAULT_HINTS).toEqual({
    readOnlyHint: false,
    destructiveHint: true,
    idempotentHint: false,
    openWorldHint: true,
  });
});

test.each<[JsonValue | undefined, string]>([
  [undefined, 'rDiO'],
  [{}, 'rDiO'],
  [{ title: 'x' }, 'rDiO'],
  [{ readOnlyHint: true }, 'RdiO'],
  [{ readOnlyHint: true, destructiveHint: true }, 'RDiO'],
  [{ readOnlyHint: false }, 'rDiO'],
  [{ destructiveHint: false }, 'rdiO'],
  [{ idempotentHint: true, openWorldHint: false }, 'rDIo'],
  [{ readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false }, 'RdIo'],
  // A hint that is no boolean: nothing of the definition is trusted.
  [{ readOnlyHint: 'true' }, 'rDiO'],
  [{ readOnlyHint: 1 }, 'rDiO'],
  [{ readOnlyHint: {} }, 'rDiO'],
  [{ readOnlyHint: [true] }, 'rDiO'],
  [{ readOnlyHint: null }, 'rDiO'],
  [{ readOnlyHint: true, openWorldHint: 'false' }, 'rDiO'],
  [{ destructiveHint: false, idempotentHint: 0 }, 'rDiO'],
  [null, 'rDiO'],
  ['readOnlyHint', 'rDiO'],
  [[{ readOnlyHint: true }], 'rDiO'],
  [JSON.parse('{"__proto__":{"readOnlyHint":true}}') as JsonValue, 'rDiO'],
])('%j reads as %s', (annotations, expected) => {
  expect(shown(annotations)).toBe(expected);
});
