import type { ClientEra } from '../support/mcp-client.js';
import type { Program } from './gateway-program.js';
import type { LoadProcess } from './load-process.js';
import { median } from './measures.js';
import { residentMb } from './peer.js';

/** One figure of the two programs. */
export interface Pair {
  readonly bridge: number;
  readonly guard: number;
}

export interface EraFindings {
  readonly latencyUs: Pair;
  readonly callsPerSecond: Pair;
}

export interface GatewayFindings {
  readonly legacy: EraFindings;
  readonly modern: EraFindings;
  readonly big: { readonly ms: Pair; readonly delivered: Pair; readonly asked: number };
  readonly readyMs: Pair;
  readonly idleMb: Pair;
  readonly afterCalls: { readonly calls: number; readonly halfMb: Pair; readonly wholeMb: Pair };
}

export type Programs = Readonly<Record<keyof Pair, Program>>;
const NAMES = ['bridge', 'guard'] as const;
const CONNECTIONS = 32;
/** As many as the bench of the stdio door makes: in the first tens of thousands V8 still compiles. */
const WARM_CALLS = 40_000;

type Samples = Record<keyof Pair, number[]>;
const samples = (): Samples => ({ bridge: [], guard: [] });
const medians = ({ bridge, guard }: Samples): Pair => ({ bridge: median(bridge), guard: median(guard) });

/** Latency and throughput in several sets of fresh processes, the two asked in turn. */
export async function callFigures(
  load: LoadProcess,
  programs: Programs,
  era: ClientEra,
  sets: number,
): Promise<EraFindings> {
  const latency = samples();
  const throughput = samples();
  for (let set = 0; set < sets; set++) {
    const running = await startBoth(load, programs, era);
    for (const name of NAMES) await load.tell({ op: 'throughput', name, count: WARM_CALLS });
    for (let round = 0; round < 4; round++) {
      for (const name of NAMES) {
        latency[name].push((await load.tell({ op: 'latency', name, count: 500 })).value);
      }
      for (const name of NAMES) {
        throughput[name].push((await load.tell({ op: 'throughput', name, count: 4000 })).value);
      }
    }
    await running.close();
  }
  return { latencyUs: medians(latency), callsPerSecond: medians(throughput) };
}

/** Results of 8 MB, in the older era's sessions. */
export async function bigResults(
  load: LoadProcess,
  programs: Programs,
  asked: number,
): Promise<GatewayFindings['big']> {
  const running = await startBoth(load, programs, 'legacy');
  const ms = samples();
  const delivered = { bridge: 0, guard: 0 };
  for (let done = 0; done < asked; done += 5) {
    for (const name of NAMES) {
      const reply = await load.tell({ op: 'big', name, count: 5 });
      ms[name].push(reply.value);
      delivered[name] += reply.delivered;
    }
  }
  await running.close();
  return { ms: medians(ms), delivered, asked };
}

/** Milliseconds from starting the program to the first list of tools at a client. */
export async function readyTime(load: LoadProcess, programs: Programs, rounds: number): Promise<Pair> {
  const times = samples();
  for (let round = 0; round < rounds; round++) {
    for (const name of NAMES) {
      const begin = performance.now();
      const program = await programs[name]('legacy');
      await load.tell({ op: 'ready', url: program.url });
      times[name].push(performance.now() - begin);
      await program.close();
    }
  }
  return medians(times);
}

/** Memory of the program itself, without its server: idle, and after many calls. */
export async function memory(
  load: LoadProcess,
  programs: Programs,
  calls: number,
): Promise<Pick<GatewayFindings, 'idleMb' | 'afterCalls'>> {
  const running = await startBoth(load, programs, 'legacy');
  const resident = async (): Promise<Pair> => {
    await quiet(2000);
    return { bridge: residentMb(running.pids.bridge), guard: residentMb(running.pids.guard) };
  };
  const idleMb = await resident();
  for (const name of NAMES) await load.tell({ op: 'throughput', name, count: calls / 2 });
  const halfMb = await resident();
  for (const name of NAMES) await load.tell({ op: 'throughput', name, count: calls / 2 });
  const wholeMb = await resident();
  await running.close();
  return { idleMb, afterCalls: { calls, halfMb, wholeMb } };
}

async function startBoth(
  load: LoadProcess,
  programs: Programs,
  era: ClientEra,
): Promise<{ readonly pids: Pair; close(): Promise<void> }> {
  const started = { bridge: await programs.bridge(era), guard: await programs.guard(era) };
  for (const name of NAMES) {
    await untilOpen(load, { name, url: started[name].url, era });
  }
  return {
    pids: { bridge: started.bridge.pid, guard: started.guard.pid },
    close: async () => {
      for (const name of NAMES) {
        await load.tell({ op: 'close', name });
        await started[name].close();
      }
    },
  };
}

/** Opens the connections once somebody listens. */
async function untilOpen(
  load: LoadProcess,
  to: { readonly name: string; readonly url: string; readonly era: ClientEra },
): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await load.tell({ op: 'open', ...to, connections: CONNECTIONS });
      await load.tell({ op: 'latency', name: to.name, count: 1 });
      return;
    } catch (error) {
      if (attempt > 200) throw error;
      await quiet(50);
    }
  }
}

function quiet(timeMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, timeMs);
  });
}
