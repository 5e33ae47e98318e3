import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compileFilter, type FilterSpec } from '../../src/audit/filter.js';
import type { LogEntry } from '../../src/audit/line-cutter.js';
import { openLog, readLog } from '../../src/audit/reader.js';
import { scanLog } from '../../src/audit/scan-log.js';
import { listSegments, type Segment } from '../../src/audit/segments.js';
import { AUDIT_LINE_BYTES_MAX } from '../../src/platform/bounds.js';
import { verifies } from '../requirements.js';
import { decisionLine, encoderOf, outcomeLine, TS } from './lines.js';
import { useLogFolder } from './log-folder.js';

verifies('audit:search:judges');

const at = useLogFolder();

interface Seen {
  readonly records: string[];
  readonly troubles: string[];
  readonly unreadable: string[];
  readonly done: number;
}

async function scanned(
  segments: readonly Segment[],
  { reverse = false, spec = {} }: { reverse?: boolean; spec?: FilterSpec } = {},
): Promise<Seen> {
  const seen = { records: [] as string[], troubles: [] as string[], unreadable: [] as string[], done: 0 };
  const filter = compileFilter(spec);
  for await (const done of scanLog({
    segments,
    reverse,
    filter,
    onRecord: (line) => filter.matches(line.view) && line.found() && seen.records.push(line.text()),
    onTrouble: ({ entry }) => seen.troubles.push(`${entry.trouble} ${entry.place.offset}`),
    onUnreadable: ({ code }) => seen.unreadable.push(code),
  })) {
    expect(done).toBeGreaterThanOrEqual(seen.done);
    seen.done = done;
  }
  return seen;
}

async function readSlowly(path: string): Promise<Pick<Seen, 'records' | 'troubles'>> {
  const entries: LogEntry[] = [];
  const log = await openLog(path);
  if (log === undefined) throw new Error('there is no log');
  for await (const batch of readLog(log, path)) entries.push(...batch);
  return {
    records: entries.flatMap((entry) => (entry.kind === 'record' ? [entry.text] : [])),
    troubles: entries.flatMap((entry) =>
      entry.kind === 'trouble' ? [`${entry.trouble} ${entry.place.offset}`] : [],
    ),
  };
}

const HARD = [
  decisionLine('1', { arguments: { text: 'é' } }),
  '\n',
  decisionLine('2').slice(0, 99) + outcomeLine('1'),
  'no json\n',
  outcomeLine('2').replace('\n', '\r\n'),
  '{ "v": 1 }\n',
  `${'x'.repeat(AUDIT_LINE_BYTES_MAX)}\n`,
  `${'y'.repeat(AUDIT_LINE_BYTES_MAX + 1)}\n`,
  `${'z'.repeat(3 * AUDIT_LINE_BYTES_MAX)}\n`,
  encoderOf().event(TS, { event: 'reload', detail: null }),
  decisionLine('3', { arguments: 'a'.repeat(200_000) }),
  decisionLine('4', { arguments: 'a'.repeat(200_000) }),
  decisionLine('5', { arguments: 'a'.repeat(200_000) }),
];

