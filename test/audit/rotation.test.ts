import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { LogWriterOptions } from '../../src/audit/log-writer.js';
import { systemRotationFiles } from '../../src/audit/rotate-log.js';
import type { RotationSettings } from '../../src/audit/rotation.js';
import { segmentPath } from '../../src/audit/segment-name.js';
import { listSegments } from '../../src/audit/segments.js';
import { AUDIT_ROTATION_CHECK_MS, AUDIT_ROTATION_CLAIM_MS } from '../../src/platform/bounds.js';
import { decisionLine } from './lines.js';
import { record, useLogFolder, WALL_MS } from './log-folder.js';
import { verifies } from '../requirements.js';

verifies('audit:rotation:own', 'audit:rotation');

const at = useLogFolder();

function rotating(more: Partial<RotationSettings> = {}): Pick<LogWriterOptions, 'rotation'> {
  return { rotation: { maxBytes: 10, maxAgeMs: undefined, onTrouble, ...more } };
}

/** A rotation that does not work fails the test where it is not expected. */
function onTrouble(error: unknown): void {
  throw error;
}

/** The lines of each segment, oldest first, by file name. */
async function segments(): Promise<readonly (readonly [string, readonly string[]])[]> {
  return (await listSegments(at.log)).map((segment) => [
    path.basename(segment.path),
    fs.readFileSync(segment.path, 'utf8').split('\n').slice(0, -1),
  ]);
}

async function lines(): Promise<readonly (readonly string[])[]> {
  return (await segments()).map(([, found]) => found);
}

describe('by size', () => {
  test('a record that would make the file larger than its bound begins the next one', async () => {
    const rotated: string[] = [];
    const sink = at.open(rotating({ onRotated: (segment) => rotated.push(path.basename(segment)) }));
    record(sink, '1234');
    record(sink, '5678');
    record(sink, '9');
    expect(await segments()).toEqual([
      ['audit.20260102T030405678Z.jsonl', ['1234', '5678']],
      ['audit.jsonl', ['9']],
    ]);
    expect(rotated).toEqual(['audit.20260102T030405678Z.jsonl']);
    expect(fs.statSync(path.join(at.folder, rotated[0] ?? '')).mode & 0o777).toBe(0o600);
    expect(fs.readdirSync(at.folder)).toHaveLength(2);
  });

  test('a batch is never split, and one that is larger than the bound has a file of its own', async () => {
    const sink = at.open(rotating());
    record(sink, '1', '2', '3', '4', '5', '6');
    record(sink, 'a');
    record(sink, 'x'.repeat(100));
    expect(await lines()).toEqual([['1', '2', '3', '4', '5', '6'], ['a'], ['x'.repeat(100)]]);
  });

  test('a log that is larger as guard starts is rotated with the second write', async () => {
    fs.writeFileSync(at.log, `${'x'.repeat(100)}\n`, { mode: 0o600 });
    const sink = at.open(rotating());
    expect(await lines()).toHaveLength(1);
    record(sink, '1');
    expect(await lines()).toEqual([['x'.repeat(100)], ['1']]);
  });

  test('without a bound nothing is rotated', async () => {
    const sink = at.open(rotating({ maxBytes: undefined }));
    for (let index = 0; index < 50; index += 1) record(sink, 'x'.repeat(100));
    expect(await lines()).toHaveLength(1);
  });

  test('what other writers append counts at the next look', async () => {
    const sink = at.open(rotating());
    at.nowMs += AUDIT_ROTATION_CHECK_MS / 2;
    const other = at.open();
    record(sink, '1');
    record(other, 'x'.repeat(100));
    record(sink, '2');
    at.nowMs += AUDIT_ROTATION_CHECK_MS / 2;
    record(sink, '3');
    // The other one goes on in the old file until it looks; its record is not lost.
    record(other, 'late');
    at.nowMs += AUDIT_ROTATION_CHECK_MS / 2;
    record(other, 'new');
    expect(await lines()).toEqual([
      ['1', 'x'.repeat(100), '2', 'late'],
      ['3', 'new'],
    ]);
  });
});

describe('by age', () => {
  const daily = rotating({ maxBytes: undefined, maxAgeMs: 86_400_000 });

  test('a day after its first record the next one begins a new file', async () => {
    const sink = at.open(daily);
    record(sink, '1');
    at.nowMs += 86_399_000;
    record(sink, '2');
    at.nowMs += 1000;
    record(sink, '3');
    expect(await lines()).toEqual([['1', '2'], ['3']]);
  });

  test('the first record of the file tells its age, also to a guard that starts later', async () => {
    const old = decisionLine('1', { ts: new Date(WALL_MS - 86_400_000 + 5000).toISOString() });
    fs.writeFileSync(at.log, old, { mode: 0o600 });
    const sink = at.open(daily);
    at.nowMs += 4000;
    record(sink, '2');
    expect(await lines()).toHaveLength(1);
    at.nowMs += 1000;
    record(sink, '3');
    expect(await lines()).toEqual([[old.trimEnd(), '2'], ['3']]);
  });

  test('a first line that is no record, or cannot be read: the age counts from the start of guard', async () => {
    fs.writeFileSync(at.log, 'torn\n', { mode: 0o600 });
    const sink = at.open(daily);
    at.nowMs += 86_399_000;
    record(sink, '1');
    at.nowMs += 1000;
    record(sink, '2');
    expect(await lines()).toEqual([['torn', '1'], ['2']]);
  });
});

