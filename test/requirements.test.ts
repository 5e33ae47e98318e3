import { expect, test } from 'vitest';
import { REQUIREMENTS } from './requirements.js';
import { sourceFiles } from './support/source-files.js';

const CITATION = /\bverifies\(\s*((?:'[^']+'\s*,?\s*)+)\)/g;

function citations(text: string): string[] {
  return [...text.matchAll(CITATION)].flatMap((match) =>
    [...(match[1] ?? '').matchAll(/'([^']+)'/g)].map(([, id]) => id ?? ''),
  );
}

test('the gate reads citations', () => {
  expect(citations("verifies('a:b', 'c:d');\n  verifies('e')")).toEqual(['a:b', 'c:d', 'e']);
});

test('every requirement is cited by a test, and every citation is a requirement', () => {
  const files = sourceFiles('test', ['.test.ts', '.test.tsx']);
  expect(files.length).toBeGreaterThan(10);
  const cited = new Set(
    files.filter(({ path }) => path !== 'test/requirements.test.ts').flatMap(({ text }) => citations(text)),
  );
  const known = new Set(Object.keys(REQUIREMENTS));
  expect(
    [...known].filter((id) => !cited.has(id)),
    'uncited',
  ).toEqual([]);
  expect(
    [...cited].filter((id) => !known.has(id)),
    'unknown',
  ).toEqual([]);
});
