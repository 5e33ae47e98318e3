import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openSegment } from '../../src/audit/open-segment.js';
import { scanLog } from '../../src/audit/scan-log.js';
import { segmentPath } from '../../src/audit/segment-name.js';
import { listSegments } from '../../src/audit/segments.js';
import { compileFilter } from '../../src/audit/filter.js';
import { decisionLine } from './lines.js';
import { useLogFolder, WALL_MS } from './log-folder.js';
import { verifies } from '../requirements.js';

verifies('audit:readers:rotation');

const at = useLogFolder();

function rotate(toMs = WALL_MS): string {
  const rotated = segmentPath(at.log, toMs);
  fs.renameSync(at.log, rotated);
  return rotated;
}

test('a file that was rotated since it was listed is found under its new name', async () => {
  fs.writeFileSync(at.log, 'old\n');
  const [listed] = await listSegments(at.log);
  if (listed === undefined) throw new Error('nothing was listed');
  const rotated = rotate();
  fs.writeFileSync(at.log, 'new\n');
  const opened = await openSegment(listed);
  expect(opened?.path).toBe(rotated);
  expect(await opened?.handle.readFile('utf8')).toBe('old\n');
  await opened?.handle.close();
});

test('one that logrotate counted up is found too', async () => {
  fs.writeFileSync(`${at.log}.1`, 'one\n');
  fs.writeFileSync(at.log, 'now\n');
  const [listed] = await listSegments(at.log);
  if (listed === undefined) throw new Error('nothing was listed');
  fs.renameSync(`${at.log}.1`, `${at.log}.2`);
  fs.renameSync(at.log, `${at.log}.1`);
  const opened = await openSegment(listed);
  expect(opened?.path).toBe(`${at.log}.2`);
  await opened?.handle.close();
});

test('one that was pruned is none, whatever stands under its name or has its number by now', async () => {
  fs.writeFileSync(at.log, 'old\n');
  const old = rotate();
  fs.writeFileSync(at.log, 'now\n');
  const [listed] = await listSegments(at.log);
  if (listed === undefined) throw new Error('nothing was listed');
  fs.rmSync(old);
  expect(await openSegment(listed)).toBeUndefined();
  fs.writeFileSync(old, 'another\n');
  const { ino } = fs.statSync(old);
  const opened = await openSegment(listed);
  // A file system may give the number away again at once; then nothing tells the two apart.
  expect(opened === undefined).toBe(ino !== listed.inode);
  await opened?.handle.close();
});

test('a scan that began before a rotation reads every record once', async () => {
  fs.writeFileSync(at.log, decisionLine('1'));
  rotate(WALL_MS - 1);
  fs.writeFileSync(at.log, decisionLine('2'));
  const segments = await listSegments(at.log);
  rotate();
  fs.writeFileSync(at.log, decisionLine('3'));
  const seen: string[] = [];
  const scan = scanLog({
    segments,
    reverse: false,
    filter: compileFilter({}),
    onRecord: ({ view }) => seen.push(String(view.type === 'decision' && view.request_id)),
    onTrouble: () => expect.fail('there is no trouble'),
    onUnreadable: (error) => expect.fail(error.message),
  });
  for await (const done of scan) expect(done).toBeGreaterThan(0);
  expect(seen).toEqual(['1', '2']);
  expect(fs.readdirSync(path.dirname(at.log))).toHaveLength(3);
});
