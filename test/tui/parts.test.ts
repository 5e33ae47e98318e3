import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DIFF_LEAVES_MAX, KEY_GUARD_MS, WARNINGS_MAX } from '../../src/platform/bounds.js';
import type { JsonValue } from '../../src/platform/json.js';
import { printable } from '../../src/platform/printable.js';
import { widthOf } from '../../src/platform/text-width.js';
import { argumentDiff } from '../../src/approvals/argument-diff.js';
import { argumentLines } from '../../src/tui/argument-lines.js';
import { countdown, isUrgent, spokenCountdown } from '../../src/platform/countdown.js';
import { detailOf } from '../../src/tui/detail-lines.js';
import { createKeyGuard } from '../../src/platform/key-guard.js';
import type { Key } from '../../src/tui/key-reader.js';
import { edited, EMPTY_LINE, textOf } from '../../src/tui/line-editor.js';
import { notificationText } from '../../src/tui/notification.js';
import { readOn } from '../../src/tui/reading.js';
import { riskMark, warningsOf } from '../../src/approvals/warnings.js';
import { verifies } from '../requirements.js';
import { FakeClock } from './fake-board.js';
import { HOSTILE } from './hostile-strings.js';
import { sampleRequest } from './sample-request.js';

/** The JSON text that the lines hold, without gutters, indentation and breaks. */
function textIn(lines: readonly string[]): string {
  return lines.map((line) => line.slice(2)).join('');
}

describe('countdown', () => {
  test.each([
    [299_000, '4:59'],
    [1, '0:01'],
    [0, '0:00'],
    [-5, '0:00'],
    [3_600_000, '1 h 00 m'],
    [59 * 60_000, '59:00'],
  ])('%d ms', (ms, text) => {
    expect(countdown(ms)).toBe(text);
  });

  test.each([
    [299_000, 'more than 4 minutes left'],
    [60_000, 'more than 1 minute left'],
    [59_000, 'less than a minute left'],
    [0, 'time is over'],
    [7_300_000, 'more than 2 hours left'],
  ])('%d ms, read aloud', (ms, text) => {
    expect(spokenCountdown(ms)).toBe(text);
  });

  test('the last half minute is urgent', () => {
    expect([isUrgent(30_001), isUrgent(30_000)]).toEqual([false, true]);
  });
});

describe('arguments as lines', () => {
  verifies('tui:hostile:frame');

  test('indented, a line for each value', () => {
    expect(argumentLines({ a: [1, { b: null }], c: {}, d: 'x' }, 80)).toEqual([
      '│ {',
      '│   "a": [',
      '│     1,',
      '│     {',
      '│       "b": null',
      '│     }',
      '│   ],',
      '│   "c": {},',
      '│   "d": "x"',
      '│ }',
    ]);
  });

  test('a text of several lines breaks where its lines do', () => {
    expect(argumentLines('one\ntwo\\n', 80)).toEqual([String.raw`│ "one\n`, String.raw`┆ two\\n"`]);
  });

  test('any value keeps every character, within its width, behind the gutter', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 12, max: 120 }), (value, width) => {
        const lines = argumentLines(value as JsonValue, width);
        for (const line of lines) {
          expect(line).toMatch(/^[│┆] /);
          expect(widthOf(line)).toBeLessThanOrEqual(width);
          expect(printable(line)).toBe(line);
        }
        const plain = textIn(lines).replaceAll(/\\u\{([0-9a-f]+)\}/g, (_whole, hex: string) =>
          JSON.stringify(String.fromCodePoint(Number.parseInt(hex, 16))).slice(1, -1),
        );
        // What begins as a literal `\u{…}` in a text is doubled, so the text stays one that JSON reads.
        expect(() => JSON.parse(plain) as unknown).not.toThrow();
      }),
    );
  });

  test.each(HOSTILE)('%s', (_name, text) => {
    for (const line of argumentLines({ [text]: text }, 40)) {
      expect(line).toMatch(/^[│┆] /);
      expect(widthOf(line)).toBeLessThanOrEqual(40);
      expect(printable(line)).toBe(line);
    }
  });
});

describe('the difference between two calls', () => {
  test('changed, added and removed values by path', () => {
    const lines = argumentDiff({ a: 1, b: { c: 'x' }, gone: [] }, { a: 1, b: { c: 'y' }, 'new name': [2] });
    expect(lines.map(({ text }) => text)).toEqual([
      '- $.b.c: "x"',
      '+ $.b.c: "y"',
      '+ $["new name"][0]: 2',
      '- $.gone: []',
      'the same in 1 value',
    ]);
  });

  test('equal arguments, and arguments with nothing in common', () => {
    expect(argumentDiff({ a: 1 }, { a: 1 })).toEqual([{ kind: 'note', text: 'no difference' }]);
    expect(argumentDiff({ a: 1 }, { b: 1 }).at(-1)?.text).toBe('nothing is the same');
  });

  test('of long texts what differs is shown', () => {
    const [removed, added] = argumentDiff(
      { a: `${'x'.repeat(5000)}1${'y'.repeat(5000)}` },
      { a: `${'x'.repeat(5000)}2${'y'.repeat(5000)}` },
    );
    expect(removed?.text).toBe(`- $.a: (4988 chars) …"${'x'.repeat(12)}1${'y'.repeat(12)}"… (4988 chars)`);
    expect(added?.text).toContain('2');
  });

  test('very many values are compared as far as the bound', () => {
    const many = Array.from({ length: DIFF_LEAVES_MAX * 2 }, (_, index) => index);
    expect(argumentDiff(many, many).at(-1)?.text).toContain(`only the first ${DIFF_LEAVES_MAX}`);
  });
});

