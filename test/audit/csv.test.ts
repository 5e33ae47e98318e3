import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { CSV_COLUMNS, CSV_HEAD, csvCell, csvRow } from '../../src/audit/csv.js';
import { RECORD_FIELDS } from '../../src/audit/record-fields.js';
import type { JsonValue } from '../../src/platform/json.js';
import { verifies } from '../requirements.js';

verifies('audit:export:csv');

test.each<[JsonValue | undefined, string]>([
  ['plain', 'plain'],
  ['=1+1', "'=1+1"],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['  =1', "'  =1"],
  ['\t=1', String.raw`'\t=1`],
  ['\rx', String.raw`'\rx`],
  ['＝1', "'＝1"],
  ['a,b', '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ['=HYPERLINK("x","y")', `"'=HYPERLINK(""x"",""y"")"`],
  ['two\nlines', String.raw`two\nlines`],
  ['a\u202eb', String.raw`a\u{202e}b`],
  [-5, '-5'],
  [1.5, '1.5'],
  [true, 'true'],
  [null, ''],
  [undefined, ''],
  [{ a: '=1' }, '"{""a"":""=1""}"'],
])('%j becomes %s', (value, expected) => {
  expect(csvCell(value)).toBe(expected);
});

/** Reads one row as RFC 4180 has it. */
function cellsOf(row: string): string[] {
  const cells: string[] = [];
  for (const match of `,${row.replace(/\r\n$/, '')}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^",]*))/g)) {
    cells.push(match[1] === undefined ? (match[2] ?? '') : match[1].replaceAll('""', '"'));
  }
  return cells;
}

test('whatever the text is, the row has its columns and no cell of text is a formula', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom('', '=', ' =', '\t', '-', '@'),
      (text, head) => {
        const row = csvRow({ tool: head + text, target: `"${text}`, rule: `,${text}` });
        const cells = cellsOf(row);
        expect(cells).toHaveLength(CSV_COLUMNS.length);
        expect(row.indexOf('\r\n')).toBe(row.length - 2);
        for (const cell of cells) expect(cell).not.toMatch(/^\s*[=+\-@\t\r\n]/);
      },
    ),
  );
});

test('every member of calls has a column, and those of other records that say something', () => {
  const columns = new Set<string>([...CSV_COLUMNS, 'v', 'prev']);
  const members = [RECORD_FIELDS.decision, RECORD_FIELDS.outcome, RECORD_FIELDS.refusal, RECORD_FIELDS.event];
  expect(members.flatMap((fields) => Object.keys(fields)).filter((name) => !columns.has(name))).toEqual([]);
  expect(CSV_HEAD.trimEnd().split(',')).toEqual([...CSV_COLUMNS]);
});
