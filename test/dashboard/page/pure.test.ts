import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AuditEntry, Stats } from '../../../src/dashboard/contract/audit.js';
import { FeedLog } from '../../../src/dashboard/page/live/feed-log.js';
import { endWords, whyNotApprove } from '../../../src/dashboard/page/parts/approval-words.js';
import { axisEnd, barsOf, linePath } from '../../../src/dashboard/page/parts/chart-shape.js';
import { decisionOf, NO_FILTER, passes, subjectOf } from '../../../src/dashboard/page/parts/entry-words.js';
import { counted, duration } from '../../../src/dashboard/page/parts/format.js';
import { jsonRows } from '../../../src/dashboard/page/parts/json-rows.js';
import { rowWindow, scrolledTo } from '../../../src/dashboard/page/parts/row-window.js';
import { codeOf, tabOf, titleOf } from '../../../src/dashboard/page/tab-names.js';
import {
  type AuditFilter,
  auditQueryOf,
  NO_AUDIT_FILTER,
  withPage,
} from '../../../src/dashboard/page/tabs/audit-search.js';
import { PAGE_AUDIT_ENTRIES_MAX } from '../../../src/platform/bounds.js';
import type { JsonValue } from '../../../src/platform/json.js';
import { printable } from '../../../src/platform/printable.js';
import { HOSTILE } from '../../tui/hostile-strings.js';
import { verifies } from '../../requirements.js';
import { approvalRequest } from '../../support/approval-requests.js';
import { auditEntry } from './page-entries.js';

verifies('page:pure');

const ids = (entries: readonly AuditEntry[]): string[] => entries.map(({ id }) => id);

describe('the feed of the newest records', () => {
  test('keeps so many, and puts an outcome in the place of its decision', () => {
    const log = new FeedLog(3);
    log.add([auditEntry('a'), auditEntry('b'), auditEntry('c'), auditEntry('d')]);
    log.add([auditEntry('c', { result: 'ok' })]);
    expect(log.entries().map(({ id, result }) => [id, result])).toEqual([
      ['b', null],
      ['c', 'ok'],
      ['d', null],
    ]);
    expect(log.added).toBe(4);
  });

  test('what was dropped comes back as new', () => {
    const log = new FeedLog(2);
    log.add([auditEntry('a'), auditEntry('b'), auditEntry('c')]);
    log.add([auditEntry('a')]);
    expect(ids(log.entries())).toEqual(['c', 'a']);
  });

  test('what was read from the log finds its place by time, and changes nothing that is known', () => {
    const log = new FeedLog(4);
    log.add([auditEntry('m', { at: '2026-11-22T10:00:00Z', result: 'ok' })]);
    log.merge([
      auditEntry('z', { at: '2026-11-22T11:00:00Z' }),
      auditEntry('m', { at: '2026-11-22T10:00:00Z' }),
      auditEntry('a', { at: '2026-11-22T09:00:00Z' }),
    ]);
    expect(log.entries().map(({ id, result }) => `${id} ${result}`)).toEqual(['a null', 'm ok', 'z null']);
    log.add([auditEntry('z', { result: 'error' })]);
    expect(log.entries().at(-1)?.result).toBe('error');
  });

  test('is right for any order of additions', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 8 }), { maxLength: 12 }),
        (batches) => {
          const log = new FeedLog(5);
          let model: string[] = [];
          for (const batch of batches) {
            log.add(batch.map((id) => auditEntry(String(id))));
            for (const id of batch.map(String)) if (!model.includes(id)) model = [...model, id];
            model = model.slice(-5);
          }
          expect(ids(log.entries())).toEqual(model);
        },
      ),
    );
  });
});

describe('the rows that are drawn', () => {
  test('a window in the middle, and the room of all others', () => {
    expect(rowWindow(10_000, 36, 36_000, 720)).toEqual({
      first: 988,
      end: 1033,
      above: 35_568,
      below: 322_812,
    });
  });

  test('any window covers what is seen, and the whole height stays', () => {
    const natural = fc.integer({ min: 0, max: 20_000 });
    fc.assert(
      fc.property(
        natural,
        fc.integer({ min: 20, max: 80 }),
        natural,
        fc.integer({ min: 0, max: 2000 }),
        (count, row, top, height) => {
          const { first, end, above, below } = rowWindow(count, row, top, height);
          expect(above + below + (end - first) * row).toBe(count * row);
          const last = Math.min(count * row, top + height);
          if (top < last) expect(first * row <= top && end * row >= last).toBe(true);
          expect(end - first).toBeLessThanOrEqual(height / row + 27);
        },
      ),
    );
  });

  test('a chosen row is scrolled into sight, and no further', () => {
    expect(scrolledTo(2, 36, 400, 360)).toBe(72);
    expect(scrolledTo(12, 36, 400, 360)).toBe(400);
    expect(scrolledTo(30, 36, 400, 360)).toBe(756);
  });
});

