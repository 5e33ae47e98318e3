import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { segmentsOfTime, type TimeSpan } from '../../src/audit/segment-times.js';
import { listSegments } from '../../src/audit/segments.js';
import { verifies } from '../requirements.js';
import { decisionLine } from './lines.js';
import { useLogFolder } from './log-folder.js';

verifies('audit:search:calls');

const at = useLogFolder();
const day = (date: number): number => Date.UTC(2026, 0, date);

function line(date: number): string {
  return decisionLine('1', { ts: new Date(day(date)).toISOString() });
}

test.each<[string, TimeSpan, string[]]>([
  ['no time is asked for', {}, ['.3', '.2', '.1', '']],
  ['what is long over is left out', { sinceMs: day(20) }, ['.2', '.1', '']],
  ['what came long after is left out', { untilMs: day(3) }, ['.3', '.2', '.1']],
  ['a clock that jumped keeps its file in', { sinceMs: day(4), untilMs: day(5) }, ['.2', '.1']],
  ['a day more or less does not count', { untilMs: day(29.5) }, ['.3', '.2', '.1', '']],
])('%s', async (_what, span, expected) => {
  fs.writeFileSync(`${at.log}.3`, line(1) + line(2));
  // The clock was wrong for a while.
  fs.writeFileSync(`${at.log}.2`, line(2) + line(20));
  fs.writeFileSync(`${at.log}.1`, 'no record\n');
  fs.writeFileSync(at.log, line(30) + line(31).trimEnd());
  const chosen = await segmentsOfTime(await listSegments(at.log), span);
  expect(chosen.map((segment) => path.basename(segment.path).replace('audit.jsonl', ''))).toEqual(expected);
});
