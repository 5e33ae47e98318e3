import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { FileSink } from '../../src/audit/file-sink.js';
import { type LogFiles, systemLogFiles } from '../../src/audit/log-file.js';
import { type RotationFiles, systemRotationFiles } from '../../src/audit/rotate-log.js';
import { listSegments } from '../../src/audit/segments.js';
import { AUDIT_ROTATION_CHECK_MS, AUDIT_ROTATION_CLAIM_MS } from '../../src/platform/bounds.js';
import { diskFull, record, useLogFolder } from './log-folder.js';
import { verifies } from '../requirements.js';

verifies('audit:rotation:faults');

const at = useLogFolder();

type Faults = { log: LogFiles; rotation: Omit<RotationFiles, 'statusAt'>; hit: () => boolean };

/** Fails the n-th call into the file system, or all from there on. */
function faulty(failAt: number, persistent: boolean): Faults {
  let calls = 0;
  const guarded =
    <A extends unknown[], R>(call: (...args: A) => R) =>
    (...args: A): R => {
      calls += 1;
      if (persistent ? calls >= failAt : calls === failAt) throw diskFull();
      return call(...args);
    };
  return {
    log: {
      ...systemLogFiles,
      statusAt: guarded(systemLogFiles.statusAt),
      open: guarded(systemLogFiles.open),
      status: guarded(systemLogFiles.status),
      lastByte: guarded(systemLogFiles.lastByte),
      head: guarded(systemLogFiles.head),
      write: guarded(systemLogFiles.write),
    },
    rotation: {
      create: guarded(systemRotationFiles.create),
      rename: guarded(systemRotationFiles.rename),
      remove: guarded(systemRotationFiles.remove),
      namesIn: guarded(systemRotationFiles.namesIn),
      writtenMs: guarded(systemRotationFiles.writtenMs),
    },
    hit: () => calls >= failAt,
  };
}

/** Ten records with a rotation after each three of them; returns those whose commit did not throw. */
function runWith({ log, rotation }: Faults, troubles: unknown[]): string[] {
  const settings = { maxBytes: 12, maxAgeMs: 1e9, onTrouble: (error: unknown) => troubles.push(error) };
  const committed: string[] = [];
  let sink: FileSink | undefined;
  for (let seq = 100; seq < 110; seq += 1) {
    at.nowMs += AUDIT_ROTATION_CHECK_MS / 2;
    try {
      sink ??= at.open({ files: log, rotation: { ...settings, files: rotation } });
      record(sink, String(seq));
      committed.push(String(seq));
    } catch (error) {
      expect(error).toMatchObject({ code: 'audit-unwritable' });
    }
  }
  sink?.close();
  return committed;
}

function refuse(): never {
  throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
}

async function recorded(): Promise<string[]> {
  const segments = await listSegments(at.log);
  return segments.flatMap(({ path }) => fs.readFileSync(path, 'utf8').split('\n').filter(Boolean));
}

describe('a call into the file system that fails around a rotation', () => {
  test.each([false, true])(
    'persistent %s: every record whose write was reported good is in one segment, in order',
    async (persistent) => {
      let failAt = 1;
      for (let hit = true; hit; failAt += 1) {
        for (const name of fs.readdirSync(at.folder)) fs.rmSync(`${at.folder}/${name}`);
        const fault = faulty(failAt, persistent);
        const committed = runWith(fault, []);
        hit = fault.hit();
        // oxlint-disable-next-line no-await-in-loop -- the next round begins with an empty folder
        expect(await recorded(), `call ${failAt}`).toEqual(committed);
        // A rotation that fails costs no record; only a write that fails does.
        if (!persistent) expect(committed.length).toBeGreaterThanOrEqual(9);
      }
      expect(failAt).toBeGreaterThan(30);
    },
  );

  test('a disk that fills up in the middle of a rotation: records go on in the old file, and it is rotated later', async () => {
    const troubles: unknown[] = [];
    let full = true;
    const create = (file: string): void => {
      if (full && !file.endsWith('.rotating')) throw diskFull();
      systemRotationFiles.create(file);
    };
    const onTrouble = (error: unknown): void => void troubles.push(error);
    const files = { ...systemRotationFiles, create };
    const sink = at.open({ rotation: { maxBytes: 4, maxAgeMs: undefined, onTrouble, files } });
    for (const text of ['1', '2', '3', '4']) record(sink, text);
    expect(await listSegments(at.log)).toHaveLength(1);
    // Said once for each look, not for each record.
    expect(troubles).toEqual([expect.objectContaining({ code: 'ENOSPC' })]);
    full = false;
    at.nowMs += AUDIT_ROTATION_CHECK_MS;
    record(sink, '5');
    expect(await listSegments(at.log)).toHaveLength(2);
    expect(await recorded()).toEqual(['1', '2', '3', '4', '5']);
  });

  test('a new file that cannot be begun: the records of that time are refused, and none is lost after', async () => {
    let broken = false;
    const open = (file: string): number => {
      if (broken) throw diskFull();
      return systemLogFiles.open(file);
    };
    const onRotated = (): void => void (broken = true);
    const files = { ...systemLogFiles, open };
    const sink = at.open({ files, rotation: { maxBytes: 4, maxAgeMs: undefined, onRotated } });
    record(sink, '123');
    expect(() => record(sink, '2')).toThrow(/ENOSPC/);
    expect(sink.failing).toBe(true);
    broken = false;
    record(sink, '3');
    expect(await recorded()).toEqual(['123', '3']);
  });

  test('a folder that is read-only: nothing is rotated, and records go on', async () => {
    const troubles: unknown[] = [];
    const files = { ...systemRotationFiles, create: refuse };
    const onTrouble = (error: unknown): void => void troubles.push(error);
    const sink = at.open({ rotation: { maxBytes: 4, maxAgeMs: undefined, onTrouble, files } });
    for (const text of ['1', '2', '3', '4', '5']) record(sink, text);
    expect(await recorded()).toEqual(['1', '2', '3', '4', '5']);
    expect(troubles).toHaveLength(1);
  });

  test('a rotation that ended between the claim and the rename leaves an empty segment and nothing worse', async () => {
    let dying = true;
    const dies =
      <A extends unknown[]>(call: (...args: A) => void) =>
      (...args: A): void => {
        if (dying) throw new Error('killed');
        call(...args);
      };
    const files = {
      ...systemRotationFiles,
      rename: dies(systemRotationFiles.rename),
      remove: dies(systemRotationFiles.remove),
      writtenMs: () => 0,
    };
    const sink = at.open({ rotation: { maxBytes: 4, maxAgeMs: undefined, files } });
    record(sink, '123');
    record(sink, '2');
    expect(fs.existsSync(`${at.log}.rotating`)).toBe(true);
    dying = false;
    at.nowMs += AUDIT_ROTATION_CLAIM_MS + 1;
    record(sink, '3');
    expect(await recorded()).toEqual(['123', '2', '3']);
    expect((await listSegments(at.log)).map(({ size }) => size)).toEqual([0, 6, 2]);
  });
});
