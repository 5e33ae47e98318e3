import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { decisionFields, encoderOf, outcomeFields, TS } from '../audit/lines.js';
import { useLogFolder } from '../audit/log-folder.js';
import { builtGuard } from '../support/built-guard.js';
import { verifies } from '../requirements.js';

verifies('audit:search:exit');

const at = useLogFolder();

/** A log whose rows are more than a pipe holds. */
function writeLog(): void {
  const encoder = encoderOf();
  const lines = Array.from(
    { length: 5000 },
    (_none, id) =>
      encoder.decision(TS, decisionFields(`${id}`)) + encoder.outcome(TS, outcomeFields(`${id}`)),
  );
  fs.writeFileSync(at.log, lines.join(''));
}

test.each(['search', 'search --json', 'export', 'export --format csv'])(
  'a reader that leaves ends %s quietly',
  async (words) => {
    writeLog();
    const child = spawn(process.execPath, [builtGuard(), 'audit', ...words.split(' '), '--audit', at.log], {
      stdio: 'pipe',
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    await once(child.stdout, 'data');
    child.stdout.destroy();
    await once(child, 'close');
    expect({ code: child.exitCode, said }).toEqual({ code: 0, said: '' });
  },
);

test.skipIf(!fs.existsSync('/dev/full')).each(['search', 'stats', 'export'])(
  'a full standard output ends %s with 2 and one sentence',
  async (words) => {
    writeLog();
    const full = fs.openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [builtGuard(), 'audit', words, '--audit', at.log], {
      stdio: ['ignore', full, 'pipe'],
    });
    fs.closeSync(full);
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
    await once(child, 'close');
    expect(child.exitCode).toBe(2);
    expect(said).toMatch(/^guard: cannot write to standard output: ENOSPC/);
    expect(said).not.toContain(' at ');
  },
);

test('an export that is stopped leaves no file behind', async () => {
  writeLog();
  // A line without an end keeps it reading: nothing is written before the signal is there.
  fs.truncateSync(at.log, 3 * 1024 * 1024 * 1024);
  const output = path.join(at.folder, 'out.jsonl');
  const child = spawn(
    process.execPath,
    [builtGuard(), 'audit', 'export', '--audit', at.log, '--output', output],
    {
      stdio: 'pipe',
    },
  );
  const isWriting = (): boolean => fs.readdirSync(at.folder).some((name) => name.endsWith('.tmp'));
  while (!isWriting() && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill('SIGINT');
  await once(child, 'close');
  expect(child.exitCode).toBe(2);
  expect(fs.readdirSync(at.folder)).toEqual(['audit.jsonl']);
});
