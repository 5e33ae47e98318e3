import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { createRecordEncoder } from '../../src/audit/encode.js';
import { openFileSink } from '../../src/audit/file-sink.js';
import { SignedChain } from '../../src/audit/signed-chain.js';
import { openSigningKey } from '../../src/audit/signing-key.js';
import { type RecordLog, WriterChain } from '../../src/audit/writer-chain.js';
import { AUDIT_CHECKPOINT_RECORDS } from '../../src/platform/bounds.js';
import { systemClock } from '../../src/platform/clock.js';
import { ROOT } from '../support/built-guard.js';
import { decisionFields } from '../audit/lines.js';
import { type Pair, pairOf } from './limits.js';
import { median, pipelined, sequentialUs } from './measures.js';
import { Peer } from './peer.js';
import { WriterChain as UnchainedLog } from './unchained-log.js';

export interface ChainFindings {
  /** Records that were appended on each side. */
  readonly records: number;
  /** Median microseconds of one record, encoded, staged and written. */
  readonly recordUs: Pair;
  readonly callsPerSecond: Pair;
  /** What the chain takes of the throughput: the median of what each pair lost, in per cent, below zero for a loss. */
  readonly sharePercent: number;
}

export interface ChainInput {
  /** Starts the guard below a folder, with a log of its own. */
  readonly guardWords: (root: string, log: string) => readonly string[];
  /** For logs, a key and a build of guard. */
  readonly folder: string;
  readonly batches: number;
  readonly sets: number;
}

/** Compares records and calls with the chain to the same without. */
export async function chainCosts(input: ChainInput): Promise<ChainFindings> {
  return {
    records: input.batches * AUDIT_CHECKPOINT_RECORDS,
    recordUs: appended(input),
    ...(await relayed(input)),
  };
}

/** Each batch is as many records as a checkpoint follows. */
function appended({ folder, batches }: ChainInput): Pair {
  const clock = systemClock();
  const constants = { writer: 'bench', upstream: 'files', session: 's', agent: 'claude' };
  const encoder = createRecordEncoder({ ...constants, client: 'bench 1', era: '2025-11-25' });
  const sink = (name: string): ReturnType<typeof openFileSink> =>
    openFileSink({ path: path.join(folder, `${name}.jsonl`), fsync: 'off', clock });
  const chained = new SignedChain({
    chain: new WriterChain(sink('with'), clock, constants),
    clock,
    diagnostics: { repeated: () => undefined },
    openKey: () => openSigningKey(path.join(folder, 'keys', 'audit.pem')),
  });
  const unchained = new UnchainedLog(sink('without'));
  const batchUs = (log: RecordLog, finish: () => void): number => {
    const begin = performance.now();
    for (let index = 0; index < AUDIT_CHECKPOINT_RECORDS; index += 1) {
      log.stage(encoder.decision(clock.timestamp(), decisionFields(`bench-${index}`)));
      log.commit();
    }
    finish();
    return ((performance.now() - begin) * 1000) / AUDIT_CHECKPOINT_RECORDS;
  };
  const samples = { without: [] as number[], behind: [] as number[] };
  for (let batch = -WARM_BATCHES; batch < batches; batch += 1) {
    const without = batchUs(unchained, () => undefined);
    const behind = batchUs(chained, () => chained.checkpointNow());
    if (batch < 0) continue;
    samples.without.push(without);
    samples.behind.push(behind);
  }
  chained.close();
  unchained.close();
  return pairOf(samples);
}

const WARM_BATCHES = 20;

/** The built guard beside one that was built without the chain. */
async function relayed({
  guardWords,
  folder,
  sets,
}: ChainInput): Promise<Pick<ChainFindings, 'callsPerSecond' | 'sharePercent'>> {
  const root = path.join(folder, 'unchained');
  mkdirSync(root);
  execFileSync(process.execPath, [path.join(ROOT, 'scripts/build.js'), '--unchained', root]);
  for (const part of ['bin', 'package.json']) {
    cpSync(path.join(ROOT, part), path.join(root, part), { recursive: true });
  }
  const samples = { without: [] as number[], behind: [] as number[] };
  for (let set = 0; set < sets; set += 1) {
    const without = new Peer(guardWords(root, 'unchained'));
    const behind = new Peer(guardWords(ROOT, 'chained'));
    for (const peer of [without, behind]) {
      await peer.initialize();
      await pipelined(peer, WARM_CALLS);
      await sequentialUs(peer, WARM_CALLS / 10);
    }
    for (let round = 0; round < ROUNDS; round += 1) {
      samples.without.push((await pipelined(without, CALLS)).callsPerSecond);
      samples.behind.push((await pipelined(behind, CALLS)).callsPerSecond);
    }
    await without.close();
    await behind.close();
  }
  const shares = samples.behind.map((value, index) => (value / (samples.without[index] ?? value) - 1) * 100);
  return { callsPerSecond: pairOf(samples), sharePercent: median(shares) };
}

/** As for the other figures: what lasts for a session is measured. */
const WARM_CALLS = 40_000;
const CALLS = 8000;
const ROUNDS = 6;
