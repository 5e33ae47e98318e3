import type { GatewayFindings, Pair } from './gateway-measures.js';
import { figure, ratio, taken } from './report.js';

/** The gateway's part of docs/performance.md: the figures, how they were taken, and what they should be. */
export function gatewayReport(findings: GatewayFindings): string {
  const { legacy, modern, big, readyMs, idleMb, afterCalls } = findings;
  const { calls, halfMb, wholeMb } = afterCalls;
  const times = (title: string, pair: Pair, goal: string): string =>
    row(title, pair, ratio(pair.guard, pair.bridge), goal);
  const growth = (wholeMb.guard - halfMb.guard).toFixed(1);
  return `## The gateway

Written by \`npm run bench:gateway\`; every figure is a median, taken side by side in one run.

${taken()}

| figure | bridge | guard serve | guard : bridge | to reach |
| --- | ---: | ---: | ---: | ---: |
${[
  times('median round trip of one call, older era in a session, µs', legacy.latencyUs, '≤ 1.25'),
  times('median round trip of one call, newer era, µs', modern.latencyUs, '≤ 1.25'),
  times('calls per second, 32 connections, older era', legacy.callsPerSecond, '≥ 0.55'),
  times('calls per second, 32 connections, newer era', modern.callsPerSecond, '≥ 0.55'),
  row(`results of 8 MB delivered of ${big.asked}`, big.delivered, '', `${big.asked}`),
  times('one result of 8 MB, ms', big.ms, ''),
  times('start to the first list of tools at a client, ms', readyMs, '≤ 1.6'),
  row('resident memory when idle, MB', idleMb, '', '< 90'),
  row(`resident memory after ${calls.toLocaleString('en-US')} calls, MB`, wholeMb, '', '< 160'),
].join('\n')}

In the second half of those calls the memory of guard changed by ${growth} MB (to reach: not growing).

- **bridge**: what one would write in an afternoon (\`test/bench/bridge.js\`): \`node:http\` with kept-alive connections in front of one stdio server; it parses, maps ids, and judges and records nothing.
- **guard serve**: the built program with a policy of 50 rules and the audit log on, both at their defaults, one server of the same kind in front of which it stands, started with it.

Both run at the same time and are asked in turn by a third process over 32 kept-alive connections, each with a session of its own in the older era. Calls are timed after a warm-up of 40,000, as in the bench of the stdio door, in several sets of fresh processes. The server (\`test/fixtures/servers/fast-echo.js\`) costs next to nothing. Memory is that of the program without its server.
`;
}

function row(title: string, pair: Pair, compared: string, goal: string): string {
  return `| ${title} | ${figure(pair.bridge)} | ${figure(pair.guard)} | ${compared} | ${goal} |`;
}
