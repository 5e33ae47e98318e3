import path from 'node:path';
import { median, pipelined, sequentialUs } from './measures.js';
import { Peer } from './peer.js';

export interface LimitFindings {
  /** Records in the ledger behind the limited calls. */
  readonly records: number;
  /** Median round trip of a call that no rule counts, in microseconds. */
  readonly freeUs: number;
  /** The same of a call that a rule counts, with the ledger behind it. */
  readonly limitedUs: number;
  /** Milliseconds from starting guard to the answer to `initialize`, with an empty ledger and with the filled one. */
  readonly start: Pair;
  /** The same to the answer to the first limited call, which reads the ledger. */
  readonly firstCall: Pair;
}

interface Pair {
  readonly emptyMs: number;
  readonly filledMs: number;
}

export interface LimitsInput {
  /** Starts guard with a policy that counts nothing. */
  readonly freeWords: readonly string[];
  /** Starts it with one that counts each call, and never refuses one. */
  readonly limitedWords: readonly string[];
  /** A folder for ledgers. */
  readonly stateDir: string;
  /** A call leaves two records: what it drew, and how it ended. */
  readonly records: number;
  readonly sets: number;
  readonly starts: number;
}

/** Compares limited calls with the same calls without a limit, and a start with many records behind it with one without. */
export async function limitedCalls(input: LimitsInput): Promise<LimitFindings> {
  const { freeWords, limitedWords, stateDir, records } = input;
  const empty = stateIn(path.join(stateDir, 'empty'));
  const filled = stateIn(path.join(stateDir, 'filled'));
  const filler = new Peer(limitedWords, filled);
  await filler.initialize();
  await pipelined(filler, records / 2);
  await filler.close();
  const starts = await startTimes(limitedWords, empty, filled, input.starts);
  const samples: { readonly free: number[]; readonly limited: number[] } = { free: [], limited: [] };
  for (let set = 0; set < input.sets; set++) {
    const free = new Peer(freeWords, empty);
    const limited = new Peer(limitedWords, filled);
    for (const peer of [free, limited]) {
      await peer.initialize();
      await sequentialUs(peer, WARM_CALLS);
    }
    for (let round = 0; round < 8; round++) {
      samples.free.push(await sequentialUs(free, 250));
      samples.limited.push(await sequentialUs(limited, 250));
    }
    await free.close();
    await limited.close();
  }
  return { records, freeUs: median(samples.free), limitedUs: median(samples.limited), ...starts };
}

const WARM_CALLS = 4000;

function stateIn(folder: string): NodeJS.ProcessEnv {
  return { ...process.env, XDG_STATE_HOME: folder };
}

async function startTimes(
  words: readonly string[],
  empty: NodeJS.ProcessEnv,
  filled: NodeJS.ProcessEnv,
  rounds: number,
): Promise<Pick<LimitFindings, 'start' | 'firstCall'>> {
  const times = { empty: { start: row(), firstCall: row() }, filled: { start: row(), firstCall: row() } };
  for (let round = 0; round < rounds; round++) {
    for (const [samples, env] of [
      [times.empty, empty],
      [times.filled, filled],
    ] as const) {
      const begin = performance.now();
      const peer = new Peer(words, env);
      await peer.initialize();
      samples.start.push(performance.now() - begin);
      await peer.call('read_file');
      samples.firstCall.push(performance.now() - begin);
      await peer.close();
    }
  }
  const { empty: without, filled: behind } = times;
  return {
    start: { emptyMs: median(without.start), filledMs: median(behind.start) },
    firstCall: { emptyMs: median(without.firstCall), filledMs: median(behind.firstCall) },
  };
}

function row(): number[] {
  return [];
}
