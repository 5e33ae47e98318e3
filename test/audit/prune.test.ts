import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { EventFields } from '../../src/audit/encode.js';
import { takeInventory } from '../../src/audit/inventory.js';
import { type Pruned, prunable, pruneLog, type PruneOrder } from '../../src/audit/prune.js';
import { segmentPath } from '../../src/audit/segment-name.js';
import type { SegmentFile } from '../../src/audit/segments.js';
import type { KnownKeys } from '../../src/audit/verify/check-checkpoint.js';
import {
  AUDIT_INVENTORY_READ_BYTES,
  AUDIT_LINE_BYTES_MAX,
  AUDIT_PRUNED_BYTES_MAX,
} from '../../src/platform/bounds.js';
import { decisionFields, encoderOf, TS } from './lines.js';
import { useLogFolder, WALL_MS } from './log-folder.js';
import { signedLines } from './signed-writer.js';
import { makeKey } from './tamper/make-log.js';
import type { JsonObject } from '../../src/platform/json.js';
import { verifies } from '../requirements.js';

verifies('audit:prune');

const at = useLogFolder();
const DAY_MS = 86_400_000;

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Lines of these writers in turn, each with its own count. */
function lines(count: number, ...writers: readonly string[]): string[] {
  const encoders = writers.map((writer) => encoderOf(writer));
  return Array.from({ length: count }, (_, index) =>
    (encoders[index % encoders.length] ?? encoderOf()).decision(TS, decisionFields(String(index))),
  );
}

/** What a statement says of one writer. */
function entry(writer: string, first: number, last: number, more = {}): JsonObject {
  return { writer, first, last, head: hash(`${writer}${last}`), ...more };
}

function statement(...writers: JsonObject[]): EventFields {
  return { event: 'pruned', detail: { file: 'x', writers } };
}

const key = makeKey(1);
const keys: KnownKeys = new Map([[key.fingerprint, key.publicKey]]);

function numbered(line: string, seq: number): string {
  return line.replace(/"seq":\d+/, `"seq":${seq}`);
}

async function inventoryOf(text: string): ReturnType<typeof takeInventory> {
  fs.writeFileSync(at.log, text);
  return takeInventory(at.log, keys);
}

const old = (): string => segmentPath(at.log, WALL_MS - 9 * DAY_MS);

function make(file: string, text: string): void {
  fs.writeFileSync(file, text);
  fs.utimesSync(file, WALL_MS / 1000 - 9 * 86_400, WALL_MS / 1000 - 9 * 86_400);
}

function prune(more: Partial<PruneOrder> = {}): Promise<{ pruned: Pruned[]; recorded: EventFields[] }> {
  const recorded: EventFields[] = [];
  const order: PruneOrder = {
    log: at.log,
    keys,
    rule: { olderThanMs: DAY_MS },
    // The files were made at the time of the real clock, which is later.
    nowMs: WALL_MS,
    by: 'ann',
    reason: 'older than 1d',
    record: async (statement) => void recorded.push(...statement),
    ...more,
  };
  return (async () => {
    const pruned: Pruned[] = [];
    for await (const one of pruneLog(order)) pruned.push(one);
    return { pruned, recorded };
  })();
}

async function refuse(): Promise<void> {
  throw new Error('disk full');
}

const paths = (found: readonly SegmentFile[]): readonly string[] => found.map(({ path: name }) => name);

