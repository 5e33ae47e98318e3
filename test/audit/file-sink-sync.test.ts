import { afterEach, describe, expect, test, vi } from 'vitest';
import { type LogFiles, systemLogFiles } from '../../src/audit/log-file.js';
import { AUDIT_SYNC_MS } from '../../src/platform/bounds.js';
import { record, useLogFolder } from './log-folder.js';

const at = useLogFolder();

afterEach(() => {
  vi.useRealTimers();
});

describe('fsync', () => {
  test('always: before the commit returns; off: never', () => {
    const { files, syncs } = counted();
    record(at.open({ files, fsync: 'always' }), '1');
    expect(syncs).toEqual(['now']);
    record(at.open({ files, fsync: 'off' }), '2');
    expect(syncs).toEqual(['now']);
  });

  test('interval: once per interval after the first write; a failed one shows as failing until the next', () => {
    vi.useFakeTimers();
    const { files, syncs, finish } = counted();
    const sink = at.open({ files, fsync: 'interval' });
    record(sink, '1');
    record(sink, '2');
    expect(syncs).toEqual([]);
    vi.advanceTimersByTime(AUDIT_SYNC_MS);
    expect(syncs).toEqual(['later']);
    finish(new Error('EIO'));
    expect([sink.failing, sink.syncErrors]).toEqual([true, 1]);
    record(sink, '3');
    vi.advanceTimersByTime(AUDIT_SYNC_MS);
    finish(null);
    expect([sink.failing, sink.syncErrors]).toEqual([false, 1]);
    vi.advanceTimersByTime(10 * AUDIT_SYNC_MS);
    expect(syncs).toEqual(['later', 'later']);
  });

  test('closing syncs what is due and waits for a sync that is under way', () => {
    vi.useFakeTimers();
    const due = counted();
    const first = at.open({ files: due.files, fsync: 'interval' });
    record(first, '1');
    first.close();
    expect(due.syncs).toEqual(['now', 'close']);
    const running = counted();
    const second = at.open({ files: running.files, fsync: 'interval' });
    record(second, '2');
    vi.advanceTimersByTime(AUDIT_SYNC_MS);
    second.close();
    expect(running.syncs).toEqual(['later']);
    running.finish(null);
    expect(running.syncs).toEqual(['later', 'close']);
  });
});

function counted(): { files: LogFiles; syncs: string[]; finish: (error: Error | null) => void } {
  const syncs: string[] = [];
  let done: ((error: Error | null) => void) | undefined;
  const files: LogFiles = {
    ...systemLogFiles,
    sync: () => void syncs.push('now'),
    syncLater(_, callback) {
      syncs.push('later');
      done = callback;
    },
    close(descriptor) {
      syncs.push('close');
      systemLogFiles.close(descriptor);
    },
  };
  return { files, syncs, finish: (error) => done?.(error) };
}
