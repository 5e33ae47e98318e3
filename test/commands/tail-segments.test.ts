import fs from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLog, readLogBackwards } from '../../src/audit/reader.js';
import { segmentPath } from '../../src/audit/segment-name.js';
import { readSegmentsBackwards } from '../../src/audit/segments-backwards.js';
import type { Tools } from '../../src/commands/command.js';
import { run } from '../../src/commands/tail.js';
import { AUDIT_LOOK_BACK_BYTES_MAX } from '../../src/platform/bounds.js';
import { systemClock } from '../../src/platform/clock.js';
import { decisionLine, outcomeLine } from '../audit/lines.js';
import { useLogFolder } from '../audit/log-folder.js';
import { verifies } from '../requirements.js';
import { eventually } from '../support/eventually.js';

verifies('tail:segments', 'audit:path:commands');

const at = useLogFolder();
const HOUR_MS = 3_600_000;
let stop: AbortController;
beforeEach(() => {
  stop = new AbortController();
});
afterEach(() => {
  stop.abort();
});

/** Starts `guard tail --json`; the environment names the folder of this test as the user's. */
function tail(
  options: Readonly<Record<string, unknown>>,
  wallMs = systemClock().wallMs(),
): { ids: () => readonly string[]; notes: () => string; ended: Promise<number> } {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  let [out, err] = ['', ''];
  stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const tools = {
    env: { XDG_CONFIG_HOME: path.join(at.folder, 'xdg'), XDG_STATE_HOME: path.join(at.folder, 'state') },
    cwd: at.folder,
    clock: { ...systemClock(), wallMs: () => wallMs },
    stdin: new PassThrough() as unknown as NodeJS.ReadStream,
    stdout: stdout as unknown as Tools['stdout'],
    stderr: stderr as unknown as Tools['stderr'],
    signal: stop.signal,
  };
  const named = { json: true, follow: false, audit: at.log, ...options };
  return {
    ended: run({ args: [], options: named, rest: [] }, tools),
    notes: () => err,
    ids: () =>
      out
        .split('\n')
        .filter(Boolean)
        .map((line) => {
          const { type, request_id: id } = JSON.parse(line) as { type: string; request_id: string };
          return type === 'outcome' ? `${id}!` : id;
        }),
  };
}

/** A rotated file whose records and last write are so many hours old. */
function rotated(hours: number, nowMs: number, ...lines: readonly string[]): string {
  const file = segmentPath(at.log, nowMs - hours * HOUR_MS);
  fs.writeFileSync(file, lines.join(''));
  fs.utimesSync(file, nowMs / 1000 - hours * 3600, nowMs / 1000 - hours * 3600);
  return file;
}

function call(id: string, ageHours: number, nowMs: number): string {
  return decisionLine(id, { ts: new Date(nowMs - ageHours * HOUR_MS).toISOString() });
}

