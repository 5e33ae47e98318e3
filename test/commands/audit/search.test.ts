import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { auditSearchCommand } from '../../../src/commands/audit/search-options.js';
import {
  decisionFields,
  decisionLine,
  encoderOf,
  outcomeFields,
  outcomeLine,
  TS,
} from '../../audit/lines.js';
import { useLogFolder } from '../../audit/log-folder.js';
import { verifies } from '../../requirements.js';
import { type Ran, runCommand } from '../check-run.js';

verifies('audit:search:exit');
verifies('audit:search:calls');

const at = useLogFolder();

function search(options: Record<string, unknown> = {}): Promise<Ran> {
  return runCommand(auditSearchCommand, at.folder, { options: { audit: at.log, ...options } });
}

/** The tools of the rows, in their order. */
async function tools(options: Record<string, unknown>): Promise<string[]> {
  const { stdout } = await search(options);
  return stdout
    .split('\n')
    .filter((row) => row !== '')
    .map((row) => row.split(/ {2,}/)[3] ?? '');
}

function writeLog(): void {
  const encoder = encoderOf();
  const call = (id: string, tool: string, more: object = {}, end: object = {}): string =>
    encoder.decision(TS, decisionFields(id, { tool, ...more })) +
    encoder.outcome(TS, outcomeFields(id, { tool, ...end }));
  fs.writeFileSync(
    `${at.log}.1`,
    call('1', 'read_file', { arguments: { path: '/etc/passwd', list: [{ name: 'a' }] } }) +
      call('2', 'write_file', { decision: 'deny', rule: 'no-writes', arg_size: 9000 }, { result: 'denied' }),
  );
  fs.writeFileSync(
    at.log,
    call('3', 'slow', { reason: 'default' }, { latency_ms: 2500 }) +
      encoder.decision(TS, decisionFields('4', { tool: 'never', arguments: { path: '/tmp/x', count: 3 } })),
  );
}

describe('rows', () => {
  test('are those of tail with the day before the time, over all files', async () => {
    writeLog();
    const { code, stdout } = await search({ tool: 'read_file' });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^2026-01-0\d \d\d:\d\d:05\.678 {2}allow .* read_file .* user\/reads\n$/);
  });

  test.each<[Record<string, unknown>, string[]]>([
    [{}, ['read_file', 'write_file', 'slow', 'never']],
    [{ reverse: true }, ['never', 'slow', 'write_file', 'read_file']],
    [{ reverse: true, limit: '2' }, ['never', 'slow']],
    [{ limit: '1' }, ['read_file']],
    [{ decision: 'deny' }, ['write_file']],
    [{ result: 'none' }, ['never']],
    [{ result: 'ok,denied', rule: 'user/no-*' }, ['write_file']],
    [{ latency: '>=2s' }, ['slow']],
    [{ size: ['>100', '<1KB'] }, ['read_file', 'slow', 'never']],
    [{ reason: 'default' }, ['slow']],
    [{ request: '2' }, ['write_file']],
    [{ session: 'nobody' }, []],
    [{ method: 'tools/*', grep: 'PASSWD' }, ['read_file']],
    [{ arg: '$.path=/etc/*' }, ['read_file']],
    [{ arg: '$.list[*].name=a' }, ['read_file']],
    [{ arg: '$["path"]' }, ['read_file', 'never']],
    [{ arg: ['$.path', '$.count=3'] }, ['never']],
    [{ until: '2025-01-01' }, []],
    [
      { since: '2025-01-01', until: '2027-01-01', server: 'files' },
      ['read_file', 'write_file', 'slow', 'never'],
    ],
  ])('%j', async (options, expected) => {
    writeLog();
    expect(await tools(options)).toEqual(expected);
  });

  test('as JSON they are the records, decision and outcome together', async () => {
    fs.writeFileSync(at.log, decisionLine('1') + decisionLine('2') + outcomeLine('1') + outcomeLine('2'));
    const { stdout } = await search({ json: true });
    expect(stdout).toBe(decisionLine('1') + outcomeLine('1') + decisionLine('2') + outcomeLine('2'));
  });

  test('no text of a foreign line reaches the terminal raw', async () => {
    fs.writeFileSync(at.log, decisionLine('1', { tool: 'x' }).replace('"x"', '"x\u202e\u009b"'));
    for (const json of [true, false]) {
      // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
      expect((await search({ json })).stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u0080-\u009f\u202e]/);
    }
  });
});

describe('the exit code', () => {
  test('0 for something, 1 for nothing', async () => {
    writeLog();
    expect((await search({ tool: 'slow' })).code).toBe(0);
    expect(await search({ tool: 'nothing' })).toMatchObject({ code: 1, stdout: '' });
  });

  test('2 where there is no log', async () => {
    expect(await search()).toMatchObject({ code: 2, error: 'audit-unreadable' });
  });

  test('2 where a file of it cannot be read, after what the others hold', async () => {
    if (process.getuid?.() === 0) return expectUnreadableAsRoot();
    writeLog();
    fs.chmodSync(`${at.log}.1`, 0);
    const { code, stdout, stderr } = await search();
    expect(code).toBe(2);
    expect(stdout).toContain('slow');
    expect(stderr).toContain(`${at.log}.1`);
  });

  test.each([
    [{ latency: 'x' }, /--latency: expected a range/],
    [{ arg: 'path=x' }, /begins with "\$"/],
    [{ limit: '0' }, /--limit: expected a whole number/],
    [{ since: '2026-01-02', until: '2026-01-01' }, /--until/],
    [{ decision: 'maybe' }, /--decision: expected allow/],
    [{ tool: '*'.repeat(5000) }, /--tool: expected at most/],
  ])('2 for %j', async (options, message) => {
    writeLog();
    const ran = await search(options);
    expect(ran).toMatchObject({ code: 2, error: 'usage' });
    expect(ran.message).toMatch(message);
  });
});

/** Nothing is unreadable to root but what is no file any more by the time it is opened. */
async function expectUnreadableAsRoot(): Promise<void> {
  writeLog();
  const folder = path.join(at.folder, 'other');
  fs.mkdirSync(folder);
  expect(await search({ audit: folder })).toMatchObject({ code: 2, error: 'audit-unreadable' });
}

test('a torn line is told of with its place, and ends nothing', async () => {
  fs.writeFileSync(at.log, decisionLine('1') + decisionLine('2').slice(0, 50) + outcomeLine('1'));
  const { code, stdout, stderr } = await search();
  expect(code).toBe(0);
  expect(stdout.split('\n')).toHaveLength(2);
  expect(stderr).toBe(`guard: ${at.log}, byte ${decisionLine('1').length}: torn: the line is not whole\n`);
});