function textOf(value: JsonValue): string {
  return jsonRows(value)
    .map(({ pieces }) => pieces.map(({ text }) => text).join(''))
    .join('');
}

describe('JSON as rows', () => {
  test('every hostile string is there, and nothing of it can be unseen', () => {
    for (const [, text] of HOSTILE) {
      const shown = textOf({ [text]: [text] });
      expect(printable(shown)).toBe(shown);
    }
  });

  test('plain values read back as they were', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain = JSON.parse(JSON.stringify(value).replaceAll(/[^ -~]/g, '?')) as JsonValue;
        expect(JSON.parse(textOf(plain))).toEqual(plain);
      }),
    );
  });

  test('a text breaks behind its line feeds', () => {
    expect(
      jsonRows('a\nb\n').map(({ pieces, goesOn }) => [pieces.map(({ text }) => text).join(''), goesOn]),
    ).toEqual([
      [String.raw`"a\n`, false],
      [String.raw`b\n"`, true],
    ]);
  });

  test('a text that only looks like an escape is no escape', () => {
    const pieces = jsonRows(String.raw`\u{202e}`)[0]?.pieces ?? [];
    expect(pieces.filter(({ isEscape }) => isEscape).map(({ text }) => text)).toEqual([String.raw`\\`]);
  });
});

describe('words', () => {
  test.each([
    [{ decision: 'allow' }, 'allowed'],
    [{ decision: 'deny', enforced: true }, 'denied'],
    [{ decision: 'deny', enforced: false }, 'would deny'],
    [{ decision: 'require_approval', result: null }, 'waits'],
    [{ decision: 'require_approval', result: 'ok' }, 'asked'],
    [{ decision: 'something_new' }, 'something new'],
    [{ decision: null }, 'unknown'],
    [{ type: 'refusal' }, 'refusal'],
  ] as const)('%j is %s', (more, word) => {
    expect(decisionOf(auditEntry('x', more))[0]).toBe(word);
  });

  test('a filter looks at names, in any case', () => {
    const entry = auditEntry('x', { tool: 'Write_File', server: 'files', decision: 'deny' });
    expect(passes(entry, NO_FILTER)).toBe(true);
    expect(passes(entry, { ...NO_FILTER, text: 'write' })).toBe(true);
    expect(passes(entry, { ...NO_FILTER, text: 'read' })).toBe(false);
    expect(passes(entry, { ...NO_FILTER, decision: 'allow' })).toBe(false);
    expect(passes(entry, { ...NO_FILTER, server: 'docs' })).toBe(false);
    expect(subjectOf(auditEntry('x', { tool: null, target: 'file:///a' }))).toBe('file:///a');
  });

  test.each([
    [null, '–'],
    [0.42, '0.4 ms'],
    [12.3, '12 ms'],
    [1234, '1.2 s'],
    [125_000, '2 min'],
    [7_200_000, '2.0 h'],
  ])('%s ms', (ms, words) => {
    expect(duration(ms)).toBe(words);
  });

  test('a count and its word', () => {
    expect([counted(1, 'call'), counted(12_034, 'call')]).toEqual(['1 call', '12,034 calls']);
  });

  test('tabs, login links and the title', () => {
    expect([tabOf('#/audit'), tabOf(''), tabOf('#/nothing')]).toEqual(['audit', 'feed', 'feed']);
    expect([codeOf('#code=a_B-1'), codeOf('#code='), codeOf('#/feed'), codeOf('#code=a/b')]).toEqual([
      'a_B-1',
      null,
      null,
      null,
    ]);
    expect([titleOf(0, false), titleOf(3, true)]).toEqual(['guard', '(3) guard – no connection']);
  });

  test('how a request ended', () => {
    const end = {
      state: 'denied',
      approver: 'ana',
      channel: 'slack',
      reason: 'no',
      waited_ms: 1200,
      ended_at: '',
    } as const;
    expect(endWords(end)).toBe('denied by ana (slack) after 1.2 s: no');
    expect(endWords(null)).toMatch(/over/);
  });
});