describe('earlier calls', () => {
  const nowMs = systemClock().wallMs();

  test('-n reaches into rotated files, and a call whose outcome stands in a later one is whole', async () => {
    rotated(3, nowMs, call('1', 4, nowMs), call('2', 4, nowMs));
    rotated(2, nowMs, call('3', 3, nowMs), call('4', 3, nowMs));
    fs.writeFileSync(at.log, outcomeLine('4') + call('5', 1, nowMs));
    const all = tail({ lines: '10' });
    expect(await all.ended).toBe(0);
    expect(all.ids()).toEqual(['1', '2', '3', '4', '4!', '5']);
    const some = tail({ lines: '3' });
    await some.ended;
    expect(some.ids()).toEqual(['3', '4', '4!', '5']);
  });

  test('--since reads what reaches into that time; older files are not even opened', async () => {
    const old = rotated(200, nowMs, 'no record, which would be noted\n');
    rotated(20, nowMs, call('1', 30, nowMs), call('2', 21, nowMs));
    rotated(10, nowMs, call('3', 11, nowMs));
    fs.writeFileSync(at.log, call('4', 1, nowMs));
    const view = tail({ since: '1d' }, nowMs);
    await view.ended;
    expect(view.ids()).toEqual(['2', '3', '4']);
    expect(view.notes()).toBe('');
    const further = tail({ since: '30d' }, nowMs);
    await further.ended;
    expect(further.ids()).toEqual(['1', '2', '3', '4']);
    expect(further.notes()).toContain(`${old}, byte 0`);
  });

  test("logrotate's files are read as well", async () => {
    fs.writeFileSync(`${at.log}.2`, call('1', 3, nowMs));
    fs.writeFileSync(`${at.log}.1`, call('2', 2, nowMs));
    fs.writeFileSync(at.log, call('3', 1, nowMs));
    const view = tail({});
    await view.ended;
    expect(view.ids()).toEqual(['1', '2', '3']);
  });

  test('between the two steps of a rotation there is no current file: the rotated ones are shown', async () => {
    rotated(1, nowMs, call('1', 2, nowMs));
    const view = tail({});
    expect(await view.ended).toBe(0);
    expect(view.ids()).toEqual(['1']);
  });

  test('followed: nothing of the rotated files is shown twice', async () => {
    rotated(1, nowMs, call('1', 2, nowMs));
    fs.writeFileSync(at.log, call('2', 1, nowMs));
    const view = tail({ follow: true });
    await eventually('the earlier calls', () => view.ids().length === 2);
    fs.appendFileSync(at.log, call('3', 0, nowMs));
    await eventually('the new call', () => view.ids().length === 3);
    fs.renameSync(at.log, segmentPath(at.log, nowMs));
    fs.writeFileSync(at.log, call('4', 0, nowMs));
    await eventually('the call in the new file', () => view.ids().length === 4);
    stop.abort();
    await view.ended;
    expect(view.ids()).toEqual(['1', '2', '3', '4']);
  });

  test('the log is that of the config where none is named', async () => {
    fs.mkdirSync(path.join(at.folder, 'xdg/guard'), { recursive: true });
    const config = path.join(at.folder, 'xdg/guard/guard.yaml');
    fs.writeFileSync(config, `version: '1'\naudit:\n  path: ${at.log}\n`, { mode: 0o600 });
    fs.writeFileSync(at.log, call('1', 1, nowMs));
    const view = tail({ audit: undefined });
    expect(await view.ended).toBe(0);
    expect(view.ids()).toEqual(['1']);
  });
});

async function filesRead(sinceMs?: number): Promise<{ files: Set<string>; notes: string[] }> {
  const notes: string[] = [];
  const log = await openLog(at.log);
  if (log === undefined) throw new Error('no log');
  const reading = await readLogBackwards(log, at.log);
  const files = new Set<string>();
  const look = {
    path: at.log,
    current: { log, reading },
    sinceMs,
    note: (text: string) => notes.push(text),
  };
  for await (const { file } of readSegmentsBackwards(look)) files.add(path.basename(file));
  await log.handle.close();
  return { files, notes };
}

describe('bounds', () => {
  test('a log of many gigabytes: without a time only its youngest files are read', async () => {
    fs.writeFileSync(at.log, decisionLine('9'));
    // Sparse files of 300 MB each, of which only the end would be looked at: the first is read in any case.
    for (const hours of [1, 2, 3]) {
      const file = rotated(hours, 1e12, decisionLine(String(hours)));
      fs.truncateSync(file, hours === 1 ? 2000 : AUDIT_LOOK_BACK_BYTES_MAX);
      fs.appendFileSync(file, '\n');
    }
    const { files, notes } = await filesRead();
    expect(files.size).toBe(2);
    expect(notes).toEqual([expect.stringContaining('--since goes further')]);
  });

  test('a file that vanishes while the log is read is passed over', async () => {
    fs.writeFileSync(at.log, decisionLine('9'));
    const [older, younger] = [rotated(2, 1e12, decisionLine('1')), rotated(1, 1e12, decisionLine('2'))];
    const seen: string[] = [];
    for await (const { file } of readSegmentsBackwards({
      path: at.log,
      current: undefined,
      sinceMs: undefined,
      note: () => undefined,
    })) {
      seen.push(file);
      fs.rmSync(older, { force: true });
    }
    expect(seen).toEqual([younger]);
  });
});