describe('inventory', () => {
  test('of each writer the first and last record and the hash of its last line', async () => {
    const texts = lines(1001, 'a', 'b');
    expect(await inventoryOf(texts.join(''))).toEqual({
      bytes: texts.join('').length,
      records: 1001,
      until: TS,
      digest: `sha256:${hash(texts.join(''))}`,
      writers: [
        { writer: 'a', first: 1, last: 501, head: hash(texts[1000]?.trimEnd() ?? '') },
        { writer: 'b', first: 1, last: 500, head: hash(texts[999]?.trimEnd() ?? '') },
      ],
    });
    expect(texts.join('').length).toBeGreaterThan(3 * AUDIT_INVENTORY_READ_BYTES);
  });

  test('signed statements in the file go on in it, until their writers ended', async () => {
    const [one = ''] = lines(1, 'goes-on');
    const [two = ''] = lines(1, 'with-gap');
    const lost = encoderOf('lossy').event(TS, { event: 'records-lost', detail: { first: 5, last: 7 } });
    const text = [
      ...signedLines('pruner', key, [
        statement(entry('goes-on', 1, 4), entry('with-gap', 1, 3), entry('idle', 1, 9), entry('lossy', 1, 4)),
        statement(entry('over', 1, 9, { ended: true }), entry('idle', 10, 12)),
      ]),
      numbered(one, 5),
      numbered(two, 6),
      numbered(lost, 8),
    ].join('');
    const { writers = [] } = (await inventoryOf(text)) ?? {};
    expect(writers.map(({ writer, first, last }) => `${writer} ${first}-${last}`)).toEqual([
      'pruner 1-4',
      'goes-on 1-5',
      'with-gap 1-3',
      'with-gap 6-6',
      'lossy 1-8',
      'idle 1-12',
    ]);
  });

  test('a writer ended only where its last checkpoint says so, not where an event holds the words', async () => {
    const closing = { closing: true, key: `sha256:${'0'.repeat(64)}`, signature: '0'.repeat(128) };
    const said = encoderOf('said').event(TS, { event: 'x', detail: { seen: 1, ...closing } });
    const { writers = [] } = (await inventoryOf(said)) ?? {};
    expect(writers).toEqual([{ writer: 'said', first: 1, last: 1, head: hash(said.trimEnd()) }]);
  });

  const [stated = '', checkpoint = ''] = signedLines('pruner', key, [statement(entry('gone', 1, 9))]);
  const [forged = '', foreign = ''] = signedLines('pruner', makeKey(2), [statement(entry('gone', 1, 9))]);
  test.each([
    ['by nobody', [stated]],
    ['by another key', [forged, foreign]],
    [
      'before something else',
      [stated, numbered(encoderOf('pruner').event(TS, { event: 'x', detail: null }), 2)],
    ],
    ['as another one', [stated.replace('"gone"', '"mine"'), checkpoint]],
    [
      'with a record between',
      [stated, encoderOf('pruner').event(TS, { event: 'x', detail: null }), checkpoint],
    ],
  ])('a statement that is signed %s does not go on', async (_, texts) => {
    const { writers = [] } = (await inventoryOf(texts.join(''))) ?? {};
    expect(writers.map(({ writer }) => writer)).toEqual(['pruner']);
    const { writers: kept = [] } = (await inventoryOf(stated + checkpoint)) ?? {};
    expect(kept.map(({ writer }) => writer)).toEqual(['pruner', 'gone']);
  });

  test('an empty file, and one that is gone', async () => {
    expect(await inventoryOf('')).toMatchObject({ bytes: 0, records: 0, writers: [] });
    expect(await takeInventory(path.join(at.folder, 'none'), keys)).toBeUndefined();
  });

  test('torn lines and lines that are no records are counted as bytes only; a record behind a torn one counts', async () => {
    const [one = '', two = '', three = ''] = lines(3, 'a');
    const text = `${one}no record\n\n{"v":1}\n${'x'.repeat(AUDIT_LINE_BYTES_MAX + 1)}\n${two.slice(0, 90)}${three}${two.slice(0, 50)}`;
    expect(await inventoryOf(text)).toMatchObject({
      bytes: text.length,
      records: 2,
      writers: [{ writer: 'a', first: 1, last: 3, head: hash(three.trimEnd()) }],
    });
  });

  test('a writer with a name that has to be escaped, and text of more than one byte', async () => {
    const encoder = encoderOf('w"1', { agent: 'ä€😀' });
    const text = encoder.decision(TS, decisionFields('1', { tool: 'ü'.repeat(300) }));
    expect(await inventoryOf(text + text)).toMatchObject({
      records: 2,
      writers: [{ writer: 'w"1', first: 1, last: 1, head: hash(text.trimEnd()) }],
    });
  });
});

