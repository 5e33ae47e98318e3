import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { FileSink } from '../../src/audit/file-sink.js';
import { type LogFiles, systemLogFiles } from '../../src/audit/log-file.js';
import { AUDIT_ROTATION_CHECK_MS } from '../../src/platform/bounds.js';
import { diskFull, record, useLogFolder } from './log-folder.js';

const at = useLogFolder();

describe('faults', () => {
  test.each([
    ['throw', false],
    ['throw', true],
    ['short', false],
    ['short', true],
  ] as const)(
    '%s, persistent %s: every commit is recorded whole or throws, at every call',
    (kind, persistent) => {
      let failAt = 1;
      for (let hit = true; hit; failAt += 1) {
        fs.rmSync(at.log, { force: true });
        const fault = faulty(failAt, kind, persistent);
        const committed = runWith(fault.files);
        hit = fault.hit();
        // INVARIANT: what was committed stands in the file as whole lines, in order.
        const lines = fs.existsSync(at.log)
          ? fs.readFileSync(at.log, 'utf8').split('\n').filter(isWhole)
          : [];
        expect(lines.filter((line) => committed.includes(line))).toEqual(committed);
        if (!hit) expect(committed).toHaveLength(8);
      }
      expect(failAt).toBeGreaterThan(10);
    },
  );

  test('no descriptor leaks while writes fail', () => {
    const files = {
      ...systemLogFiles,
      write: () => {
        throw diskFull();
      },
    };
    const sink = at.open({ files, fsync: 'interval' });
    const before = fs.readdirSync('/proc/self/fd').length;
    for (let index = 0; index < 100; index += 1) expect(() => record(sink, 'x')).toThrow(/ENOSPC/);
    expect(fs.readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before);
  });
});

/** Fails the n-th call into the file system; a short write counts as a fault of `write`. */
function faulty(
  failAt: number,
  kind: 'throw' | 'short',
  persistent: boolean,
): { files: LogFiles; hit: () => boolean } {
  let calls = 0;
  const fails = (): boolean => {
    calls += 1;
    return persistent ? calls >= failAt : calls === failAt;
  };
  const guarded =
    <A extends unknown[], R>(call: (...args: A) => R) =>
    (...args: A): R => {
      if (fails()) throw diskFull();
      return call(...args);
    };
  const files: LogFiles = {
    ...systemLogFiles,
    makeFolder: guarded(systemLogFiles.makeFolder),
    statusAt: guarded(systemLogFiles.statusAt),
    open: guarded(systemLogFiles.open),
    status: guarded(systemLogFiles.status),
    lastByte: guarded(systemLogFiles.lastByte),
    sync: guarded(systemLogFiles.sync),
    write(descriptor, text) {
      if (!fails()) return systemLogFiles.write(descriptor, text);
      if (kind === 'throw') throw diskFull();
      return systemLogFiles.write(descriptor, text.subarray(0, text.length / 2));
    },
  };
  return { files, hit: () => calls >= failAt };
}

function isWhole(line: string): boolean {
  return /^\{"seq":\d,"end":1\}$/.test(line);
}

function runWith(files: LogFiles): string[] {
  const committed: string[] = [];
  let sink: FileSink | undefined;
  for (let seq = 1; seq <= 8; seq += 1) {
    const line = `{"seq":${seq},"end":1}`;
    at.nowMs += AUDIT_ROTATION_CHECK_MS / 2;
    try {
      sink ??= at.open({ fsync: 'always', files });
      record(sink, line);
      committed.push(line);
    } catch (error) {
      expect(error).toMatchObject({ code: 'audit-unwritable' });
    }
  }
  sink?.close();
  return committed;
}
