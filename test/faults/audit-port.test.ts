import { describe, expect, test } from 'vitest';
import { systemLogFiles } from '../../src/audit/log-file.js';
import { pause } from '../support/eventually.js';
import { diskFull, Fault, faulty } from './fault.js';
import { Rig } from './rig.js';
import { complaints, playOn, playSession, sessionPolicy } from './scenario.js';
import { verifies } from '../requirements.js';

verifies('audit:failing:denies', 'pipeline:nothing-after-denial');

/** Calls into the file system that a session without faults makes; a loop that ends earlier tested nothing. */
const CALLS_MIN = 8;

describe('the audit log fails at its n-th call into the file system', () => {
  const rows = [
    { title: 'throws once', kind: 'throws', persistent: false, fsync: 'off' },
    { title: 'throws from then on', kind: 'throws', persistent: true, fsync: 'off' },
    { title: 'throws once, with fsync: always', kind: 'throws', persistent: false, fsync: 'always' },
    { title: 'throws from then on, with fsync: always', kind: 'throws', persistent: true, fsync: 'always' },
    { title: 'throws once, with fsync: interval', kind: 'throws', persistent: false, fsync: 'interval' },
    { title: 'writes half once', kind: 'writes half', persistent: false, fsync: 'off' },
    { title: 'writes half from then on', kind: 'writes half', persistent: true, fsync: 'off' },
  ] as const;
  test.each(rows)('$title', async ({ kind, persistent, fsync }) => {
    let at = 1;
    for (let hit = true; hit; at += 1) {
      const fault = new Fault({ at, persistent });
      const files = faulty(systemLogFiles, fault, (name) => {
        if (name !== 'write' || kind === 'throws') throw diskFull();
        return 1;
      });
      const rig = new Rig({ policy: sessionPolicy(), files, fsync });
      await playSession(rig);
      hit = fault.hit;
      const last = await playOn(rig);
      expect(complaints(rig), `n = ${at}`).toEqual([]);
      // What a later sync could not do is told and denies nothing: the record is written.
      if (persistent && hit && fault.calls > at) expect(last, `n = ${at}`).toBe('denied');
      if (hit && last === 'denied') expect(rig.notes.join('')).toContain('cannot write the audit log');
      fault.healed = true;
      await rig.close();
    }
    expect(at).toBeGreaterThan(CALLS_MIN);
  });

  test('a disk that is full for a while: denied until there is room, then recorded again without a restart', async () => {
    const fault = new Fault({ at: 1, persistent: true });
    const files = faulty(systemLogFiles, fault, () => {
      throw diskFull();
    });
    const rig = new Rig({ policy: sessionPolicy(), files });
    await playSession(rig);
    const governed = [3, 5, 7, 8, 9, 10].map((id) => rig.answersTo(id)[0]);
    expect(governed.every((answer) => JSON.stringify(answer).includes('audit_unavailable'))).toBe(true);
    fault.healed = true;
    expect(await playOn(rig)).toBe('passed');
    expect(complaints(rig)).toEqual([]);
    await rig.close();
  });

  test('on_error: allow forwards unrecorded calls, and says so on stderr', async () => {
    const fault = new Fault({ at: 1, persistent: true });
    const files = faulty(systemLogFiles, fault, () => {
      throw diskFull();
    });
    const rig = new Rig({ policy: sessionPolicy(), files, onError: 'allow' });
    await playSession(rig);
    expect(await playOn(rig)).toBe('passed');
    expect(complaints(rig).every((text) => text.startsWith('unrecorded: '))).toBe(true);
    expect(rig.notes.join('')).toContain('cannot write the audit log');
    await rig.close();
  });

  test('a slow disk holds calls back and changes neither their order nor their number', async () => {
    const files = {
      ...systemLogFiles,
      write(descriptor: number, text: Uint8Array): number {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 15);
        return systemLogFiles.write(descriptor, text);
      },
    };
    const rig = new Rig({ policy: sessionPolicy(), files });
    await playSession(rig);
    expect(await playOn(rig)).toBe('passed');
    await pause(0);
    expect(complaints(rig)).toEqual([]);
    const order = rig.server.received.map(({ id }) => id).filter((id) => typeof id === 'number');
    expect(order).toEqual([1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12]);
    await rig.close();
  });
});
