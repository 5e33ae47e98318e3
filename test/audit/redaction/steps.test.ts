import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KnownSecrets } from '../../../src/audit/redaction/known-secrets.js';
import { PROVIDER_KEYS } from '../../../src/audit/redaction/provider-keys.js';
import { createRedaction } from '../../../src/audit/redaction/redact.js';
import { verifies } from '../../requirements.js';
import { shapeOf } from './pattern-shape.js';
import { counted } from './steps.js';

verifies('audit:redaction:linear');

const redact = createRedaction(new KnownSecrets(['hunter2hunter2longer']));

/** Pieces that each detector begins with, would go on from, or is held up by. */
const PIECES = [
  ...PROVIDER_KEYS.flatMap(({ needles }) => needles),
  ...'pwd=` pwd=\' pwd=" key= key: a: apikey:x api_key=x a-b_key= sig=a cookie= token= :os.environ =process.env.a'.split(
    ' ',
  ),
  ...'%41 %41%42%43%44 %2525 %25 % eyJ eyJ. a.b. @a.b a@a. 4-4 4242 4 DE12 DE12DE ://a: ://a:b@ 1:AA hunter2hunter hunter2x'.split(
    ' ',
  ),
  '-----BEGIN PRIVATE KEY-----',
  '-----END PRIVATE KEY-----',
  '-----BEGIN ',
  'Authorization: ',
  ' --password ',
  'bearer ',
  'basic QUJD ',
  '[redacted:a]',
  '{"a":',
  '["',
  '\\"',
  '\\',
  '"',
  ' ',
  '\n',
  '=',
  'ü',
  '…',
  '\u0000',
  'abcdefghijABCDEFGHIJ0123456789',
  'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=',
];
const CHARS = 4000;
/** A text of so many characters is looked through for about a hundred needles, and decoded twice. */
const STEPS_FOR_EACH = 900;

function stepsOf(unit: string, chars: number): number {
  const text = unit.repeat(Math.ceil(chars / unit.length)).slice(0, chars);
  return counted(() => void redact(text)).steps;
}

/** Twice the text may take twice the steps, and what is bounded for each text. */
function expectLinear(unit: string): void {
  const [once, twice] = [stepsOf(unit, CHARS), stepsOf(unit, 2 * CHARS)];
  expect(once, JSON.stringify(unit)).toBeLessThan(STEPS_FOR_EACH * CHARS);
  expect(twice, JSON.stringify(unit)).toBeLessThan(2.2 * once + 10 * CHARS);
}

describe('twice the text takes at most twice the steps', () => {
  test.each(PIECES)('%j again and again', (piece) => {
    expectLinear(piece);
  });

  test('any mixture of a few', () => {
    const units = fc.array(fc.constantFrom(...PIECES), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(units, (pieces) => expectLinear(pieces.join(''))),
      { numRuns: 150, seed: 6 },
    );
  });

  test('the count notices what is not linear', () => {
    const pattern = /a*b/g;
    const work = (chars: number) => () => {
      const text = 'a'.repeat(chars);
      for (let at = 0; at < chars; at += 1) {
        pattern.lastIndex = at;
        pattern.exec(text);
      }
    };
    expect(counted(work(200)).steps).toBeGreaterThan(3.5 * counted(work(100)).steps);
  });
});

/** Patterns that repeat a repeated part, and why they never go back. */
const REASONS: Readonly<Record<string, string>> = {
  [String.raw`\d+(?:[ -]\d+)*`]: 'each group begins with what no digit is, and one digit is a match',
};

test('no pattern can go back over what it has read', () => {
  const everything = PIECES.filter((piece) => !piece.startsWith('-----')).join(' ');
  const values = [`${everything}-----BEGIN PRIVATE KEY-----`, { password: 'x' }, ['--token', 'x'], '["a"]'];
  const { patterns } = counted(() => void redact([...values, ...PIECES]));
  const all = [...patterns.values(), ...PROVIDER_KEYS.map(({ pattern }) => pattern)];
  expect(patterns.size).toBeGreaterThan(50);
  const suspect = all.filter((pattern) => {
    const { isNested, canGoBack } = shapeOf(pattern);
    return (isNested || canGoBack) && !Object.hasOwn(REASONS, pattern.source);
  });
  expect(suspect.map(({ source }) => source)).toEqual([]);
});

test.each([
  [/(?:a+)+/, { isNested: true, canGoBack: false }],
  [/(?:a|b*)*c/, { isNested: true, canGoBack: true }],
  [/\s+$/, { isNested: false, canGoBack: true }],
  [/^\s+$/, { isNested: false, canGoBack: false }],
  [/x[ab]{3}[ab]*/, { isNested: false, canGoBack: false }],
  [/x[ab]*=?|y+/, { isNested: false, canGoBack: false }],
  [/(?:%[0-9]{2})+/, { isNested: false, canGoBack: false }],
  [/(?:x{2,})y/, { isNested: false, canGoBack: true }],
])('the shape of %s', (pattern, shape) => {
  expect(shapeOf(pattern)).toEqual(shape);
});
