import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../support/built-guard.js';

/** A citation in the page: `folder/file`, and parts of titles in quotes behind it. */
const CITATION =
  /`((?:faults|platform|relay|conversation|upstream|gateway|dashboard|e2e|golden|audit|policy|replay|mcp|config|commands|clients|control|limits|pipeline|contract|tui|approvals)(?:\/[a-z-]+)*\/[a-z-]+)`((?:,? "[^"]+")*)/g;

const page = fs.readFileSync(path.join(ROOT, 'docs', 'failure-modes.md'), 'utf8');
const citations = [...page.matchAll(CITATION)].map(([, file = '', titles = '']) => ({
  file,
  titles: [...titles.matchAll(/"([^"]+)"/g)].map(([, title = '']) => title),
}));

test('each row of docs/failure-modes.md names a test, or says that there is none', () => {
  const rows = page.split('\n').filter((line) => /^\| (?!fault|-)/.test(line));
  expect(rows.length).toBeGreaterThan(40);
  const silent = rows.filter((row) => !row.includes('not tested') && row.match(CITATION) === null);
  expect(silent).toEqual([]);
});

test.each(citations)('$file $titles', ({ file, titles }) => {
  const golden = path.join(ROOT, 'test', `${file}.txt`);
  const sources = ['.test.ts', '.test.tsx'].map((ending) => path.join(ROOT, 'test', `${file}${ending}`));
  const source = [golden, ...sources].find((candidate) => fs.existsSync(candidate));
  const text = source === undefined ? '' : fs.readFileSync(source, 'utf8');
  expect(text, file).not.toBe('');
  expect(titles.filter((title) => !text.includes(title))).toEqual([]);
});
