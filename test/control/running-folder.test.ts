import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { currentOwner } from '../../src/platform/process-owner.js';
import type { RunningGuard } from '../../src/control/running-file.js';
import { readRunning, writeRunning } from '../../src/control/running-folder.js';
import { RunningReport } from '../../src/control/running-report.js';
import { eventually } from '../support/eventually.js';
import { verifies } from '../requirements.js';

verifies('status:files:distrust', 'status:files:dead', 'status:report:quiet');

let parent = '';
let folder = '';

beforeEach(() => {
  parent = fs.mkdtempSync(path.join(os.tmpdir(), 'guard-running-'));
  folder = path.join(parent, 'state', 'running');
});
afterEach(() => fs.rmSync(parent, { recursive: true, force: true }));

function guardWith(changes: Partial<RunningGuard> = {}): RunningGuard {
  return {
    writer: 'abc123',
    ...currentOwner(),
    since: '2026-11-22T08:00:00.000Z',
    updated: '2026-11-22T08:00:00.000Z',
    server: 'files',
    client: null,
    agent: null,
    session: 's',
    mode: 'enforce',
    layers: [{ layer: 'user', path: '/c/guard.yaml', digest: 'sha256:00', mode: 'enforce' }],
    calls: { allowed: 1, denied: 2, held: 3, dry_run: 0 },
    pending: 0,
    ...changes,
  };
}

test('guards are read in the order of their start, and a folder that is not there holds none', () => {
  expect(readRunning(folder)).toEqual({ guards: [], troubles: [] });
  const later = guardWith({ writer: 'b', since: '2026-11-22T09:00:00.000Z' });
  writeRunning(folder, later);
  writeRunning(folder, guardWith());
  expect(readRunning(folder)).toMatchObject({ guards: [{ ...guardWith() }, { ...later }], troubles: [] });
  const modes = [folder, path.join(folder, 'b.json')].map((file) => fs.statSync(file).mode & 0o777);
  expect(modes).toEqual([0o700, 0o600]);
});

test('the file of a guard that is gone is taken away, also where another process has its pid', () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  writeRunning(folder, guardWith({ writer: 'gone', pid }));
  writeRunning(folder, guardWith());
  if (currentOwner().started !== null) writeRunning(folder, guardWith({ writer: 'other', started: '1' }));
  expect(readRunning(folder).guards.map(({ writer }) => writer)).toEqual(['abc123']);
  expect(fs.readdirSync(folder)).toEqual(['abc123.json']);
});

test.each<[string, (text: string) => string]>([
  ['cut off', (text) => text.slice(0, 40)],
  ['of another version', (text) => text.replace('"v": 1', '"v": 2')],
  ['of another guard', (text) => text.replace('abc123', 'abc124')],
  ['with a count that is none', (text) => text.replace('"allowed": 1', '"allowed": -1')],
  ['with a layer that is none', (text) => text.replace('"layer": "user"', '"layer": 3')],
  ['with a mode that is none', (text) => text.replaceAll('"enforce"', '"maybe"')],
  ['no object', () => 'null'],
])('a file that is %s is told of and left alone', (_what, change) => {
  writeRunning(folder, guardWith());
  const file = path.join(folder, 'abc123.json');
  fs.writeFileSync(file, change(fs.readFileSync(file, 'utf8')));
  expect(readRunning(folder)).toEqual({ guards: [], troubles: [`${file} is not as this guard writes it`] });
  expect(fs.existsSync(file)).toBe(true);
});

test('a file that others may write is not believed, and drafts are no files', () => {
  writeRunning(folder, guardWith());
  fs.chmodSync(path.join(folder, 'abc123.json'), 0o666);
  fs.writeFileSync(path.join(folder, '.x.tmp'), '');
  expect(readRunning(folder)).toMatchObject({ guards: [], troubles: [expect.stringContaining('0666')] });
});

test('a report writes nothing before the first change, and takes its file away', async () => {
  const notes: string[] = [];
  let written = 0;
  const report = new RunningReport({
    folder,
    writer: 'abc123',
    facts() {
      written += 1;
      return guardWith();
    },
    note: (text) => notes.push(text),
  });
  report.close();
  report.changed();
  expect(fs.existsSync(folder)).toBe(false);
  const second = new RunningReport({
    folder,
    writer: 'abc123',
    facts: () => guardWith(),
    note: () => undefined,
  });
  for (let count = 0; count < 100; count += 1) second.changed();
  expect(fs.existsSync(folder)).toBe(false);
  await eventually('the file', () => readRunning(folder).guards.length === 1);
  second.close();
  expect([fs.readdirSync(folder), written, notes]).toEqual([[], 0, []]);
});

test('a report that cannot be written says so and does no other harm', async () => {
  fs.writeFileSync(path.join(parent, 'state'), '');
  const notes: string[] = [];
  const report = new RunningReport({
    folder,
    writer: 'abc123',
    facts: () => guardWith(),
    note: (text) => notes.push(text),
  });
  report.changed();
  await eventually('the note', () => notes.length > 0);
  expect(notes).toEqual([expect.stringContaining('guard status cannot show this guard')]);
  report.close();
});
