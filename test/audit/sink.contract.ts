import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AuditSink } from '../../src/audit/sink.js';
import { GuardError } from '../../src/platform/errors.js';

/** One sink under test and the ways to look at it and to break it. */
export interface SinkHarness {
  readonly sink: AuditSink;
  /** Everything that was recorded. */
  recorded(): string;
  /** Makes every write fail until called with false. */
  breakWrites(broken: boolean): void;
  cleanUp(): void;
}

/** What every sink must do. */
export function describeSink(create: () => SinkHarness): void {
  let harness: SinkHarness;
  beforeEach(() => {
    harness = create();
  });
  afterEach(() => {
    harness.sink.close();
    harness.cleanUp();
  });

  test('nothing is recorded before the commit, everything after it, in order', () => {
    harness.sink.stage('{"seq":1}\n');
    harness.sink.stage('{"seq":2}\n');
    expect(harness.recorded()).toBe('');
    harness.sink.commit();
    expect(harness.recorded()).toBe('{"seq":1}\n{"seq":2}\n');
    harness.sink.commit();
    expect(harness.recorded()).toBe('{"seq":1}\n{"seq":2}\n');
  });

  test('a failed commit throws audit-unwritable, drops its lines, and the next one works', () => {
    harness.breakWrites(true);
    harness.sink.stage('{"seq":1}\n');
    expect(() => harness.sink.commit()).toThrow(GuardError);
    expect(harness.sink.failing).toBe(true);
    harness.sink.commit();
    harness.sink.stage('{"seq":2}\n');
    expect(() => harness.sink.commit()).toThrow(expect.objectContaining({ code: 'audit-unwritable' }));
    harness.breakWrites(false);
    harness.sink.stage('{"seq":3}\n');
    harness.sink.commit();
    expect(harness.sink.failing).toBe(false);
    expect(harness.recorded()).toBe('{"seq":3}\n');
  });

  test('a commit of nothing does not fail while writes would', () => {
    harness.breakWrites(true);
    harness.sink.commit();
    expect(harness.sink.failing).toBe(false);
  });

  test('closing twice is safe and drops what was not committed', () => {
    harness.sink.stage('{"seq":1}\n');
    harness.sink.close();
    harness.sink.close();
    expect(harness.recorded()).toBe('');
  });
}
