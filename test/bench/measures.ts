import { cpuMs, Peer, residentMb } from './peer.js';

/** Milliseconds from starting the program to the answer to `initialize`. */
export async function startMs(words: readonly string[]): Promise<number> {
  const begin = performance.now();
  const peer = new Peer(words);
  await peer.initialize();
  const elapsed = performance.now() - begin;
  await peer.close();
  return elapsed;
}

/** Median round trip of `count` calls, one after the other, in microseconds. */
export async function sequentialUs(peer: Peer, count: number): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const begin = performance.now();
    await peer.call('read_file');
    times.push((performance.now() - begin) * 1000);
  }
  return median(times);
}

export interface Pipelined {
  readonly callsPerSecond: number;
  /** CPU of the relay alone. */
  readonly cpuMsPer10k: number;
}

/** Throughput and the relay's CPU with 64 calls in flight. */
export async function pipelined(peer: Peer, count: number): Promise<Pipelined> {
  const cpu = cpuMs(peer.pid);
  const begin = performance.now();
  let left = count;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await peer.call('read_file');
    }
  };
  await Promise.all(Array.from({ length: 64 }, worker));
  const elapsed = performance.now() - begin;
  return {
    callsPerSecond: (count / elapsed) * 1000,
    cpuMsPer10k: ((cpuMs(peer.pid) - cpu) / count) * 10_000,
  };
}

/** Milliseconds for one call whose result is 8 MB. */
export async function bigResultMs(peer: Peer): Promise<number> {
  const begin = performance.now();
  await peer.call('big');
  return performance.now() - begin;
}

/** Resident MB after start and a second of quiet. */
export async function idleMb(words: readonly string[]): Promise<number> {
  const peer = new Peer(words);
  await peer.initialize();
  await new Promise((resolve) => {
    setTimeout(resolve, 1000);
  });
  const resident = residentMb(peer.pid);
  await peer.close();
  return resident;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
