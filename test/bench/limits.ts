import path from 'node:path';
import { median, pipelined, sequentialUs } from './measures.js';
import { Peer } from './peer.js';

export interface LimitFindings {
  /** Records in the ledger behind the limited calls. */
  readonly records: number;
  /** Median round trips in microseconds: of a call that no rule counts, of one that a rule counts. */
  readonly callUs: Pair;
  /** Milliseconds from starting guard to the answer to `initialize`, with an empty ledger and with the filled one. */
  readonly start: Pair;
  /** Milliseconds of the first limited call of a process, which reads the ledger. */
  readonly firstCall: Pair;
}

/** The medians of two figures that were taken in turn, and that of their differences. */
export interface Pair {
  readonly without: number;
  readonly behind: number;
  readonly difference: number;
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
  const samples = { without: row(), behind: row() };
  for (let set = 0; set < input.sets; set++) {
    const free = new Peer(freeWords, empty);
    const limited = new Peer(limitedWords, filled);
    for (const peer of [free, limited]) {
      await peer.initialize();
      await sequentialUs(peer, WARM_CALLS);
    }
    for (let round = 0; round < 8; round++) {
      samples.without.push(await sequentialUs(free, 250));
      samples.behind.push(await sequentialUs(limited, 250));
    }
    await free.close();
    await limited.close();
  }
  return { records, callUs: pairOf(samples), ...starts };
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
  const start = { without: row(), behind: row() };
  const firstCall = { without: row(), behind: row() };
  for (let round = 0; round < rounds; round++) {
    const pair = [
      ['without', empty],
      ['behind', filled],
    ] as const;
    // Who starts second finds the machine warmer: they take turns.
    for (const [side, env] of round % 2 === 0 ? pair : pair.toReversed()) {
      const begin = performance.now();
      const peer = new Peer(words, env);
      await peer.initialize();
      const started = performance.now();
      start[side].push(started - begin);
      await peer.call('read_file');
      firstCall[side].push(performance.now() - started);
      await peer.close();
    }
  }
  return { start: pairOf(start), firstCall: pairOf(firstCall) };
}

/** Both sides and their differences. */
export function pairOf({ without, behind }: Readonly<Record<'without' | 'behind', readonly number[]>>): Pair {
  const differences = behind.map((value, index) => value - (without[index] ?? value));
  return { without: median(without), behind: median(behind), difference: median(differences) };
}

function row(): number[] {
  return [];
}
