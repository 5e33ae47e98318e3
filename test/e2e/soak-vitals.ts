import fs from 'node:fs';
import { residentMb } from '../bench/peer.js';
import type { Sandbox } from '../support/sandbox.js';

/** What must not grow while a service runs. */
export interface Vitals {
  readonly descriptors: number;
  /** Processes of the sandbox: the service and its servers. */
  readonly processes: number;
  readonly residentMb: number;
  /** Gauges of sessions, streams, pending calls, timers and other resources; empty where there are no metrics. */
  readonly gauges: Readonly<Record<string, number>>;
}

/** Gauges that count something held. Counters and histograms grow by their nature. */
const HELD = /session|stream|pending|waiting|in_flight|connection|active|open_fds/;

/** The vitals now; counts come from /proc and from /metrics. */
export async function vitalsOf(sandbox: Sandbox, pid: number, base: string): Promise<Vitals> {
  return {
    descriptors: fs.readdirSync(`/proc/${pid}/fd`).length,
    processes: sandbox.processes().length,
    residentMb: residentMb(pid),
    gauges: await gaugesOf(`${base}/metrics`),
  };
}

async function gaugesOf(url: string): Promise<Record<string, number>> {
  const response = await fetch(url);
  const text = await response.text();
  if (!response.ok) return {};
  const kinds = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, kind]) => [name, kind]));
  const gauges: Record<string, number> = {};
  for (const [, name = '', labels = '', value] of text.matchAll(/^([a-zA-Z_:]\w*)(\{.*\})? (\S+)$/gm)) {
    if (kinds.get(name) === 'gauge' && HELD.test(name)) gauges[name + labels] = Number(value);
  }
  return gauges;
}

/** More than before, beyond what a service may keep: a few descriptors and a few timers. */
const DESCRIPTORS_MORE = 4;
const GAUGE_MORE = 4;

/**
 * What grew between two moments of rest. `abandoned` sessions were left without a word, so that they may
 * still be there.
 */
export function grown(before: Vitals, after: Vitals, abandoned: number): string[] {
  const found: string[] = [];
  if (after.descriptors > before.descriptors + DESCRIPTORS_MORE)
    found.push(`descriptors: ${before.descriptors}, then ${after.descriptors}`);
  if (after.processes > before.processes)
    found.push(`processes: ${before.processes}, then ${after.processes}`);
  for (const [name, value] of Object.entries(after.gauges)) {
    const was = before.gauges[name] ?? 0;
    if (value > was + GAUGE_MORE + abandoned) found.push(`${name}: ${was}, then ${value}`);
  }
  return found;
}
