import { median } from './measures.js';
import { figure, taken } from './report.js';

/** What one round of calls took at one of the two gateways. */
interface PageSide {
  readonly callsPerSecond: number;
  readonly seconds: number;
  /** Processor time of the gateway alone, all its threads. */
  readonly cpuSeconds: number;
}

/** One round at both. */
export interface PageRound {
  readonly alone: PageSide;
  readonly watched: PageSide;
}

export interface PagesFindings {
  readonly pages: number;
  /** Calls as fast as they go. */
  readonly full: readonly PageRound[];
  /** Calls at a pace at which every event to the pages is full, and that leaves guard nearly idle. */
  readonly paced: readonly PageRound[];
}

/** The pages' part of docs/performance.md. */
export function pagesReport({ pages, full, paced }: PagesFindings): string {
  const busy = (side: keyof PageRound): string =>
    percent(median(paced.map((round) => round[side].cpuSeconds / round[side].seconds)));
  const shares = paced
    .map(({ alone, watched }) => watched.cpuSeconds / watched.seconds - alone.cpuSeconds / alone.seconds)
    .toSorted((a, b) => a - b);
  const quartile = (at: number): string => percent(shares[Math.floor(shares.length * at)] ?? 0);
  const throughput = (side: keyof PageRound): number =>
    median(full.map((round) => round[side].callsPerSecond));
  const compared = throughput('watched') / throughput('alone');
  return `## Open pages of the dashboard

Written by \`npm run bench:pages\`; medians of ${paced.length} rounds, taken side by side in one run.

${taken()}

| figure | no page | ${pages} pages | difference | to reach |
| --- | ---: | ---: | ---: | ---: |
| share of a core that guard takes for calls at a steady pace | ${busy('alone')} | ${busy('watched')} | ${percent(median(shares))} | < 5 % |
| calls per second, 32 connections | ${figure(throughput('alone'))} | ${figure(throughput('watched'))} | ${percent(compared - 1)} | |

Events go to pages by the clock (twice a second, at most 50 lines) and not by the calls, so what pages cost is a share of each second, and a gateway that has a core to itself loses that share of its throughput. It is measured where it shows best: at a pace at which every event is full and guard has little else to do (half of the rounds lie between ${quartile(0.25)} and ${quartile(0.75)}). Calls per second hold also what the readers of the pages, on the same machine, take away from guard and from the clients.
`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
