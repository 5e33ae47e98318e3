import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { heldCalls } from './approvals.js';
import { type ChainFindings, chainCosts } from './chain.js';
import { limitedCalls, type LimitFindings } from './limits.js';
import { bigResultMs, idleMb, median, pipelined, sequentialUs, startMs } from './measures.js';
import { Peer, residentMb } from './peer.js';
import { writeSections } from './performance-page.js';
import { partOf, report, type Findings, type Row } from './report.js';

/**
 * Measures guard against the same server alone and behind a bare relay, all three side by side in
 * one run, and writes docs/performance.md. `--quick` makes fewer rounds, for a look, and writes nothing;
 * `--limits` measures the part about limits alone, `--chain` that about the chain.
 */
const HERE = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.dirname(path.dirname(HERE));
const quick = process.argv.includes('--quick');
const rounds = (full: number): number => (quick ? Math.max(3, Math.round(full / 4)) : full);

const folder = mkdtempSync(path.join(tmpdir(), 'guard-bench-'));
const server = [process.execPath, path.join(HERE, 'server.js')];

function policy(name: string, rules: number, more = ''): string {
  const lines = Array.from(
    { length: rules },
    (_, index) =>
      `    - { name: rule-${index}, match: { tool: 'other_${index}_*', input: { '$.path': { glob: '/etc/*' } } }, action: deny }`,
  );
  const file = path.join(folder, name);
  writeFileSync(file, `version: '1'\npolicies:\n  default: allow\n  rules:\n${lines.join('\n')}\n${more}`, {
    mode: 0o600,
  });
  return file;
}

function guardWords(config: string, { root = ROOT, log = path.basename(config) } = {}): string[] {
  return [
    process.execPath,
    path.join(root, 'bin/guard.js'),
    '--config',
    config,
    '--audit',
    path.join(folder, `${log}.jsonl`),
    '--',
    ...server,
  ];
}

const fifty = policy('fifty.yaml', 50);
const asking = policy(
  'asking.yaml',
  50,
  '    - { name: ask, match: { tool: hold }, action: require_approval, approval: { timeout: 1h } }\n',
);
const counting = policy(
  'counting.yaml',
  50,
  '    - { name: count, match: { tool: read_file }, action: rate_limit, limits: { max_calls: 1000000000, window: 24h } }\n',
);
const programs = {
  direct: server,
  bare: [process.execPath, path.join(HERE, 'bare-relay.js'), path.join(folder, 'bare.jsonl'), ...server],
  guard: guardWords(fifty),
};
type Program = keyof typeof programs;
const names = Object.keys(programs) as Program[];
const row = (): Record<Program, number[]> => ({ direct: [], bare: [], guard: [] });
const medians = (samples: Record<Program, number[]>): Row => ({
  direct: median(samples.direct),
  bare: median(samples.bare),
  guard: median(samples.guard),
});

async function starts(): Promise<Row> {
  const samples = row();
  for (let round = 0; round < rounds(21); round++) {
    for (const name of names) samples[name].push(await startMs(programs[name]));
  }
  return medians(samples);
}

async function idle(): Promise<Row> {
  const samples = row();
  for (let round = 0; round < rounds(5); round++) {
    for (const name of names) samples[name].push(await idleMb(programs[name]));
  }
  return medians(samples);
}

interface Samples {
  readonly sequential: Record<Program, number[]>;
  readonly throughput: Record<Program, number[]>;
  readonly cpu: Record<Program, number[]>;
  readonly big: Record<Program, number[]>;
  readonly peak: Record<Program, number[]>;
}

/** Calls before anything is timed: what lasts for a session is measured, not what the compiler does at its start. */
const WARM_CALLS = 40_000;

/** Several sets of fresh processes: where the system places a process lasts as long as it does. */
async function calls(): Promise<
  Omit<Findings, 'startMs' | 'idleMb' | 'manyRules' | 'held' | 'limits' | 'chain'>
> {
  const samples: Samples = { sequential: row(), throughput: row(), cpu: row(), big: row(), peak: row() };
  for (let set = 0; set < rounds(8); set++) await callsOfSet(samples);
  return {
    sequentialUs: medians(samples.sequential),
    callsPerSecond: medians(samples.throughput),
    cpuMsPer10k: medians(samples.cpu),
    bigResultMs: medians(samples.big),
    peakMb: medians(samples.peak),
  };
}

async function callsOfSet({ sequential, throughput, cpu, big, peak }: Samples): Promise<void> {
  const peers = {
    direct: new Peer(programs.direct),
    bare: new Peer(programs.bare),
    guard: new Peer(programs.guard),
  };
  for (const name of names) {
    await peers[name].initialize();
    await pipelined(peers[name], WARM_CALLS);
    await sequentialUs(peers[name], WARM_CALLS / 10);
  }
  for (let round = 0; round < 8; round++) {
    for (const name of names) sequential[name].push(await sequentialUs(peers[name], 500));
  }
  for (let round = 0; round < 4; round++) {
    for (const name of names) {
      const { callsPerSecond, cpuMsPer10k } = await pipelined(peers[name], 8000);
      throughput[name].push(callsPerSecond);
      cpu[name].push(cpuMsPer10k);
    }
  }
  for (let round = 0; round < 5; round++) {
    for (const name of names) big[name].push(await bigResultMs(peers[name]));
  }
  for (const name of names) {
    peak[name].push(residentMb(peers[name].pid, 'VmHWM'));
    await peers[name].close();
  }
}

async function manyRules(): Promise<Findings['manyRules']> {
  const manyWords = guardWords(policy('many.yaml', 10_000));
  const samples: { few: number[]; many: number[] } = { few: [], many: [] };
  for (let set = 0; set < rounds(8); set++) {
    const few = new Peer(guardWords(fifty));
    const many = new Peer(manyWords);
    for (const peer of [few, many]) {
      await peer.initialize();
      await sequentialUs(peer, 1000);
    }
    for (let round = 0; round < 6; round++) {
      samples.few.push(await sequentialUs(few, 250));
      samples.many.push(await sequentialUs(many, 250));
    }
    await few.close();
    await many.close();
  }
  return { fewUs: median(samples.few), manyUs: median(samples.many) };
}

function limits(): Promise<LimitFindings> {
  return limitedCalls({
    freeWords: guardWords(fifty),
    limitedWords: guardWords(counting),
    stateDir: path.join(folder, 'limits'),
    records: 100_000,
    sets: rounds(8),
    starts: rounds(21),
  });
}

function chain(): Promise<ChainFindings> {
  return chainCosts({
    guardWords: (root, log) => guardWords(fifty, { root, log }),
    folder,
    batches: rounds(200),
    sets: rounds(8),
  });
}

const isPart = (name: string): boolean => process.argv.includes(`--${name}`);
if (isPart('limits') || isPart('chain')) {
  const part = isPart('limits') ? { limits: await limits() } : { chain: await chain() };
  const measured = partOf(part);
  console.log(measured);
  if (!quick) writeSections(measured);
  rmSync(folder, { recursive: true, force: true });
  process.exit();
}
const findings: Findings = {
  startMs: await starts(),
  idleMb: await idle(),
  ...(await calls()),
  manyRules: await manyRules(),
  held: await heldCalls(guardWords(asking), path.join(folder, 'state'), 1000),
  limits: await limits(),
  chain: await chain(),
};
const text = report(findings);
console.log(text);
if (!quick) writeSections(text);
rmSync(folder, { recursive: true, force: true });
