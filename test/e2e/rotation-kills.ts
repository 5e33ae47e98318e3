import fs from 'node:fs';
import path from 'node:path';
import { AUDIT_ROTATION_GRACE_MS } from '../../src/platform/bounds.js';
import { builtGuard } from '../support/built-guard.js';
import { eventually, pause, within } from '../support/eventually.js';
import { type Random, randomFrom } from '../support/random.js';
import type { Sandbox } from '../support/sandbox.js';
import type { Spawned } from '../support/spawned.js';

/** Arguments are recorded, so that a few calls fill a file of the log. */
export const ROTATING = `
version: '1'
audit: { path: ../../logs/calls.jsonl, log_arguments: true, rotate: { max_size: 64KiB }, anchor: { file: ../../heads.jsonl } }
policies: { default: allow, unlisted_tools: allow }
`;

const GUARDS = 3;
const CALLS = 60;

/** What a verification said of the log of a round. */
interface Verdict {
  readonly verdict: string;
  readonly findings: readonly unknown[];
  readonly writers: readonly { readonly status: string }[];
  readonly files: readonly string[];
}

/** What all rounds came to. */
export interface RotationReport {
  readonly files: number;
  readonly killed: number;
  /** Files that were removed. */
  readonly pruned: number;
  readonly verifications: number;
  readonly writers: number;
}

/**
 * Several guards write to one log that is rotated every few calls; some are killed with SIGKILL at a random moment,
 * and the log is verified while they write, in every other round while its oldest files are removed, and at the
 * end of each round. Throws where a verification finds
 * anything: nobody changed the log.
 */
export async function rotateAndKill(sandbox: Sandbox, rounds: number, seed: number): Promise<RotationReport> {
  const random = randomFrom(seed);
  let [killed, verifications, pruned] = [0, 0, 0];
  let last: Verdict | undefined;
  const check = async (anchored: boolean, what: string): Promise<void> => {
    verifications += 1;
    last = await verify(sandbox, anchored, `${what}, seed ${seed}`);
  };
  for (let round = 1; round <= rounds; round += 1) {
    const isPruned = round % 2 === 0;
    if (isPruned) await whenPrunable(sandbox);
    const guards = Array.from({ length: GUARDS }, () => sandbox.guard({ server: 'echo' }));
    const ends = guards.map((guard) => drive(guard, random, () => (killed += 1)));
    await eventually('the first answers', () => guards.some(({ lines }) => lines.length > 3));
    const pruning = isPruned ? prune(sandbox) : 0;
    await check(true, `round ${round}, while guards write`);
    pruned += await pruning;
    await Promise.all(ends);
    await eventually('the end of all processes', () => sandbox.processes().length === 0);
    await check(false, `round ${round}, at its end`);
    await check(true, `round ${round}, with the anchor`);
  }
  return {
    killed,
    pruned,
    verifications,
    files: last?.files.length ?? 0,
    writers: last?.writers.length ?? 0,
  };
}

/** Sends calls in bursts, and ends the guard one way or the other. */
async function drive(guard: Spawned, random: Random, onKill: () => void): Promise<void> {
  const isKilled = random.below(2) === 0;
  const killAt = 1 + random.below(CALLS - 1);
  for (let id = 1; id <= CALLS; id += 1) {
    const text = 'x'.repeat(random.below(4000));
    guard.say({ id, method: 'tools/call', params: { name: 'echo', arguments: { text } } });
    if (random.below(4) === 0) await pause(random.below(8));
    if (isKilled && id === killAt) {
      await eventually('an answer', () => guard.lines.length > 0);
      onKill();
      process.kill(guard.pid, 'SIGKILL');
      await within('the end of a killed guard', guard.ended);
      return;
    }
  }
  await guard.answer(CALLS);
  await guard.finish();
}

/** Waits until the oldest file is so old that no guard writes to it any more, where the log is that large at all. */
async function whenPrunable(sandbox: Sandbox): Promise<void> {
  const endMs = performance.now() + 2 * AUDIT_ROTATION_GRACE_MS;
  while ((await prune(sandbox, '--dry-run')) === 0 && performance.now() < endMs) await pause(250);
}

/** Removes rotated files, as many as the log has above a size; how many that were. */
async function prune(sandbox: Sandbox, ...more: string[]): Promise<number> {
  const words = [process.execPath, builtGuard(), 'audit', 'prune', '--keep-size', '200KB', '--json', ...more];
  const spawned = sandbox.spawn(words);
  spawned.child.stdin.end();
  const { code } = await within('a removal', spawned.ended, 120_000);
  if (code !== 0) throw new Error(`guard audit prune ended with ${code}: ${spawned.stderr}`);
  return spawned.lines.length;
}

async function verify(sandbox: Sandbox, anchored: boolean, what: string): Promise<Verdict> {
  const heads = path.join(sandbox.folder, 'heads.jsonl');
  const more = anchored && fs.existsSync(heads) ? ['--anchor', heads] : [];
  const words = [process.execPath, builtGuard(), 'audit', 'verify', '--json', ...more];
  const spawned = sandbox.spawn(words);
  spawned.child.stdin.end();
  const { code } = await within('a verification', spawned.ended, 120_000);
  const text = spawned.lines.map((line) => line.toString('utf8')).join('\n');
  if (code !== 0) throw new Error(`${what}: verify ended with ${code}: ${findingsIn(text)}${spawned.stderr}`);
  return JSON.parse(text) as Verdict;
}

function findingsIn(text: string): string {
  return text.startsWith('{') ? JSON.stringify((JSON.parse(text) as Verdict).findings, null, 1) : text;
}