describe('the detail', () => {
  verifies('tui:hostile:frame');

  test('no name is long enough to pose as a row of the screen itself', () => {
    const fake = '│ "path": "/tmp/harmless"';
    const rows = Array.from({ length: 120 }, (_, spaces) =>
      detailOf(
        sampleRequest({
          server: `x${' '.repeat(spaces)}${fake}`,
          tool: null,
          target: `y${' '.repeat(spaces)}${fake}`,
        }),
        undefined,
        80,
      ).lines.map(({ text }) => text),
    ).flat();
    expect(rows.filter((row) => row.startsWith('│ "path"'))).toEqual([]);
    expect(rows.filter((row) => row.includes(fake)).length).toBeGreaterThan(0);
  });

  test('all but the origin and the comparison has to be read', () => {
    const { lines, needed } = detailOf(sampleRequest(), undefined, 80);
    expect(lines[needed - 1]?.text).toBe('end of the arguments');
    expect(lines.slice(needed).map(({ text }) => text.split(/\s/)[0])).toEqual([
      'no',
      'client',
      'session',
      'folder',
      'id',
      'asked',
    ]);
  });
});

describe('the key guard', () => {
  verifies('tui:answer:guarded');

  test('is shut for a moment after another request came into focus, and only then', () => {
    const clock = new FakeClock();
    const guard = createKeyGuard(clock);
    guard.focus('one');
    expect(guard.accepts()).toBe(false);
    clock.nowMs += KEY_GUARD_MS - 1;
    expect(guard.accepts()).toBe(false);
    clock.nowMs += 1;
    expect(guard.accepts()).toBe(true);
    guard.focus('one');
    expect(guard.accepts()).toBe(true);
    guard.focus(null);
    expect(guard.accepts()).toBe(false);
  });
});

describe('reading', () => {
  verifies('tui:read:whole');
  const shown = { columns: 80, height: 10, linesNeeded: 25 };

  test('lines count in a row from the top, and what was skipped does not', () => {
    const first = readOn(undefined, { ...shown, top: 0 });
    expect(first).toEqual({ columns: 80, seenLines: 10, isWhole: false });
    expect(readOn(first, { ...shown, top: 15 })).toEqual(first);
    const second = readOn(first, { ...shown, top: 10 });
    expect(readOn(second, { ...shown, top: 15 })).toMatchObject({ seenLines: 25, isWhole: true });
  });

  test('other columns begin anew, unless all was read', () => {
    const half = readOn(undefined, { ...shown, top: 0 });
    expect(readOn(half, { ...shown, columns: 40, top: 10 })).toMatchObject({ seenLines: 0, isWhole: false });
    const whole = readOn(undefined, { ...shown, top: 0, height: 25 });
    expect(readOn(whole, { ...shown, columns: 40, top: 0 })).toBe(whole);
  });
});

function named(name: 'left' | 'right' | 'home' | 'end' | 'backspace' | 'clear-line'): Key {
  return { kind: 'named', name };
}

describe('the line editor', () => {
  test('edits in the middle, by characters and not by code units', () => {
    let line = edited(EMPTY_LINE, { kind: 'text', text: 'a\u{1f600}c' }, 100);
    line = edited(edited(line, named('left'), 100), named('backspace'), 100);
    expect(textOf(line)).toBe('ac');
    line = edited(edited(line, named('home'), 100), { kind: 'character', text: '>' }, 100);
    expect(textOf(line)).toBe('>ac');
    line = edited(edited(line, named('end'), 100), named('clear-line'), 100);
    expect(textOf(line)).toBe('');
  });

  test('takes no more than it may', () => {
    expect(textOf(edited(EMPTY_LINE, { kind: 'text', text: 'abcdef' }, 3))).toBe('abc');
  });
});

describe('warnings', () => {
  verifies('tui:url:deceptive', 'tui:hidden:visible');

  test('name the place and the kind', () => {
    const request = sampleRequest({
      destructive: true,
      standing: 'drifted',
      server: 'file\u200bsystem',
      arguments: { to: ['https://github.com@evil.example/'], 'b\u202ead': 1, cmd: `x${' '.repeat(100)}y` },
    });
    const text = warningsOf(request).join('\n');
    expect(text).toContain('may destroy');
    expect(text).toContain('changed since it was first seen');
    expect(text).toContain('name of the server: invisible characters');
    expect(text).toContain('$.to[0]: https://github.com@evil.example/: what stands before @');
    expect(text).toContain('a name in $: right-to-left controls');
    expect(text).toContain('$.cmd: a long run of blanks');
    expect(riskMark(request)).toBe('!!');
  });

  test('a plain call has none; a suspicious one is marked', () => {
    expect(warningsOf(sampleRequest())).toEqual([]);
    expect(riskMark(sampleRequest())).toBe('');
    expect(riskMark(sampleRequest({ arguments: ['\u202e'] }))).toBe('!');
  });

  test('are bounded', () => {
    const request = sampleRequest({ arguments: Array.from({ length: 1000 }, () => '\u202e') });
    expect(warningsOf(request)).toHaveLength(WARNINGS_MAX + 1);
  });
});

describe('the notification', () => {
  test('holds guard’s words and printable names, and no end of its own sequence', () => {
    const text = notificationText([
      sampleRequest({ server: 'a;b', tool: 'x\u0007\u001b\\y' }),
      sampleRequest({ id: 'apr_bbbbbbbbbbbbbbbb0002' }),
    ]);
    const name = String.raw`a,b x\u{0007}\u{001b}\y and 1 more`;
    expect(text).toBe(
      `\u001b]9;guard: a call waits for an answer: ${name}\u0007\u001b]777;notify;guard;a call waits for an answer: ${name}\u0007`,
    );
    expect(notificationText([])).toBe('');
  });
});
