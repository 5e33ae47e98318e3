import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { EventFields } from '../../src/audit/encode.js';
import { segmentPath } from '../../src/audit/segment-name.js';
import { createLogUpkeep, type LogUpkeep, type UpkeepInput } from '../../src/commands/log-upkeep.js';
import { createDiagnostics } from '../../src/platform/diagnostics.js';
import { decisionLine } from '../audit/lines.js';
import { record, useLogFolder, WALL_MS } from '../audit/log-folder.js';
import { verifies } from '../requirements.js';
import { eventually } from '../support/eventually.js';

verifies('audit:retention');

const at = useLogFolder();
const DAY_MS = 86_400_000;
const PAUSES = { afterRotationMs: 1, betweenPiecesMs: 0, beforeRemovalMs: 1 };

function upkeepWith(more: Partial<UpkeepInput> = {}): {
  upkeep: LogUpkeep;
  recorded: EventFields[];
  notes: string[];
} {
  const recorded: EventFields[] = [];
  const notes: string[] = [];
  const upkeep = createLogUpkeep({
    log: at.log,
    audit: { rotate: { maxBytes: 20, maxAgeMs: undefined }, retentionMs: 90 * DAY_MS },
    clock: { wallMs: () => WALL_MS + at.nowMs },
    diagnostics: createDiagnostics((line) => notes.push(line)),
    onRotated: () => undefined,
    keys: () => new Map(),
    record(event) {
      recorded.push(event);
      return true;
    },
    pauses: PAUSES,
    ...more,
  });
  return { upkeep, recorded, notes };
}

function segment(ageDays: number): string {
  const file = segmentPath(at.log, WALL_MS - ageDays * DAY_MS);
  fs.writeFileSync(file, decisionLine('1'));
  fs.utimesSync(file, WALL_MS / 1000 - ageDays * 86_400, WALL_MS / 1000 - ageDays * 86_400);
  return file;
}

function rotate({ rotation }: LogUpkeep): void {
  const sink = at.open({ rotation });
  record(sink, '1234567890');
  record(sink, '1234567890');
}

test('after a rotation what is older than the retention is recorded and removed; younger files stay', async () => {
  const [old, older, young] = [segment(91), segment(200), segment(89)];
  let rotations = 0;
  const { upkeep, recorded, notes } = upkeepWith({ onRotated: () => (rotations += 1) });
  expect(fs.existsSync(old)).toBe(true);
  rotate(upkeep);
  expect(rotations).toBe(1);
  await eventually('two notes', () => notes.length === 2);
  expect([old, older].map((file) => fs.existsSync(file))).toEqual([false, false]);
  expect(fs.existsSync(young)).toBe(true);
  expect(recorded.map(({ event, detail }) => [event, (detail as { file: string }).file])).toEqual([
    ['pruned', path.basename(older)],
    ['pruned', path.basename(old)],
  ]);
  expect(notes[0]).toContain('audit.retention');
  upkeep.close();
});

test('where the record of it cannot be written nothing is removed, and a note says so', async () => {
  const old = segment(91);
  const { upkeep, notes } = upkeepWith({ record: () => false });
  rotate(upkeep);
  await eventually('a note', () => notes.join('').includes('it cannot be recorded'));
  expect(fs.existsSync(old)).toBe(true);
  upkeep.close();
});

test('once guard ends nothing is recorded or removed any more', async () => {
  const old = segment(91);
  const { upkeep, recorded, notes } = upkeepWith({ pauses: { ...PAUSES, afterRotationMs: 20 } });
  rotate(upkeep);
  upkeep.close();
  const second = upkeepWith({ pauses: { ...PAUSES, beforeRemovalMs: 1e6 } });
  rotate(second.upkeep);
  await eventually('a statement', () => second.recorded.length === 1);
  second.upkeep.close();
  expect(recorded).toEqual([]);
  expect(notes).toEqual([]);
  expect(fs.existsSync(old)).toBe(true);
});

test('a log that cannot be rotated is said to be', () => {
  const { upkeep, notes } = upkeepWith();
  upkeep.rotation.onTrouble?.(new Error('EACCES'));
  expect(notes.join('')).toContain(`${at.log} cannot be rotated and grows on: EACCES`);
});
