import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { followLog } from '../../src/audit/follow.js';
import type { LogEntry } from '../../src/audit/line-cutter.js';
import { openLog } from '../../src/audit/reader.js';
import { segmentPath } from '../../src/audit/segment-name.js';
import { systemClock } from '../../src/platform/clock.js';
import { decisionLine } from './lines.js';
import { record, useLogFolder } from './log-folder.js';
import { verifies } from '../requirements.js';

verifies('audit:rotation', 'tail:rotation');

const at = useLogFolder();
let stop: AbortController;
let followed: Promise<void> = Promise.resolve();
let entries: LogEntry[] = [];
let notes: string[] = [];
const clock = systemClock();

beforeEach(() => {
  stop = new AbortController();
  entries = [];
  notes = [];
});
afterEach(async () => {
  stop.abort();
  await followed;
});

function follow(more: Partial<Parameters<typeof followLog>[0]> = {}): void {
  followed = (async () => {
    for await (const batch of followLog({
      path: at.log,
      signal: stop.signal,
      clock,
      note: (text) => notes.push(text),
      ...more,
    }))
      entries.push(...batch);
  })();
}

function ids(): string[] {
  return entries.map((entry) => {
    if (entry.kind === 'trouble') return entry.trouble;
    return entry.record.type === 'decision' ? entry.record.request_id : entry.record.type;
  });
}

async function until(condition: () => boolean): Promise<void> {
  for (const startMs = performance.now(); !condition(); await delay(10)) {
    if (performance.now() - startMs > 10_000)
      throw new Error(`waited in vain; so far: ${ids().slice(-20).join(' ')}`);
  }
}

function append(...names: string[]): void {
  fs.appendFileSync(at.log, names.map((name) => decisionLine(name)).join(''));
}

describe('following', () => {
  test('waits for a file that is not there yet and says so once', async () => {
    follow();
    await delay(300);
    append('1');
    await until(() => ids().length === 1);
    expect(notes).toEqual([`waiting for ${at.log}`]);
  });

  test('begins at an offset and takes a line that is written in two pieces as one', async () => {
    append('1');
    const log = await openLog(at.log);
    if (log === undefined) throw new Error('no log');
    const line = decisionLine('2');
    fs.appendFileSync(at.log, line.slice(0, 40));
    follow({ start: { log, offset: log.size } });
    await delay(250);
    expect(ids()).toEqual([]);
    fs.appendFileSync(at.log, line.slice(40));
    await until(() => ids().length === 1);
    expect(ids()).toEqual(['2']);
  });

  test('rename: a writer that goes on in the old file is read, and the new file from its start', async () => {
    append('1');
    follow();
    await until(() => ids().length === 1);
    const old = fs.openSync(at.log, 'a');
    fs.renameSync(at.log, `${at.log}.1`);
    append('3');
    await until(() => ids().includes('3'));
    fs.writeSync(old, decisionLine('2'));
    await until(() => ids().length === 3);
    fs.closeSync(old);
    expect(ids().toSorted()).toEqual(['1', '2', '3']);
  });

  test('several rotations between two looks: what came and went in between is read too, in order', async () => {
    append('1');
    follow();
    await until(() => ids().length === 1);
    // One step of the loop: the follower sees the folder before and after, never in between.
    append('2');
    for (let index = 0; index < 12; index += 1) {
      fs.renameSync(at.log, segmentPath(at.log, Date.UTC(2026, 0, 1, 0, 0, index)));
      append(String(index + 3));
    }
    await until(() => ids().length === 14);
    expect(ids()).toEqual(Array.from({ length: 14 }, (_, index) => String(index + 1)));
    expect(notes).toEqual([]);
  });

  test('deletion and a new file of the same name', async () => {
    append('1');
    follow();
    await until(() => ids().length === 1);
    fs.unlinkSync(at.log);
    await delay(250);
    append('2');
    await until(() => ids().length === 2);
    expect(ids()).toEqual(['1', '2']);
    expect(notes).toEqual([]);
  });

  test('copytruncate: what was not read yet comes from the copy, also when the file has grown again', async () => {
    append('1');
    follow();
    await until(() => ids().length === 1);
    append('2');
    fs.copyFileSync(at.log, `${at.log}.1`);
    fs.truncateSync(at.log);
    append('3', '4', '5', '6');
    await until(() => ids().length === 6);
    expect(ids()).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(notes).toEqual([]);
  });

  test('truncation without a copy is noted', async () => {
    append('1', '2');
    follow();
    await until(() => ids().length === 2);
    fs.truncateSync(at.log);
    append('3');
    await until(() => ids().length === 3);
    expect(notes).toEqual([expect.stringContaining('was truncated')]);
  });

  test('the file sink and its follower through a rotation', async () => {
    const sink = at.open({ clock });
    follow();
    for (let index = 0; index < 30; index += 1) {
      if (index % 10 === 5) fs.renameSync(at.log, `${at.log}.${index}`);
      record(sink, decisionLine(String(index)).trimEnd());
      await delay(120);
    }
    await until(() => ids().length >= 30);
    expect(ids().toSorted((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 30 }, (_, index) => String(index)),
    );
  });
});

test('three fast writers, a file that is moved away again and again: the view loses nothing and shows nothing twice', async () => {
  follow();
  const script = path.join(import.meta.dirname, 'fixtures', 'append.ts');
  const count = 4000;
  const writing = new AbortController();
  const writers = ['a', 'b', 'c'].map((writer) =>
    promisify(execFile)(process.execPath, ['--import', 'tsx', script, at.log, writer, String(count), '60']),
  );
  const rotation = (async () => {
    for (let index = 0; !writing.signal.aborted; index += 1) {
      // A file that comes and goes between two looks is not seen; rotation is slower than that.
      while (!fs.existsSync(at.log) && !writing.signal.aborted) await delay(10);
      await delay(700);
      if (fs.existsSync(at.log)) fs.renameSync(at.log, `${at.log}.${index}`);
    }
  })();
  await Promise.all(writers);
  writing.abort();
  await rotation;
  await until(() => entries.length >= writers.length * count);
  const seen = entries.map((entry) =>
    entry.kind === 'record' ? `${entry.record.writer} ${entry.record.seq}` : entry.trouble,
  );
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen).toHaveLength(writers.length * count);
  expect(fs.readdirSync(at.folder).length).toBeGreaterThan(3);
});
