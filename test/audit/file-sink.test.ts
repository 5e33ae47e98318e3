import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { openFileSink } from '../../src/audit/file-sink.js';
import { type LogFiles, systemLogFiles } from '../../src/audit/log-file.js';
import { AUDIT_ROTATION_CHECK_MS } from '../../src/platform/bounds.js';
import { record, useLogFolder } from './log-folder.js';
import { describeSink } from './sink.contract.js';
import { verifies } from '../requirements.js';

verifies('audit:many-writers');

const at = useLogFolder();

describe('contract', () => {
  describeSink(() => {
    let full = false;
    // A full disk as the system reports it: /dev/full takes no byte.
    const devFull = fs.openSync('/dev/full', 'w');
    const files: LogFiles = {
      ...systemLogFiles,
      write: (descriptor, text) => systemLogFiles.write(full ? devFull : descriptor, text),
    };
    const contractFolder = fs.mkdtempSync(path.join(os.tmpdir(), 'guard-sink-'));
    const file = path.join(contractFolder, 'new', 'audit.jsonl');
    return {
      sink: openFileSink({
        path: file,
        fsync: 'off',
        clock: { monotonicMs: () => 0, wallMs: () => 0 },
        files,
      }),
      recorded: () => read(file),
      breakWrites(broken) {
        full = broken;
      },
      cleanUp() {
        fs.closeSync(devFull);
        fs.rmSync(contractFolder, { recursive: true });
      },
    };
  });
});

describe('opening', () => {
  test('makes the folder 0700 and the file 0600, whatever the umask lets through', () => {
    at.log = path.join(at.folder, 'a', 'b', 'audit.jsonl');
    at.open();
    expect(fs.statSync(at.log).mode & 0o777).toBe(0o600);
    expect(fs.statSync(path.dirname(at.log)).mode & 0o777).toBe(0o700);
  });

  test.each([
    ['a symlink', () => fs.symlinkSync('/etc/passwd', at.log), /expected a regular file, got a symlink/],
    ['a folder', () => fs.mkdirSync(at.log), /expected a regular file, got something else/],
    ['a group-writable file', () => writeMode(0o620), /only its owner may write to, got mode 0620/],
    ['a world-writable file', () => writeMode(0o602), /only its owner may write to, got mode 0602/],
  ])('refuses %s', (_, prepare, message) => {
    prepare();
    expect(() => at.open()).toThrow(
      expect.objectContaining({ code: 'audit-unwritable', message: expect.stringMatching(message) }),
    );
  });

  test('refuses a device and a file of another user, and says what to do', () => {
    expect(() => at.open({ path: '/dev/full' })).toThrow(/got something else/);
    const files = {
      ...systemLogFiles,
      status: (descriptor: number) => ({ ...systemLogFiles.status(descriptor), owner: 4711 }),
    };
    const error = thrownBy(() => at.open({ files }));
    expect(error).toMatchObject({ code: 'audit-unwritable', hint: expect.stringContaining('owner') });
  });

  test('a file that ends inside a line is said to and gets its line feed before the next record', () => {
    fs.writeFileSync(at.log, '{"seq":1}\n{"se', { mode: 0o600 });
    const sink = at.open();
    expect(sink.endedTorn).toBe(true);
    record(sink, '{"seq":2}');
    record(sink, '{"seq":3}');
    expect(read(at.log)).toBe('{"seq":1}\n{"se\n{"seq":2}\n{"seq":3}\n');
    expect(at.open().endedTorn).toBe(false);
  });
});

describe('rotation', () => {
  test('by rename: the new file is opened within the interval and nothing is lost', () => {
    const sink = at.open();
    record(sink, '1');
    fs.renameSync(at.log, `${at.log}.1`);
    record(sink, '2');
    at.nowMs += AUDIT_ROTATION_CHECK_MS;
    record(sink, '3');
    expect(read(`${at.log}.1`) + read(at.log)).toBe('1\n2\n3\n');
    expect(read(at.log)).toBe('3\n');
    expect(fs.statSync(at.log).mode & 0o777).toBe(0o600);
  });

  test('by copytruncate: records go on at the new start, without a hole', () => {
    const sink = at.open();
    record(sink, '1');
    fs.copyFileSync(at.log, `${at.log}.1`);
    fs.truncateSync(at.log);
    record(sink, '2');
    expect(read(at.log)).toBe('2\n');
  });

  test('what took the place of the at.log is refused like at the start', () => {
    const sink = at.open();
    fs.unlinkSync(at.log);
    fs.symlinkSync('/etc/passwd', at.log);
    at.nowMs += AUDIT_ROTATION_CHECK_MS;
    expect(() => record(sink, '1')).toThrow(/symlink/);
    fs.unlinkSync(at.log);
    record(sink, '2');
    expect(read(at.log)).toBe('2\n');
  });

  test('a folder that was removed is made again', () => {
    at.log = path.join(at.folder, 'state', 'audit.jsonl');
    const sink = at.open();
    fs.rmSync(path.dirname(at.log), { recursive: true });
    at.nowMs += AUDIT_ROTATION_CHECK_MS;
    record(sink, '1');
    expect(read(at.log)).toBe('1\n');
  });
});

test('six processes append to one file: none torn, none lost', async () => {
  const writers = ['a', 'b', 'c', 'd', 'e', 'f'];
  const count = 3000;
  const script = path.join(import.meta.dirname, 'fixtures', 'append.ts');
  const run = promisify(execFile);
  await Promise.all(
    writers.map((writer) =>
      run(process.execPath, ['--import', 'tsx', script, at.log, writer, String(count)]),
    ),
  );
  const seen = new Map<string, number>();
  // A writer that opens the log while another's write has stalled takes it for a torn end and adds a
  // line feed; that lands behind the whole line, and every reader passes over the empty line.
  const lines = read(at.log).split('\n');
  for (const line of lines.filter((text) => text !== '')) {
    const { writer, seq } = JSON.parse(line) as { writer: string; seq: number };
    expect(seq).toBe((seen.get(writer) ?? 0) + 1);
    seen.set(writer, seq);
  }
  expect(seen).toEqual(new Map(writers.map((writer) => [writer, count])));
});

function writeMode(mode: number): void {
  fs.writeFileSync(at.log, '');
  fs.chmodSync(at.log, mode);
}

function read(file: string): string {
  return fs.readFileSync(file, 'utf8');
}

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
