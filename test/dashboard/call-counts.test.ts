import fs from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { CallStats } from '../../src/audit/call-stats.js';
import { segmentPath } from '../../src/audit/segment-name.js';
import { CallCounts, type Counted } from '../../src/dashboard/views/call-counts.js';
import { Scans } from '../../src/dashboard/views/scans.js';
import { decisionLine, outcomeLine } from '../audit/lines.js';
import { useLogFolder, WALL_MS } from '../audit/log-folder.js';
import { verifies } from '../requirements.js';
import { eventually, pause } from '../support/eventually.js';

verifies('dashboard:counts');

const at = useLogFolder();
let counts: CallCounts | undefined;

afterEach(() => counts?.close());

/** Three rotated files with a decision each, whose outcomes stand in the next one. */
function writeLog(): void {
  for (const rank of [1, 2, 3]) {
    const lines = outcomeLine(`${rank - 1}`) + decisionLine(`${rank}`);
    fs.writeFileSync(segmentPath(at.log, WALL_MS + rank), lines);
  }
  fs.writeFileSync(at.log, outcomeLine('3'));
}

/** Counts on a clock on which each look takes so long. */
function open(lookMs: number): CallCounts {
  let nowMs = 0;
  const clock = {
    monotonicMs: () => {
      nowMs += lookMs;
      return nowMs;
    },
    wallMs: () => WALL_MS,
  };
  const scans = new Scans(at.log, clock);
  const folder = path.join(at.folder, 'call-index');
  counts = new CallCounts({ scans, file: at.log, folder, clock, isGateway: false });
  return counts;
}

async function count(
  of: CallCounts,
): Promise<Counted & { readonly calls: number; readonly unknown: number }> {
  const stats = new CallStats();
  const counted = await of.count({}, stats);
  return { ...counted, calls: stats.all.calls, unknown: stats.decisions.get('unknown') ?? 0 };
}

/** Asks until all of the log is counted. */
async function whole(of: CallCounts): ReturnType<typeof count> {
  for (;;) {
    const counted = await count(of);
    if (counted.complete) return counted;
    await pause(10);
  }
}

const ALL = { complete: true, counting: null, calls: 4, unknown: 1 };

test('numbers of a large log come at once, say of how much of it they are, and become whole', async () => {
  writeLog();
  const slow = open(1000);
  const first = await count(slow);
  const bytes = 4 * outcomeLine('1').length + 3 * decisionLine('1').length;
  expect(first).toMatchObject({
    complete: false,
    counting: { done_bytes: outcomeLine('3').length, bytes },
    calls: 1,
  });
  expect(await whole(slow)).toEqual(ALL);
  // Another process finds it ready.
  expect(await count(open(1000))).toEqual(ALL);
});

test('what is read before anybody asks is there when somebody does', async () => {
  writeLog();
  const early = open(1000);
  early.start();
  const folder = path.join(at.folder, 'call-index');
  await eventually('the index', () => fs.existsSync(folder) && fs.readdirSync(folder).length === 3);
  expect(await whole(open(1000))).toEqual(ALL);
});

test('without a place for an index the log is read whole, each time', async () => {
  writeLog();
  fs.writeFileSync(path.join(at.folder, 'call-index'), 'a file in its place');
  const counting = open(1);
  expect(await whole(counting)).toEqual(ALL);
  expect(await count(counting)).toEqual(ALL);
});
