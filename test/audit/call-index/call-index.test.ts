import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { prepareCalls } from '../../../src/audit/call-index/call-index.js';
import { KnownPieces, type RememberedPieces } from '../../../src/audit/call-index/known-pieces.js';
import { PieceStore } from '../../../src/audit/call-index/piece-store.js';
import type { TimeSpan } from '../../../src/audit/segment-times.js';
import { listSegments } from '../../../src/audit/segments.js';
import { segmentPath } from '../../../src/audit/segment-name.js';
import { CALL_INDEX_PIECE_BYTES } from '../../../src/platform/bounds.js';
import { verifies } from '../../requirements.js';
import { type Random, randomFrom } from '../../support/random.js';
import { decisionFields, decisionLine, encoderOf, outcomeFields, outcomeLine, TS } from '../lines.js';
import { useLogFolder } from '../log-folder.js';
import { randomLog } from '../random-log.js';
import { countedByReading, countedFromIndex } from './counted.js';

verifies('audit:call-index');

const at = useLogFolder();

const BEGIN_MS = Date.parse(TS);
const SPANS: readonly TimeSpan[] = [
  {},
  { sinceMs: BEGIN_MS + 15_000 },
  { untilMs: BEGIN_MS + 20_000 },
  { sinceMs: BEGIN_MS + 10_000, untilMs: BEGIN_MS + 25_000 },
];

function newStore(): PieceStore {
  return new PieceStore(path.join(at.folder, 'call-index'));
}

function indexFiles(): string[] {
  return fs.readdirSync(path.join(at.folder, 'call-index'));
}

/** The lines in files that were rotated at random places; the last one is the current file. */
function writeSegments(lines: readonly string[], random: Random): void {
  let from = 0;
  for (let rank = 1; from < lines.length; rank += 1) {
    const to = from + 1 + random.below(20);
    const file = to >= lines.length ? at.log : segmentPath(at.log, BEGIN_MS + rank);
    fs.writeFileSync(file, lines.slice(from, to).join(''));
    from = to;
  }
}

async function prepareAll(...given: Parameters<typeof prepareCalls>): Promise<void> {
  const steps = prepareCalls(...given);
  while ((await steps.next()).done !== true);
}

/** A store that was filled is asked three times: as it is, by another process, and for what is known only. */
async function expectSame(why: string): Promise<void> {
  const store = newStore();
  for (const span of SPANS) {
    const expected = await countedByReading(at.log, span);
    expect(await countedFromIndex(at.log, store, { span }), why).toEqual(expected);
    expect(await countedFromIndex(at.log, newStore(), { span }), why).toEqual(expected);
    const known = new KnownPieces(Date.now());
    const segments = await listSegments(at.log);
    await prepareAll({ segments, known, mayRead: () => true }, store);
    expect(await countedFromIndex(at.log, store, { span, known }), why).toEqual(expected);
  }
}

describe('what is counted from the index is what reading the whole log counts', () => {
  test('wherever files were rotated, and as they are rotated, pruned and written to', async () => {
    for (let seed = 1; seed <= 8; seed += 1) {
      const random = randomFrom(seed);
      for (const file of fs.readdirSync(at.folder))
        fs.rmSync(path.join(at.folder, file), { recursive: true });
      const lines = [...randomLog(random), ...randomLog(random).map((line) => line.replaceAll('"w', '"x'))];
      // A few lines of a writer whose clock went back, and a damaged one.
      lines.splice(
        random.below(lines.length),
        0,
        encoderOf('z').event('2020-01-01T00:00:00.000Z', { event: 'a', detail: 1 }),
      );
      if (seed % 3 === 0)
        lines.splice(random.below(lines.length), 0, `${decisionLine('torn').slice(0, 80)}\n`);
      writeSegments(lines, random);
      await expectSame(`seed ${seed}`);
      fs.appendFileSync(at.log, encoderOf('n').decision(TS, decisionFields('n1')));
      await expectSame(`seed ${seed}, written to`);
      fs.renameSync(at.log, segmentPath(at.log, BEGIN_MS + 1000));
      fs.writeFileSync(
        at.log,
        encoderOf('n').outcome(TS, outcomeFields('n1')) + decisionLine('9').slice(0, 100),
      );
      await expectSame(`seed ${seed}, rotated`);
      fs.rmSync(segmentPath(at.log, BEGIN_MS + 1));
      await expectSame(`seed ${seed}, pruned`);
    }
  }, 60_000);

  test('calls that span the pieces of one file, held ones, and what grows behind the last piece', async () => {
    const encoder = encoderOf();
    const lines: string[] = [];
    const held = { decision: 'require_approval', approval: { id: 'a' } } as const;
    for (let id = 1; id <= 24_000; id += 1) {
      const ts = new Date(BEGIN_MS + id).toISOString();
      lines.push(encoder.decision(ts, decisionFields(`${id}`, id % 1000 === 0 ? held : {})));
      if (id > 9000) lines.push(encoder.outcome(ts, outcomeFields(`${id - 9000}`, { latency_ms: id / 7 })));
      if (id > 9000 && id % 1000 === 0) {
        lines.push(encoder.decision(ts, decisionFields(`${id - 4000}`, { approval: { id: 'a' } })));
      }
    }
    fs.writeFileSync(at.log, lines.join(''));
    const pieces = Math.floor(fs.statSync(at.log).size / CALL_INDEX_PIECE_BYTES);
    expect(pieces).toBeGreaterThan(2);
    await expectSame('first');
    expect(indexFiles()).toHaveLength(pieces);
    fs.appendFileSync(at.log, encoder.outcome(TS, outcomeFields('23999')));
    await expectSame('grown');
    expect(indexFiles()).toHaveLength(pieces);
  }, 60_000);

  test('behind a line that is larger than a piece', async () => {
    const first = decisionLine('1').repeat(3);
    fs.writeFileSync(at.log, `${first}${'x'.repeat(2 * CALL_INDEX_PIECE_BYTES)}\n${outcomeLine('1')}`);
    await expectSame('one line');
    const { troubles } = await countedFromIndex(at.log, newStore());
    expect(troubles).toEqual([`too-long ${first.length}`]);
  });
});