describe('names', () => {
  test('a clock that went back: the new segment still stands behind the others', async () => {
    const future = segmentPath(at.log, WALL_MS + 86_400_000);
    fs.writeFileSync(future, 'older\n');
    const sink = at.open(rotating({ maxBytes: 2 }));
    record(sink, '1');
    record(sink, '2');
    at.nowMs -= 1000;
    record(sink, '3');
    expect(await lines()).toEqual([['older'], ['1'], ['2'], ['3']]);
    expect(fs.readFileSync(future, 'utf8')).toBe('older\n');
  });

  test('a name that is taken by anything is passed over', async () => {
    fs.symlinkSync('nowhere', segmentPath(at.log, WALL_MS));
    fs.mkdirSync(segmentPath(at.log, WALL_MS + 1));
    const taken = { ...systemRotationFiles, namesIn: () => [] };
    const sink = at.open(rotating({ files: taken }));
    record(sink, '123456789');
    record(sink, '2');
    expect(fs.readFileSync(segmentPath(at.log, WALL_MS + 2), 'utf8')).toBe('123456789\n');
    expect(fs.lstatSync(segmentPath(at.log, WALL_MS)).isSymbolicLink()).toBe(true);
  });
});

describe('several guards', () => {
  test('a claim of a guard that is at it holds the others off; one of a dead guard is taken over', async () => {
    const sink = at.open(rotating());
    record(sink, '123456789');
    const claim = `${at.log}.rotating`;
    fs.writeFileSync(claim, '');
    fs.utimesSync(claim, WALL_MS / 1000, WALL_MS / 1000);
    record(sink, '2');
    expect(await lines()).toHaveLength(1);
    at.nowMs += AUDIT_ROTATION_CLAIM_MS + 1;
    record(sink, '3');
    expect(await lines()).toEqual([['123456789', '2'], ['3']]);
    expect(fs.existsSync(claim)).toBe(false);
  });

  test('what somebody else rotated just now is not rotated again', async () => {
    const files = {
      ...systemRotationFiles,
      create(file: string) {
        systemRotationFiles.create(file);
        // Between the look and the claim another program moved the log and began a new one.
        fs.renameSync(at.log, `${at.log}.1`);
        fs.writeFileSync(at.log, 'new\n', { mode: 0o600 });
      },
    };
    const sink = at.open(rotating({ files }));
    record(sink, '123456789');
    record(sink, '2');
    expect(await lines()).toEqual([['123456789', '2'], ['new']]);
    at.nowMs += AUDIT_ROTATION_CHECK_MS;
    record(sink, '3');
    expect(await lines()).toEqual([
      ['123456789', '2'],
      ['new', '3'],
    ]);
  });

  test('five writers, each of whom rotates: every record is in exactly one segment, whole and in order', async () => {
    const script = path.join(import.meta.dirname, 'fixtures', 'append.ts');
    const writers = ['a', 'b', 'c', 'd', 'e'];
    const count = 1500;
    const run = promisify(execFile);
    await Promise.all(
      writers.map((writer) =>
        run(process.execPath, ['--import', 'tsx', script, at.log, writer, String(count), '20', '65536']),
      ),
    );
    const found = (await segments()).flatMap(([, texts]) =>
      texts.map((text) => ({ ...(JSON.parse(text) as { writer: string; seq: number; prev: string }), text })),
    );
    for (const writer of writers) {
      const own = found.filter((entry) => entry.writer === writer);
      expect(own.map(({ seq }) => seq)).toEqual(Array.from({ length: count }, (_, index) => index + 1));
      // The chain runs through the files as if they were one.
      const hashes = own.map(({ text }) => createHash('sha256').update(text).digest('hex'));
      expect(own.map(({ prev }) => prev)).toEqual([null, ...hashes.slice(0, -1)]);
    }
    expect(found).toHaveLength(writers.length * count);
    // About 7 MB: rotated many times, and not once more for each writer that saw the file full.
    const rotated = (await listSegments(at.log)).filter(({ current }) => !current);
    expect(rotated.length).toBeGreaterThan(5);
    expect(rotated.filter(({ size }) => size < 32_768)).toEqual([]);
    expect(fs.existsSync(`${at.log}.rotating`)).toBe(false);
  });
});
