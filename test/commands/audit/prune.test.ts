import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { segmentPath } from '../../../src/audit/segment-name.js';
import { createRecordEncoder } from '../../../src/audit/encode.js';
import { openFileSink } from '../../../src/audit/file-sink.js';
import { WriterChain } from '../../../src/audit/writer-chain.js';
import { auditVerifyCommand } from '../../../src/commands/audit/verify-options.js';
import { systemClock } from '../../../src/platform/clock.js';
import { auditPruneCommand } from '../../../src/commands/audit/prune-options.js';
import { decisionLine, TS } from '../../audit/lines.js';
import { folderWith } from '../../config/check-yaml.js';
import { verifies } from '../../requirements.js';
import { type Ran, runCommand } from '../check-run.js';

verifies('audit:prune', 'audit:path:commands');

const DAY_MS = 86_400_000;
/** The commands' clock in these tests stands at zero, so that segments lie in front of it only by size. */
const EARLY_MS = 0;

interface Log {
  readonly folder: string;
  readonly log: string;
  readonly segments: readonly string[];
}

/** Three rotated files and the current one, in the place that the config names. */
function logWith(yaml = 'audit:\n  path: ./logs/audit.jsonl\n'): Log {
  const folder = folderWith({ 'xdg/guard/guard.yaml': `version: '1'\n${yaml}` });
  const log = path.join(folder, 'xdg/guard/logs/audit.jsonl');
  fs.mkdirSync(path.dirname(log), { recursive: true });
  const segments = [1, 2, 3].map((day) => segmentPath(log, EARLY_MS + day * DAY_MS));
  for (const file of [...segments, log]) fs.writeFileSync(file, decisionLine('1'), { mode: 0o600 });
  return { folder, log, segments };
}

function prune({ folder }: Log, options: Readonly<Record<string, unknown>>): Promise<Ran> {
  return runCommand(auditPruneCommand, folder, { options });
}

function kept({ log }: Log): readonly string[] {
  return fs.readdirSync(path.dirname(log)).toSorted();
}

/** Four chained files of one writer, the last of them current. */
function chained(): Log {
  const at = logWith();
  for (const file of [...at.segments, at.log]) fs.rmSync(file);
  const rotation = { maxBytes: 1000, maxAgeMs: undefined };
  const sink = openFileSink({ path: at.log, fsync: 'off', clock: systemClock(), rotation });
  const constants = { writer: 'w1', upstream: 'files', session: null, agent: null };
  const chain = new WriterChain(sink, systemClock(), constants);
  const encoder = createRecordEncoder({ ...constants, client: null, era: null });
  for (let index = 0; index < 20; index += 1) {
    chain.stage(encoder.event(TS, { event: 'reload', detail: index }));
    chain.commit();
  }
  sink.close();
  return at;
}
function verify({ folder }: Log): Promise<Ran> {
  return runCommand(auditVerifyCommand, folder);
}

