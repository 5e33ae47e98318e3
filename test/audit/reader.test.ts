import fs from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLineCutter, type LogEntry } from '../../src/audit/line-cutter.js';
import { openLog, readLog, readLogBackwards } from '../../src/audit/reader.js';
import { readRecord } from '../../src/audit/record-fields.js';
import { AUDIT_LINE_BYTES_MAX, AUDIT_READ_BYTES } from '../../src/platform/bounds.js';
import { decisionLine, encoderOf, outcomeLine, TS } from './lines.js';
import { useLogFolder } from './log-folder.js';

const at = useLogFolder();

async function forward(): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  const log = await openLog(at.log);
  if (log === undefined) throw new Error('there is no log');
  for await (const batch of readLog(log, at.log)) entries.push(...batch);
  return entries;
}

async function backward(): Promise<{ end: number; entries: LogEntry[] }> {
  const log = await openLog(at.log);
  if (log === undefined) throw new Error('no log');
  const reading = await readLogBackwards(log, at.log);
  const entries: LogEntry[] = [];
  for await (const batch of reading.entries()) entries.push(...batch);
  await log.handle.close();
  return { end: reading.end, entries };
}

/** What an entry is, in short. */
function gist(entry: LogEntry): string {
  return entry.kind === 'record'
    ? `${entry.record.type}@${entry.place.offset}`
    : `${entry.trouble}@${entry.place.offset}`;
}

describe('a record read back', () => {
  test('every type of record is known again', () => {
    const encoder = encoderOf();
    const config = [{ layer: 'user', path: '/a', digest: 'sha256:0' }];
    const lines = [
      encoder.session(TS, {
        guard_version: '1',
        pid: 1,
        command: 'c',
        mode: 'enforce',
        approvers: null,
        config,
      }),
      decisionLine('1', { uncertain: ['$.a gt: no number'], arguments: {} }),
      outcomeLine('1', { error_code: -1, response: null }),
      encoder.refusal(TS, {
        direction: 'client-to-server',
        reason: 'r',
        detail: 'd',
        size: 1,
        rpc_id: null,
        method: null,
      }),
      encoder.event(TS, { event: 'reload', detail: {} }),
    ];
    for (const line of lines) expect(readRecord(line)).toEqual({ kind: 'record', record: JSON.parse(line) });
  });

  test.each([
    ['{"v":1,"type":"dec', 'torn', 'the line is not whole'],
    ['[1]', 'not-a-record', 'the line is no JSON object'],
    ['{"a":1}', 'not-a-record', 'there is no member "v"'],
    ['{"v":2,"type":"x"}', 'unknown-version', 'expected v 1, got 2; a newer guard may have written it'],
    ['{"v":1,"type":"constructor"}', 'not-a-record', 'the member "type" is not known'],
    [
      decisionLine('1').replace('"method":"tools/call"', '"method":7'),
      'not-a-record',
      'the member "method" of a decision record is not as expected',
    ],
    [
      decisionLine('1').replace(',"rule":"reads"', ''),
      'not-a-record',
      'the member "rule" of a decision record is not as expected',
    ],
  ])('%s is %s', (line, trouble, detail) => {
    expect(readRecord(line)).toEqual({ kind: 'trouble', trouble, detail });
  });
});

describe('lines', () => {
  test('any cut of the bytes gives the same entries', () => {
    const text = `${decisionLine('1')}\n{"torn\n${outcomeLine('é漢')}{"v":9}\r\n\r\n${decisionLine('2').slice(0, 50)}`;
    const bytes = Buffer.from(text);
    const whole = createLineCutter();
    const expected = [...whole.push(bytes), ...whole.end()];
    expect(expected.map((entry) => (entry.kind === 'record' ? 'record' : entry.trouble))).toEqual([
      'record',
      'torn',
      'record',
      'unknown-version',
      'torn',
    ]);
    expect(expected.map(({ place }) => place.line)).toEqual([1, 3, 4, 5, 7]);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 30 }), (cuts) => {
        const cutter = createLineCutter();
        const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const entries = places
          .slice(1)
          .flatMap((end, index) => cutter.push(Buffer.from(bytes.subarray(places[index], end))));
        expect([...entries, ...cutter.end()]).toEqual(expected);
      }),
    );
  });

  test('a record that was glued to a torn line is found, a forged one is not', () => {
    const forged = JSON.parse(decisionLine('forged')) as never;
    const record = decisionLine('2', { arguments: [forged, forged] });
    const torn = record.slice(0, -3);
    const cutter = createLineCutter();
    const entries = cutter.push(Buffer.from(`${torn}${outcomeLine('3')}${torn}\n${record}`));
    expect(entries.map(gist)).toEqual([
      'torn@0',
      `outcome@${torn.length}`,
      `torn@${torn.length + outcomeLine('3').length}`,
      `decision@${2 * torn.length + outcomeLine('3').length + 1}`,
    ]);
  });

  test('a line without end holds no memory and is reported with its size', () => {
    const cutter = createLineCutter();
    const mebibyte = Buffer.alloc(1024 * 1024, 'x');
    for (let count = 0; count < 64; count += 1) expect(cutter.push(mebibyte)).toEqual([]);
    expect(cutter.push(Buffer.from(`\n${decisionLine('1')}`)).map(gist)).toEqual([
      'too-long@0',
      `decision@${64 * 1024 * 1024 + 1}`,
    ]);
  });
});

describe('a file', () => {
  test('forwards and backwards hold the same entries', async () => {
    const middle = `${'x'.repeat(AUDIT_LINE_BYTES_MAX + 1)}\n`;
    const many = Array.from({ length: 6000 }, (_, index) => decisionLine(String(index))).join('');
    fs.writeFileSync(at.log, `\n${many}${middle}${many}{"torn\n${outcomeLine('1')}{"unfinished`);
    expect(fs.statSync(at.log).size).toBeGreaterThan(3 * AUDIT_READ_BYTES);
    const ahead = await forward();
    const back = await backward();
    expect(ahead).toHaveLength(12_004);
    expect(back.entries.toReversed().map(gist)).toEqual(ahead.slice(0, -1).map(gist));
    expect(back.end).toBe(fs.statSync(at.log).size - '{"unfinished'.length);
  });

  test.each(['', '\n', '\n\n', 'x', 'x\n', 'x\ny'])('%j', async (text) => {
    fs.writeFileSync(at.log, text);
    const wholeLines = text.slice(0, text.lastIndexOf('\n') + 1);
    const expected = wholeLines.split('\n').filter((line) => line !== '').length;
    expect((await backward()).entries).toHaveLength(expected);
    expect(await forward()).toHaveLength(text.split('\n').filter((line) => line !== '').length);
  });

  test('a missing file is none, and what is no file a clear error', async () => {
    expect(await openLog(at.log)).toBeUndefined();
    fs.mkdirSync(at.log);
    await expect(forward()).rejects.toMatchObject({
      code: 'audit-unreadable',
      message: /not a regular file/,
    });
  });
});