describe('whether a call can be approved now', () => {
  const open = { approve: true, deny: true, why: null, command: null };
  const { v: _v, owner: _owner, ...plain } = approvalRequest(1);
  const request = { ...plain, rules: [...plain.rules], channels: [...plain.channels] };
  const read = { wasRead: true, typed: '' };

  test('a call that was read', () => {
    expect(whyNotApprove({ request, answerable: open }, read)).toBeNull();
  });

  test.each([
    ['not read', request, open, { wasRead: false, typed: '' }, /to their end/],
    ['cut arguments', { ...request, arguments_complete: false }, open, read, /only be denied/],
    ['not answerable here', request, { ...open, approve: false, why: 'signed only' }, read, /signed only/],
    ['a grave call', { ...request, destructive: true }, open, { wasRead: true, typed: '000' }, /last four/],
    ['a changed tool', { ...request, standing: 'drifted' as const }, open, read, /last four/],
  ])('%s', (_name, asked, answerable, sight, why) => {
    expect(whyNotApprove({ request: asked, answerable }, sight)).toMatch(why);
  });

  test('a grave call with the end of its id', () => {
    expect(
      whyNotApprove(
        { request: { ...request, destructive: true }, answerable: open },
        { wasRead: true, typed: '0001' },
      ),
    ).toBeNull();
  });
});

describe('charts', () => {
  const group = { denied: 0, failed: 0, latency_ms: { p50: 1, p95: 2, p99: 3, max: 4 } };
  const stats = (from: readonly (readonly [string, number])[]): Stats =>
    ({
      over_time: from.map(([at, calls]) => ({ ...group, from: at, calls })),
      bucket_ms: 60_000,
    }) as unknown as Stats;

  test('empty spans have bars too, and many buckets are counted together', () => {
    expect(
      barsOf(
        stats([
          ['2026-11-22T10:00:00Z', 2],
          ['2026-11-22T10:02:00Z', 3],
        ]),
      ).map(({ passed }) => passed),
    ).toEqual([2, 0, 3]);
    const day = barsOf(
      stats([
        ['2026-11-21T10:00:00Z', 5],
        ['2026-11-22T10:00:00Z', 7],
      ]),
    );
    expect(day.length).toBeLessThanOrEqual(60);
    expect(day.reduce((sum, { passed }) => sum + passed, 0)).toBe(12);
    expect(barsOf(stats([]))).toEqual([]);
  });

  test.each([
    [0, 1],
    [3, 5],
    [10, 10],
    [11, 20],
    [4001, 5000],
  ])('the axis for %d ends at %d', (value, end) => {
    expect(axisEnd(value)).toBe(end);
  });

  test('a line breaks where nothing is known', () => {
    expect(linePath([0, null, 10, 5], 10, 40, 100)).toBe('M5 100 L5 100 M25 0 L25 0 L35 50 L35 50');
  });
});

describe('a search of the log', () => {
  test('asks in times of the protocol', () => {
    const filter: AuditFilter = { ...NO_AUDIT_FILTER, tool: 'a*', until: '2026-11-22T10:00' };
    expect(auditQueryOf(filter)).toMatchObject({
      tool: 'a*',
      until: new Date('2026-11-22T10:00').toISOString(),
    });
    expect(auditQueryOf({ ...NO_AUDIT_FILTER, until: 'soon' })).toMatchObject({ until: 'soon' });
  });

  test('gathers pages once each, up to its bound', () => {
    const page = { entries: [auditEntry('a'), auditEntry('b')], next: 'n', complete: true, troubles: [] };
    const one = withPage(null, page);
    expect(ids(withPage(one, { ...page, entries: [auditEntry('b'), auditEntry('c')] }).entries)).toEqual([
      'a',
      'b',
      'c',
    ]);
    const many = Array.from({ length: PAGE_AUDIT_ENTRIES_MAX + 5 }, (_none, index) =>
      auditEntry(`m${index}`),
    );
    const full = withPage(one, { ...page, entries: many });
    expect([full.entries.length, full.next]).toEqual([PAGE_AUDIT_ENTRIES_MAX, null]);
  });
});