describe('which files', () => {
  /** Segments by age in days, newest last; each of 100 bytes. */
  function segments(...days: readonly number[]): SegmentFile[] {
    const base = { log: 'log', size: 100, device: 1, current: false };
    const rotated = days.map((age, inode): SegmentFile => {
      const ms = WALL_MS - age * DAY_MS;
      return { ...base, path: `${age}`, inode, rotatedMs: ms, writtenMs: ms, changedMs: ms };
    });
    const now = { path: 'log', current: true, rotatedMs: undefined, writtenMs: 0, changedMs: 0 };
    return [...rotated, { ...base, inode: 99, ...now }];
  }

  test.each([
    ['by age', { olderThanMs: 5 * DAY_MS }, ['9', '6']],
    ['by age, none', { olderThanMs: 100 * DAY_MS }, []],
    ['by age, all: never the current one', { olderThanMs: 1 }, ['9', '6', '2']],
    ['by size', { keepBytes: 250 }, ['9', '6']],
    ['by size, all: never the current one', { keepBytes: 0 }, ['9', '6', '2']],
    ['either', { olderThanMs: 7 * DAY_MS, keepBytes: 300 }, ['9']],
    ['no rule', {}, []],
  ])('%s', (_, rule, expected) => {
    expect(paths(prunable(segments(9, 6, 2), rule, WALL_MS))).toEqual(expected);
  });

  test('a file that was rotated or written to just now is kept, with all behind it: it may be written to', () => {
    expect(paths(prunable(segments(9, 0.00001, 6), { keepBytes: 0 }, WALL_MS))).toEqual(['9']);
  });

  test('where the name and the last write disagree the later one counts', () => {
    const [first, ...others] = segments(9, 6);
    const touched = [{ ...(first as SegmentFile), writtenMs: WALL_MS - DAY_MS }, ...others];
    expect(paths(prunable(touched, { olderThanMs: 5 * DAY_MS }, WALL_MS))).toEqual([]);
  });

  test("logrotate's files are its own to remove", () => {
    const foreign = segments(9, 6).map((segment) => ({ ...segment, rotatedMs: undefined }));
    expect(prunable(foreign, { keepBytes: 0 }, WALL_MS)).toEqual([]);
  });

  test('a clock that says nothing, or stands before all files: nothing is too old', () => {
    expect(prunable(segments(9), { olderThanMs: 1 }, Number.NaN)).toEqual([]);
    expect(prunable(segments(9), { olderThanMs: 1 }, 0)).toEqual([]);
  });
});

describe('pruning', () => {
  test('the statement is recorded first, and then the file goes', async () => {
    const texts = lines(3, 'a', 'b');
    make(old(), texts.join(''));
    make(at.log, 'current\n');
    let stood = false;
    const { recorded, pruned } = await prune();
    const seen: EventFields[] = [];
    make(old(), texts.join(''));
    await prune({
      record: async (statement) => {
        stood = fs.existsSync(old());
        seen.push(...statement);
      },
    });
    expect(stood).toBe(true);
    expect(seen).toEqual(recorded);
    expect(recorded).toEqual([
      {
        event: 'pruned',
        detail: {
          file: path.basename(old()),
          bytes: texts.join('').length,
          records: 3,
          digest: `sha256:${hash(texts.join(''))}`,
          // The records say that they are from later than the file is.
          until: new Date(WALL_MS - 9 * DAY_MS).toISOString(),
          by: 'ann',
          reason: 'older than 1d',
          part: 1,
          parts: 1,
          writers: [
            { writer: 'a', first: 1, last: 2, head: hash(texts[2]?.trimEnd() ?? '') },
            { writer: 'b', first: 1, last: 1, head: hash(texts[1]?.trimEnd() ?? '') },
          ],
        },
      },
    ]);
    expect(pruned.map((one) => one.path)).toEqual([old()]);
    expect(fs.readdirSync(at.folder)).toEqual(['audit.jsonl']);
  });

  test('many writers: as many records as it takes, each within its bound, every writer once', async () => {
    const names = Array.from({ length: 500 }, (_, index) => `writer-${index}`);
    make(old(), lines(500, ...names).join(''));
    const { recorded } = await prune();
    const details = recorded.map(
      ({ detail }) => detail as unknown as { part: number; parts: number; writers: { writer: string }[] },
    );
    expect(details.length).toBeGreaterThan(2);
    expect(details.map(({ part, parts }) => `${part}/${parts}`)).toEqual(
      details.map((_, index) => `${index + 1}/${details.length}`),
    );
    expect(details.flatMap(({ writers }) => writers.map(({ writer }) => writer))).toEqual(names);
    for (const { writers } of details)
      expect(JSON.stringify(writers).length).toBeLessThanOrEqual(AUDIT_PRUNED_BYTES_MAX + 2);
  });

  test('a statement that cannot be recorded keeps the file', async () => {
    make(old(), lines(1, 'a').join(''));
    await expect(prune({ record: refuse })).rejects.toThrow('disk full');
    expect(fs.existsSync(old())).toBe(true);
  });

  test('a file that changes after the look is kept, and one that vanishes is no error', async () => {
    make(old(), lines(1, 'a').join(''));
    await expect(
      prune({ record: async () => fs.appendFileSync(old(), lines(1, 'b').join('')) }),
    ).rejects.toThrow('it has changed');
    expect(fs.existsSync(old())).toBe(true);
    make(old(), lines(1, 'a').join(''));
    expect((await prune({ record: async () => fs.rmSync(old()) })).pruned).toHaveLength(1);
  });

  test('a dry run removes and records nothing', async () => {
    make(old(), lines(4, 'a').join(''));
    const { pruned } = await prune({ record: undefined });
    expect(pruned).toMatchObject([{ path: old(), inventory: { records: 4 } }]);
    expect(fs.existsSync(old())).toBe(true);
  });
});
