import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { useSandbox } from '../support/use-sandbox.js';
import type { Sandbox } from '../support/sandbox.js';
import type { Spawned } from '../support/spawned.js';
import { guard, logOf } from './strange-log.js';
import { verifies } from '../requirements.js';

verifies('audit:chain:lost', 'audit:failing:denies');

const open = useSandbox();
const CONFIG = `
version: '1'
audit: { path: ../../logs/calls.jsonl, anchor: { file: ../../heads.jsonl } }
policies: { default: allow, unlisted_tools: allow }
`;

/** A disk of its own for the log, which takes root on Linux; audit/file-sink-faults fails the writes themselves. */
const canMount = process.platform === 'linux' && process.getuid?.() === 0;

function withSmallDisk(sandbox: Sandbox): { fill: () => void; empty: () => void; remove: () => void } {
  const folder = path.dirname(logOf(sandbox));
  fs.mkdirSync(folder, { mode: 0o700 });
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=128k,mode=0700', 'none', folder]);
  if (status !== 0) throw new Error(`cannot mount a disk: ${String(stderr)}`);
  const filler = path.join(folder, 'filler');
  return {
    fill() {
      const descriptor = fs.openSync(filler, 'w');
      try {
        for (;;) fs.writeSync(descriptor, Buffer.alloc(4096));
      } catch (error) {
        expect(error).toMatchObject({ code: 'ENOSPC' });
      } finally {
        fs.closeSync(descriptor);
      }
    },
    empty: () => fs.rmSync(filler),
    remove: () => void spawnSync('umount', [folder]),
  };
}

/** Calls until one has this fate; the last page of the log takes some records of a full disk yet. */
async function callUntil(spawned: Spawned, isDenied: boolean, firstId: number): Promise<number> {
  for (let id = firstId; id < firstId + 100; id += 1) {
    const answer = await spawned.call(id, 'echo', { text: 'x' });
    const text = JSON.stringify(answer);
    if (text.includes('audit_unavailable') === isDenied) return id;
  }
  throw new Error(`no call was ${isDenied ? 'denied' : 'allowed'}`);
}

test.skipIf(!canMount)(
  'a disk that fills up and is emptied: calls are denied, then recorded again, and the log says what it lost',
  async () => {
    const sandbox = open(CONFIG);
    const disk = withSmallDisk(sandbox);
    try {
      const guards = [sandbox.guard({ server: 'echo' }), sandbox.guard({ server: 'echo' })];
      for (const one of guards) await callUntil(one, false, 1);
      for (const times of [1, 2]) {
        disk.fill();
        for (const one of guards) await callUntil(one, true, times * 1000);
        // Some records are tried and lost meanwhile, of both guards.
        for (const one of guards) await callUntil(one, true, times * 1000 + 200);
        disk.empty();
        for (const one of guards) await callUntil(one, false, times * 1000 + 500);
      }
      for (const one of guards) await one.finish();
      const lost = sandboxEvents(sandbox).filter((event) => event === 'records-lost');
      expect(lost.length).toBeGreaterThanOrEqual(2);
      const words = ['audit', 'verify', '--json', '--anchor', path.join(sandbox.folder, 'heads.jsonl')];
      const { code, stdout } = await guard(sandbox, words);
      expect({ code, stdout }).toMatchObject({ code: 0 });
      const result = JSON.parse(stdout) as { verdict: string; writers: { status: string; lost: number }[] };
      expect(result.writers.map(({ status }) => status)).toEqual(['intact', 'intact']);
      for (const { lost: count } of result.writers) expect(count).toBeGreaterThan(0);
      const inWords = await guard(sandbox, ['audit', 'verify']);
      expect(inWords.stdout).toMatch(/^lost: writer \S+ says that it could not write \d+ of its records$/m);
      const search = await guard(sandbox, ['audit', 'search', '-n', '3']);
      expect(search.code).toBe(0);
    } finally {
      disk.remove();
    }
  },
  60_000,
);

function sandboxEvents(sandbox: Sandbox): string[] {
  const lines = fs.readFileSync(logOf(sandbox), 'utf8').split('\n');
  return lines.flatMap((line) => /^\{"v":1,"type":"event".*"event":"([^"]+)"/.exec(line)?.[1] ?? []);
}
