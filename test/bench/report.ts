import type { HeldFindings } from './approvals.js';
import type { ChainFindings } from './chain.js';
import type { LimitFindings, Pair } from './limits.js';
import { cpus, release, totalmem, type } from 'node:os';

/** One figure of the three programs: the server alone, behind the bare relay, behind guard. */
export interface Row {
  readonly direct: number;
  readonly bare: number;
  readonly guard: number;
}

export interface Findings {
  readonly startMs: Row;
  readonly idleMb: Row;
  readonly sequentialUs: Row;
  readonly callsPerSecond: Row;
  readonly cpuMsPer10k: Row;
  readonly bigResultMs: Row;
  readonly peakMb: Row;
  readonly manyRules: { readonly fewUs: number; readonly manyUs: number };
  readonly held: HeldFindings;
  readonly limits: LimitFindings;
  readonly chain: ChainFindings;
}

/** docs/performance.md: the figures, how they were taken, and what they should be. */
export function report(findings: Findings): string {
  const { startMs, idleMb, sequentialUs, callsPerSecond, cpuMsPer10k, bigResultMs, peakMb, manyRules, held } =
    findings;
  const rows = [
    line('start to `initialize` answered, ms', startMs, ratio(startMs.guard, startMs.bare), '≤ 1.25'),
    line(
      'median round trip of one call after the other, µs',
      sequentialUs,
      ratio(sequentialUs.guard, sequentialUs.bare),
      '≤ 1.15',
    ),
    line(
      'calls per second, 64 in flight',
      callsPerSecond,
      ratio(callsPerSecond.guard, callsPerSecond.bare),
      '≥ 1.5',
    ),
    line(
      'CPU of the relay for 10,000 of them, ms',
      cpuMsPer10k,
      ratio(cpuMsPer10k.guard, cpuMsPer10k.bare),
      '≤ 1.0',
    ),
    line(
      'one result of 8 MB, ms',
      bigResultMs,
      `${ratio(bigResultMs.bare, bigResultMs.guard)} times as fast`,
      '≥ 1.3 times',
    ),
    line(
      'resident memory when idle, MB',
      idleMb,
      `+${(idleMb.guard - idleMb.bare).toFixed(1)} MB`,
      '≤ +12 MB',
    ),
    line(
      'peak memory after all of the above, MB',
      peakMb,
      `${signed(peakMb.guard - peakMb.bare)} MB`,
      '≤ +40 MB',
    ),
  ];
  const more = ((manyRules.manyUs / manyRules.fewUs - 1) * 100).toFixed(1);
  return `# Performance

Written by \`npm run bench\`; every figure is a median, taken side by side in one run.

${taken()}

| figure | server alone | bare relay | guard | guard : bare relay | to reach |
| --- | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}

With 10,000 rules that match other tools instead of 50, the median call takes ${manyRules.manyUs.toFixed(1)} µs instead of ${manyRules.fewUs.toFixed(1)} µs: ${more} % more (to reach: less than 5 %).

## Held calls

| figure | guard | to reach |
| --- | ---: | ---: |
| memory for ${held.held.toLocaleString('en-US')} calls held at one time, MB | ${held.heldMb.toFixed(1)} | ≤ 40 |
| answer to applied answer with all of them held, ms | ${held.applyMs.toFixed(1)} | ≤ 100 |
| answer in another process to the server's answer at the client, ms | ${held.releaseMs.toFixed(1)} | < 50 |

${limitsSection(findings.limits)}
${chainSection(findings.chain)}
## What is compared

- **server alone**: a server that costs next to nothing (\`test/bench/server.js\`), so that what is measured is what stands in front of it.
- **bare relay**: the relay that one would write in an afternoon (\`test/bench/bare-relay.js\`). It parses each line, writes the same bytes on, and appends one JSON line per call and per result with \`writeSync\`. It judges nothing.
- **guard**: the built program with a policy of 50 rules and the audit log on, both at their defaults.

All three run at the same time and are asked in turn, so that what else the machine does falls on all of them. Calls are timed after a warm-up of 40,000 pipelined and 4,000 sequential ones, in each of several sets of fresh processes. Each call has three arguments, one of them a path, which self-protection resolves.
`;
}

function limitsSection({ records, callUs, start, firstCall }: LimitFindings): string {
  return `## Limits

With a ledger of ${records.toLocaleString('en-US')} records behind it, all of them in the pot that the call draws on. Both sides are measured in turn; the difference is the median of the differences.

| figure | without | with | difference | to reach |
| --- | ---: | ---: | ---: | ---: |
${pairLine('median round trip of a call, without a limit and with one, µs', callUs, '≤ +60')}
${pairLine('start to `initialize` answered, with an empty ledger and with this one, ms', start, '≤ +50')}
${pairLine('first limited call of a process, which reads the ledger, ms', firstCall, '≤ +50')}
`;
}

function chainSection({ records, recordUs, callsPerSecond, sharePercent }: ChainFindings): string {
  return `## The chain of the audit log

What it costs that each record names the hash of the one before it and that checkpoints are signed: against the same records, or the same guard, without (\`test/bench/unchained-log.ts\`). Both sides are measured in turn; the difference is the median of the differences.

| figure | without | with | difference | to reach |
| --- | ---: | ---: | ---: | ---: |
| one record appended, of ${records.toLocaleString('en-US')}, µs | ${recordUs.without.toFixed(2)} | ${recordUs.behind.toFixed(2)} | ${signed(recordUs.difference, 2)} | ≤ +15 |
| calls per second, 64 in flight | ${Math.round(callsPerSecond.without).toLocaleString('en-US')} | ${Math.round(callsPerSecond.behind).toLocaleString('en-US')} | ${signed(sharePercent)} % | ≥ −5 % |
`;
}

/** The part about limits or the chain alone. */
export function partOf(part: { limits: LimitFindings } | { chain: ChainFindings }): string {
  return 'limits' in part ? limitsSection(part.limits) : chainSection(part.chain);
}

function pairLine(title: string, { without, behind, difference }: Pair, goal: string): string {
  return `| ${title} | ${figure(without)} | ${figure(behind)} | ${signed(difference)} | ${goal} |`;
}

/** Where and when the figures were taken. */
export function taken(): string {
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  const date = new Date().toISOString().slice(0, 10);
  return `Machine: ${machine}, ${type()} ${release()}, Node ${process.versions.node}. Date: ${date}.`;
}

function line(title: string, row: Row, compared: string, goal: string): string {
  return `| ${title} | ${figure(row.direct)} | ${figure(row.bare)} | ${figure(row.guard)} | ${compared} | ${goal} |`;
}

export function figure(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString('en-US') : value.toFixed(1);
}

export function ratio(a: number, b: number): string {
  return (a / b).toFixed(2);
}

function signed(value: number, digits = 1): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;
}