describe('nothing in the index is believed of other bytes than those it was made of', () => {
  const LINES = Array.from({ length: 40 }, (_none, id) => decisionLine(`${id}`) + outcomeLine(`${id}`));

  async function prepared(): Promise<string> {
    const rotated = segmentPath(at.log, BEGIN_MS);
    fs.writeFileSync(rotated, LINES.join(''));
    fs.writeFileSync(at.log, '');
    await expectSame('before');
    expect(indexFiles()).toHaveLength(1);
    return rotated;
  }

  test('a file that was changed, of the same size and times, is read anew', async () => {
    const rotated = await prepared();
    const { atime, mtime } = fs.statSync(rotated);
    fs.writeFileSync(rotated, LINES.join('').replaceAll('read_file', 'fake_file'));
    fs.utimesSync(rotated, atime, mtime);
    await expectSame('changed');
    const { counted } = await countedFromIndex(at.log, newStore());
    expect(counted.join('')).not.toContain('read_file');
  });

  test('what is remembered of a rotated file is forgotten when it is changed', async () => {
    const rotated = await prepared();
    const remembered: RememberedPieces = new Map();
    const look = async (): Promise<string> => {
      const known = new KnownPieces(Number.MAX_SAFE_INTEGER, remembered);
      const segments = await listSegments(at.log);
      await prepareAll({ segments, known, mayRead: () => true }, newStore());
      return (await countedFromIndex(at.log, newStore(), { known })).counted.join('');
    };
    expect(await look()).toContain('read_file');
    expect(remembered.size).toBe(1);
    const { atime, mtime } = fs.statSync(rotated);
    fs.writeFileSync(rotated, LINES.join('').replaceAll('read_file', 'fake_file'));
    fs.utimesSync(rotated, atime, mtime);
    expect(await look()).not.toContain('read_file');
  });

  test.each<[string, (bytes: Buffer) => Buffer | string]>([
    ['cut short', (bytes) => bytes.subarray(0, -9)],
    ['empty', () => ''],
    ['no file of guard', () => 'read_file'],
    [
      'changed in one byte',
      (bytes) => Buffer.from(bytes.map((byte, index) => (index === 400 ? byte ^ 1 : byte))),
    ],
  ])('a file of the index that is %s is made anew', async (_what, hurt) => {
    await prepared();
    const file = path.join(at.folder, 'call-index', indexFiles()[0] ?? '');
    const whole = fs.readFileSync(file);
    fs.writeFileSync(file, hurt(whole));
    await expectSame('hurt');
    expect(fs.readFileSync(file)).toEqual(whole);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  });

  test('a whole file under the digest of another piece is not taken for it', async () => {
    await prepared();
    const own = path.join(at.folder, 'call-index', indexFiles()[0] ?? '');
    fs.writeFileSync(segmentPath(at.log, BEGIN_MS), decisionLine('other'));
    await expectSame('another log');
    const other = indexFiles().find((name) => name !== path.basename(own)) ?? '';
    fs.copyFileSync(own, path.join(at.folder, 'call-index', other));
    await expectSame('a copy in its place');
  });
});

test('where no index can be kept, the log is read each time', async () => {
  fs.writeFileSync(segmentPath(at.log, BEGIN_MS), decisionLine('1'));
  fs.writeFileSync(at.log, outcomeLine('1'));
  fs.writeFileSync(path.join(at.folder, 'call-index'), 'a file in its place');
  const store = newStore();
  const expected = await countedByReading(at.log);
  expect(await countedFromIndex(at.log, store)).toEqual(expected);
  expect(store.isBroken).toBe(true);
});

test('what is not known is left out and counted as missing, and is prepared newest first', async () => {
  for (const rank of [1, 2, 3])
    fs.writeFileSync(segmentPath(at.log, BEGIN_MS + rank), decisionLine(`${rank}`));
  fs.writeFileSync(at.log, decisionLine('4'));
  const store = newStore();
  const known = new KnownPieces(Date.now());
  const segments = await listSegments(at.log);
  const mayRead = (): boolean => store.isEmpty();
  await prepareAll({ segments, known, mayRead }, store);
  const { counted, missingBytes } = await countedFromIndex(at.log, store, { known });
  expect(counted).toHaveLength(2);
  expect(missingBytes).toBe(2 * decisionLine('1').length);
});
