import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { readSegmentName, segmentPath } from '../../src/audit/segment-name.js';
import { builtGuard } from '../support/built-guard.js';
import { pause, within } from '../support/eventually.js';
import type { Sandbox } from '../support/sandbox.js';
import { decisionFields, encoderOf, outcomeFields, TS } from '../audit/lines.js';

/** How a command of guard ended, and what it printed. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A config whose log is not in its usual place, and is rotated after a few calls. */
export const CONFIG = `
version: '1'
audit:
  path: ../../logs/calls.jsonl
  log_arguments: true
  redact: { detectors: { email: false } }
  rotate: { max_size: 64KiB }
  anchor: { file: ../../elsewhere/heads.jsonl }
policies: { default: allow, unlisted_tools: allow }
`;

export const logOf = (sandbox: Sandbox): string => path.join(sandbox.folder, 'logs', 'calls.jsonl');

/** Runs a command of guard to its end. */
export async function guard(
  sandbox: Sandbox,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const spawned = sandbox.spawn([process.execPath, builtGuard(), ...words], env);
  const chunks: Buffer[] = [];
  spawned.child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  spawned.child.stdin.end();
  const { code } = await within(`guard ${words.join(' ')}`, spawned.ended);
  return { code, stdout: Buffer.concat(chunks).toString('utf8'), stderr: spawned.stderr };
}

/** An argument of each call that is looked for, so that a check for secrets finds it. */
const SECRET = 'someone@example.com';

/** One call of a writer that is no guard of today: without a chain. */
function foreignCall(writer: string, id: string, tool: string): string {
  const encoder = encoderOf(writer);
  const fields = { arguments: { text: SECRET } };
  return (
    encoder.decision(TS, decisionFields(id, { tool, ...fields })) +
    encoder.outcome(TS, outcomeFields(id, { tool }))
  );
}

/** Tools that a strange log has calls of, one for each kind of file. */
export const TOOLS = ['old-logrotate', 'old-dated', 'in-rotated', 'in-current'] as const;

/**
 * A log with everything in it that can be: files that real guards rotated, one of which a command pruned with a
 * statement; files of logrotate, one of them compressed; checkpoints; lost records; a torn line, a record of a
 * type that nobody knows, and a line of 64 MiB. Each tool of TOOLS was called once with an e-mail address.
 */
export async function makeStrangeLog(sandbox: Sandbox): Promise<void> {
  const log = logOf(sandbox);
  await callTools(sandbox, 'filler', 120);
  await whenPrunable(sandbox);
  await guard(sandbox, ['audit', 'prune', '--keep-size', '1KB']);
  await callTools(sandbox, 'in-rotated', 1);
  // What rotation does, at a moment that the test knows.
  fs.renameSync(log, segmentPath(log, Date.now())); // oxlint-disable-line -- the name of a file of today
  await callTools(sandbox, 'in-current', 1);
  await guard(sandbox, ['evidence', 'put', 'tests', '--session', 's', '--ttl', '30m']);
  fs.writeFileSync(`${log}.2.gz`, gzipSync(foreignCall('zip', 'z', 'compressed')));
  fs.writeFileSync(`${log}.1`, `${foreignCall('old', 'a', 'old-logrotate')}{"v":1,"type":"outc`);
  fs.writeFileSync(`${log}-20200101`, foreignCall('older', 'b', 'old-dated'));
  fs.utimesSync(`${log}-20200101`, 1, 1);
  fs.utimesSync(`${log}.1`, 2, 2);
  const strange = [
    encoderOf('lossy')
      .event(TS, { event: 'records-lost', detail: { first: 1, last: 3 } })
      .replace('"seq":1', '"seq":4'),
    '{"v":1,"type":"dream","ts":"2026-01-02T03:04:05.678Z","writer":"later","seq":1,"prev":null}\n',
    `{"v":1,"type":"event","text":"${'x'.repeat(64 * 1024 * 1024)}"}\n`,
    '{"v":1,"type":"decision","ts":"2026-01-02T03',
  ];
  fs.appendFileSync(log, strange.join(''));
  await whenPrunable(sandbox);
}

/** Waits until every rotated file is so old that no guard writes to it any more. */
async function whenPrunable(sandbox: Sandbox): Promise<void> {
  const log = logOf(sandbox);
  const isRotated = (name: string): boolean => readSegmentName(log, name)?.kind === 'guard';
  for (let look = 0; look < 60; look += 1) {
    const rotated = fs.readdirSync(path.dirname(log)).filter(isRotated);
    const { stdout } = await guard(sandbox, ['audit', 'prune', '--keep-size', '1KB', '--dry-run']);
    if (rotated.length > 0 && rotated.every((name) => stdout.includes(`would remove ${name}:`))) return;
    await pause(250);
  }
  throw new Error('nothing can be pruned');
}

/** Calls of one guard, each of which records the secret; `count` of them. */
async function callTools(sandbox: Sandbox, tool: string, count: number): Promise<void> {
  const guarded = sandbox.guard({ server: ['echo', sandbox.received] });
  for (let id = 1; id <= count; id += 1) {
    await guarded.call(id, tool, { text: SECRET, more: 'x'.repeat(count > 1 ? 2000 : 1) });
  }
  await guarded.finish();
}