describe('a line is judged as reading the whole file judges it', () => {
  test.each([
    ['whole', ''],
    ['with an unfinished last line', decisionLine('9').slice(0, 120)],
    ['with a last line that lacks only its line feed', decisionLine('9').trimEnd()],
  ])('%s', async (_what, last) => {
    fs.writeFileSync(at.log, HARD.join('') + last);
    const slow = await readSlowly(at.log);
    const segments = await listSegments(at.log);
    expect(slow.records.length).toBeGreaterThan(5);
    expect(slow.troubles.length).toBeGreaterThan(4);
    expect(await scanned(segments)).toMatchObject(slow);
    const backwards = await scanned(segments, { reverse: true });
    expect(backwards.records).toEqual(slow.records.toReversed());
    expect(backwards.troubles).toEqual(slow.troubles.toReversed());
    expect(backwards.done).toBe(fs.statSync(at.log).size);
  });

  test('an empty log holds nothing', async () => {
    fs.writeFileSync(at.log, '');
    expect(await scanned(await listSegments(at.log))).toMatchObject({ records: [], troubles: [] });
  });

  test('lines that cannot hold what is asked for are passed over, foreign ones that can are not', async () => {
    const foreign = decisionLine('6', { tool: 'rare_tool' }).replace('rare_tool', String.raw`\u0072are_tool`);
    const spaced = decisionLine('7', { tool: 'rare_tool' }).replaceAll('":', '" : ');
    const wanted = [
      decisionLine('5', { tool: 'rare_tool' }),
      foreign,
      spaced,
      outcomeLine('5', { tool: 'rare_tool' }),
    ];
    fs.writeFileSync(at.log, [...HARD, ...wanted.flatMap((line) => [decisionLine('8'), line])].join(''));
    const segments = await listSegments(at.log);
    for (const tool of ['rare_tool', '*are_to*', 'rare?tool']) {
      const { records } = await scanned(segments, { spec: { tool: [tool] } });
      expect(records).toEqual(wanted.map((line) => line.trimEnd()));
      const backwards = await scanned(segments, { spec: { tool: [tool] }, reverse: true });
      expect(backwards.records).toEqual(records.toReversed());
    }
  });

  test.each([
    ['READ_FILE', 3],
    ['é', 2],
    [String.raw`\u{202e}`, 1],
    ['a.b', 1],
    ['k', 2],
  ])('text is found in any case, plain or not: %s', async (grep, count) => {
    const lines = [
      decisionLine('1', { tool: 'read_file', agent: 'x' } as never).replaceAll(/claude|k/g, 'x'),
      decisionLine('2', { rule: 'a.b É \u212a' }).replaceAll(/claude/g, 'x'),
      decisionLine('3', { rule: 'axb é k', arguments: '\u202e' })
        .replaceAll(/claude/g, 'x')
        .replace(String.raw`\u202e`, '\u202e'),
    ];
    fs.writeFileSync(at.log, lines.join(''));
    const { records } = await scanned(await listSegments(at.log), { spec: { grep } });
    expect(records).toHaveLength(count);
  });
});

describe('a log of several files', () => {
  test('is read as one, oldest first or newest first; one that cannot be read is told of', async () => {
    fs.writeFileSync(`${at.log}.1`, decisionLine('1'));
    fs.writeFileSync(at.log, outcomeLine('1'));
    const found = await listSegments(at.log);
    const folder = { path: at.folder, size: 10, current: false };
    const gone = { path: `${at.log}.9`, size: 10, current: false };
    const { records, unreadable } = await scanned([folder, gone, ...found]);
    expect(records.map((line) => JSON.parse(line) as { type: string })).toMatchObject([
      { type: 'decision' },
      { type: 'outcome' },
    ]);
    expect(unreadable).toEqual(['audit-unreadable']);
    const backwards = await scanned([folder, ...found], { reverse: true });
    expect(backwards.records).toEqual(records.toReversed());
  });
});

describe('sizes beyond those of records', () => {
  test('a line of 64 MiB is told of and passed over', async () => {
    const size = 64 * 1024 * 1024;
    fs.writeFileSync(at.log, decisionLine('1'));
    fs.truncateSync(at.log, fs.statSync(at.log).size + size);
    fs.appendFileSync(at.log, `\n${outcomeLine('1')}`);
    const segments = await listSegments(at.log);
    const { records, troubles } = await scanned(segments);
    expect(records).toHaveLength(2);
    expect(troubles).toEqual([`too-long ${decisionLine('1').length}`]);
    expect((await scanned(segments, { reverse: true })).troubles).toEqual(troubles);
  });

  test('a log larger than a 32-bit number can say is read where it holds something', async () => {
    const size = 5 * 1024 * 1024 * 1024;
    const segment = { path: at.log, size: size + 1000, current: true };
    fs.writeFileSync(at.log, decisionLine('1'));
    fs.truncateSync(at.log, size);
    fs.appendFileSync(at.log, `\n${outcomeLine('1')}`);
    const backwards = scanLog({
      segments: [segment],
      reverse: true,
      filter: compileFilter({}),
      onRecord: (line) => expect(line.view.type).toBe('outcome'),
      onTrouble: ({ entry }) => expect(entry.trouble).toBe('too-long'),
      onUnreadable: (error) => expect.unreachable(error.message),
    });
    // Its end is enough: reading holes would take seconds.
    const first = await backwards.next();
    await backwards.return(undefined);
    expect(first.value).toBe(outcomeLine('1').length);
  }, 60_000);
});