describe('guard audit prune', () => {
  test('--keep-size removes the oldest files of the log that the config names, and records it there', async () => {
    const at = logWith();
    const bytes = fs.statSync(at.log).size;
    const { code, stdout } = await prune(at, { keepSize: String(2 * bytes) });
    expect(code).toBe(0);
    const [first = '', second = '', third = ''] = at.segments.map((file) => path.basename(file));
    expect(stdout).toBe(
      `removed ${first}: 1 records, ${bytes} bytes\nremoved ${second}: 1 records, ${bytes} bytes\n` +
        `removed 2 files, 2 records, ${2 * bytes} bytes\n`,
    );
    expect(kept(at)).toEqual([third, 'audit.jsonl']);
    const records = fs
      .readFileSync(at.log, 'utf8')
      .split('\n')
      .slice(1, -1)
      .map((line) => JSON.parse(line) as object);
    const reason = `more than ${2 * bytes}`;
    // Each statement is signed before its file goes.
    expect(records).toMatchObject([
      { event: 'pruned', detail: { file: first, reason } },
      { type: 'checkpoint', closing: false, count: 1, seq: 2 },
      { event: 'pruned', detail: { file: second, reason } },
      { type: 'checkpoint', closing: false, count: 3, seq: 4 },
      { type: 'checkpoint', closing: true, count: 4, seq: 5 },
    ]);
  });

  test('--dry-run says the same and changes nothing', async () => {
    const at = logWith();
    const before = fs.readFileSync(at.log, 'utf8');
    const { code, stdout } = await prune(at, { keepSize: '0', dryRun: true });
    expect(code).toBe(0);
    expect(stdout).toContain('would remove 3 files, 3 records');
    expect(kept(at)).toHaveLength(4);
    expect(fs.readFileSync(at.log, 'utf8')).toBe(before);
  });

  test('--json: one line for each file', async () => {
    const at = logWith();
    const { stdout } = await prune(at, { keepSize: '0', json: true });
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatchObject({
      file: at.segments[0],
      records: 1,
      removed: true,
      writers: [{ writer: 'w1' }],
    });
  });

  test('without a rule it is the retention of the config; nothing is old before its time', async () => {
    const at = logWith();
    expect(await prune(at, {})).toMatchObject({ code: 0, stdout: 'nothing to remove\n' });
    expect(await prune(at, { olderThan: '1d' })).toMatchObject({ code: 0, stdout: 'nothing to remove\n' });
    expect(kept(at)).toHaveLength(4);
  });

  test('--audit names another log; there is none', async () => {
    const at = logWith();
    const options = { keepSize: '0', audit: path.join(at.folder, 'other.jsonl') };
    expect(await prune(at, options)).toMatchObject({ code: 0, stdout: 'nothing to remove\n' });
  });

  test.each([
    [{ olderThan: 'soon' }, 'expected a duration such as 90d, got soon'],
    [{ keepSize: 'much' }, 'expected a size such as 2GB, got much'],
  ])('%o is refused', async (options, message) => {
    expect(await prune(logWith(), options)).toMatchObject({
      code: 2,
      error: 'usage',
      message: expect.stringContaining(message) as string,
    });
  });

  test('words are refused, so that nobody takes them for a rule', async () => {
    const ran = await runCommand(auditPruneCommand, logWith().folder, { args: ['90d'] });
    expect(ran).toMatchObject({ code: 2, error: 'usage' });
  });

  test('a log that cannot be written to: nothing is removed', async () => {
    const at = logWith();
    fs.chmodSync(at.log, 0o666);
    expect(await prune(at, { keepSize: '0' })).toMatchObject({ code: 2, error: 'audit-unwritable' });
    expect(kept(at)).toHaveLength(4);
  });
});

describe('the chains go on over what was removed', () => {
  test('guard audit verify takes the statement for the lines that are missing', async () => {
    const at = chained();
    expect((await verify(at)).code).toBe(0);
    const [oldest = ''] = kept(at);
    const lost = path.join(path.dirname(at.log), oldest);
    const copy = fs.readFileSync(lost);
    fs.rmSync(lost);
    expect((await verify(at)).code).toBe(1);
    fs.writeFileSync(lost, copy);
    const pruned = await prune(at, { keepSize: '1500' });
    expect(pruned.stdout).toContain(`removed ${oldest}`);
    const verified = await verify(at);
    expect(verified.stdout).toContain('w1');
    expect(verified.code).toBe(0);
  });
});

describe('the log of the config', () => {
  test('a mistake elsewhere in the file, such as a variable that only guards have, is in nobody’s way', async () => {
    const at = logWith(
      "audit:\n  path: ./logs/audit.jsonl\ndashboard:\n  api_secret: '${GUARD_TEST_UNSET}'\n",
    );
    expect(await prune(at, { keepSize: '0', dryRun: true })).toMatchObject({ code: 0 });
  });

  test.each([
    ['a path that is wrong', 'audit:\n  path: 7\n'],
    ['a variable in it that is not set', "audit:\n  path: '${GUARD_TEST_UNSET}/audit.jsonl'\n"],
    ['a file that cannot be parsed', 'audit: [\n'],
  ])('%s is an error, unless a log is named', async (_, yaml) => {
    const at = logWith(yaml);
    expect(await prune(at, { keepSize: '0' })).toMatchObject({ code: 2, error: 'config-invalid' });
    expect(await prune(at, { keepSize: '0', dryRun: true, audit: at.log })).toMatchObject({ code: 0 });
  });
});
