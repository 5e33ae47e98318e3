import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { builtGuard } from '../support/built-guard.js';
import { verifies } from '../requirements.js';
import { decisionFields, encoderOf, outcomeFields } from './lines.js';
import { useLogFolder } from './log-folder.js';

verifies('audit:one-liners');

const at = useLogFolder();
const page = fs.readFileSync(path.join(import.meta.dirname, '..', '..', 'docs', 'audit.md'), 'utf8');
const NOW = new Date().toISOString(); // oxlint-disable-line -- one of the commands asks for the last day

/** The commands of a section, by the comment above each. */
function commandsBelow(heading: string): ReadonlyMap<string, string> {
  const section = page.slice(page.indexOf(`\n${heading}\n`)).split('```')[1] ?? '';
  const found = section
    .split(/\n(?=# )/)
    .map((part) => /^# (.*)\n([^]+)$/.exec(part.trim()))
    .flatMap((match) => (match === null ? [] : [[match[1] ?? '', match[2] ?? ''] as const]));
  return new Map(found);
}

const jq = commandsBelow('## jq');
const sql = commandsBelow('## SQLite and DuckDB');

const has = (program: string): boolean => spawnSync(program, ['--version']).status === 0;
/** Where the tools can be had (.ci/run), a missing one is a failure. */
const isRequired = process.env['TEST_QUERIES'] === 'required';
const [hasJq, hasSqlite] = [has('jq'), has('sqlite3')];

function writeLog(): void {
  const encoder = encoderOf();
  const hash = `sha256:${createHash('sha256').update('{"path":"/etc/passwd"}').digest('hex')}`;
  const call = (id: string, decision: object, outcome: object): string =>
    encoder.decision(NOW, decisionFields(id, decision)) + encoder.outcome(NOW, outcomeFields(id, outcome));
  const lines = [
    call('1', { arg_hash: hash }, { latency_ms: 5 }),
    call('2', { tool: 'drop', decision: 'deny', rule: 'no-drop' }, { tool: 'drop', result: 'denied' }),
    call('3', { enforced: false, decision: 'deny' }, { latency_ms: 2500, result: 'tool-error' }),
    encoder.refusal(NOW, {
      direction: 'client-to-server',
      reason: 'not-json',
      detail: 'x',
      size: 3,
      rpc_id: null,
      method: null,
    }),
  ];
  fs.writeFileSync(at.log, lines.join(''));
}

/** Runs a command of the page over the log of this test. */
function run(command: string | undefined): string {
  const bin = path.join(at.folder, 'bin');
  fs.mkdirSync(bin, { recursive: true });
  fs.writeFileSync(
    path.join(bin, 'guard'),
    `#!/bin/sh\nexec '${process.execPath}' '${builtGuard()}' "$@"\n`,
    {
      mode: 0o755,
    },
  );
  fs.mkdirSync(path.join(at.folder, 'guard'), { recursive: true });
  const { status, stdout, stderr } = spawnSync('bash', ['-c', `set -e -o pipefail\n${command ?? 'exit 9'}`], {
    cwd: at.folder,
    encoding: 'utf8',
    env: { PATH: `${bin}:${process.env['PATH']}`, HOME: at.folder, XDG_STATE_HOME: at.folder, log: at.log },
  });
  expect(stderr).toMatch(/^(?:guard: 4 calls and records to calls\.csv\n)?$/);
  expect(status).toBe(0);
  return stdout;
}

test('the tools are there where they have to be', () => {
  if (isRequired) expect({ hasJq, hasSqlite }).toEqual({ hasJq: true, hasSqlite: true });
  expect([jq.size, sql.size]).toEqual([7, 3]);
});

describe.skipIf(!hasJq)('jq', () => {
  test.each<[string, RegExp]>([
    ['What was denied, and by which rule', /^\S+\tdrop\tuser\tno-drop\n\S+\tread_file\tuser\treads\n$/],
    ['Calls per tool', /^ +2 read_file\n +1 drop\n$/],
    ['The slowest answers', /^\{"tool":"read_file","latency_ms":2500,"result":"tool-error"\}\n(?:.*\n){2}$/],
    ['Tools that answer with errors', /^ +1 read_file\n$/],
    ['What observe mode would have stopped', /^\{"ts":.*"decision":"deny","rule":"reads"\}\n$/],
    ['Every call with exactly these arguments', /^\{"v":1,"type":"decision".*"request_id":"1".*\}\n$/],
  ])('%s', (title, expected) => {
    writeLog();
    expect(run(jq.get(title))).toMatch(expected);
  });

  test('The same, past a torn line', () => {
    writeLog();
    fs.appendFileSync(at.log, '{"v":1,"type":"ref');
    expect(run(jq.get('The same, past a torn line'))).toMatch(/^\{"v":1,"type":"refusal".*\}\n$/);
  });

  test('joined calls', () => {
    fs.mkdirSync(path.join(at.folder, 'guard'));
    writeLog();
    fs.renameSync(at.log, path.join(at.folder, 'guard', 'audit.jsonl'));
    expect(run(sql.get('jq: joined calls'))).toMatch(/^\S+\tread_file\t2500\n$/);
  });
});

test.skipIf(!hasSqlite)('SQLite: the export as a table', () => {
  fs.mkdirSync(path.join(at.folder, 'guard'));
  writeLog();
  fs.renameSync(at.log, path.join(at.folder, 'guard', 'audit.jsonl'));
  expect(run(sql.get('SQLite: the export as a table, then SQL'))).toBe('read_file|2|1\ndrop|1|1\n');
});
