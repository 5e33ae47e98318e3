import { APPROVAL_ROUND_MS } from '../platform/bounds.js';
import { compileGlob } from '../platform/glob.js';

/** What is known of a client's patience with one call. */
export interface CallerFacts {
  /** The name that the client gives itself. */
  readonly client: string | undefined;
  /** Whether the call carries a progress token, so that guard can show that it still works on it. */
  readonly progress: boolean;
  /** Whether the call may be answered by `input_required`. */
  readonly rounds: boolean;
}

/** How long calls of a client may wait, in milliseconds, by a glob over the client's name. First match counts. */
export type WaitingTimes = readonly (readonly [client: string, waitMs: number])[];

/** Without a progress token: below the 60 s of most clients, with room for a slow start. */
const SILENT_MS = 45_000;
/** With one, of a client that is not known to start its clock again. */
const UNKNOWN_MS = 55_000;

/**
 * Clients whose patience with progress was measured (reset by progress, or a long limit of their
 * own). A name alone never makes a wait longer: without a progress token SILENT_MS holds.
 */
const PATIENT: WaitingTimes = [
  ['claude-code*', 1_500_000],
  ['codex*', 290_000],
  ['gemini*', 590_000],
  ['*copilot*', Number.POSITIVE_INFINITY],
  ['qwen*', Number.POSITIVE_INFINITY],
  ['opencode*', Number.POSITIVE_INFINITY],
  ['kilo*', Number.POSITIVE_INFINITY],
  ['Visual Studio Code*', Number.POSITIVE_INFINITY],
];

/**
 * How long this call may be kept waiting before its client must hear something, in milliseconds.
 * Config counts before what is known of clients.
 */
export function waitingMs(facts: CallerFacts, configured: WaitingTimes): number {
  const asked = timeOf(facts.client ?? '', configured);
  if (facts.rounds) return Math.min(APPROVAL_ROUND_MS, asked ?? APPROVAL_ROUND_MS);
  if (asked !== undefined) return asked;
  return facts.progress ? (timeOf(facts.client ?? '', PATIENT) ?? UNKNOWN_MS) : SILENT_MS;
}

function timeOf(client: string, times: WaitingTimes): number | undefined {
  return times.find(([glob]) => compileGlob(glob).matches(client))?.[1];
}
