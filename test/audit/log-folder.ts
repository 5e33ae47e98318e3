import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { type FileSink, openFileSink } from '../../src/audit/file-sink.js';
import type { LogWriterOptions } from '../../src/audit/log-writer.js';

/** A fresh folder for each test of a file, the log in it, a clock that is moved by hand, and sinks that are closed. */
export interface LogFolder {
  folder: string;
  log: string;
  nowMs: number;
  open(more?: Partial<LogWriterOptions>): FileSink;
}

/** The wall-clock time at which each test begins. */
export const WALL_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

/** Registers the hooks and returns the values of the test that runs. */
export function useLogFolder(): LogFolder {
  const sinks: FileSink[] = [];
  const state: LogFolder = {
    folder: '',
    log: '',
    nowMs: 0,
    open(more = {}) {
      const sink = openFileSink({
        path: state.log,
        fsync: 'off',
        clock: { monotonicMs: () => state.nowMs, wallMs: () => WALL_MS + state.nowMs },
        ...more,
      });
      sinks.push(sink);
      return sink;
    },
  };
  beforeEach(() => {
    state.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'guard-audit-'));
    state.log = path.join(state.folder, 'audit.jsonl');
    state.nowMs = 0;
  });
  afterEach(() => {
    for (const sink of sinks.splice(0)) sink.close();
    fs.rmSync(state.folder, { recursive: true });
  });
  return state;
}

/** Records each text as a line, in one commit. */
export function record(sink: FileSink, ...texts: string[]): void {
  for (const text of texts) sink.stage(`${text}\n`);
  sink.commit();
}

/** What the system throws when a disk is full. */
export function diskFull(): Error {
  return Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
}
