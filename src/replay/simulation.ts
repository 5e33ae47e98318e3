import type { AuditRecord, EventRecord, OutcomeRecord, RecordResult } from '../audit/record.js';
import { watchedTools } from '../limits/prerequisites.js';
import type { Charge } from '../pipeline/ruling.js';
import {
  LEDGER_POTS_MAX,
  PAID_ROUND_MS_MAX,
  PAID_ROUNDS_MAX,
  REPLAY_OPEN_CALLS_MAX,
} from '../platform/bounds.js';
import { isJsonObject, member } from '../platform/json.js';
import { mayProve, outlook } from './outlook.js';
import { callKey, readRecordedCall, type RecordedCall } from './recorded-call.js';
import { createStage, type Played, type StagedPolicy } from './stage.js';
import { type Period, type SimulationResult, Tally } from './tally.js';

/** A replay of an audit log under another policy. Records come in the order of the log. */
export interface Simulation {
  push(record: AuditRecord): void;
  result(): SimulationResult;
}

interface OpenCall {
  readonly call: RecordedCall;
  readonly played: Played;
}

/** A simulation that has seen nothing. */
export function createSimulation(staged: StagedPolicy, period: Period): Simulation {
  return new Replay(staged, period);
}

class Replay implements Simulation {
  readonly #staged: StagedPolicy;
  readonly #stage;
  readonly #watched;
  readonly #open = new Map<string, OpenCall>();
  /** Calls that were decided and never played: what is known of them ends with their outcome. */
  readonly #doubted = new Map<string, RecordedCall>();
  /** Sessions in which something that was not played may have been what a later call requires. */
  readonly #doubtfulSessions = new Set<string>();
  readonly #rounds = new Map<string, { readonly charge: Charge; readonly atMs: number }>();
  readonly #tally: Tally;

  constructor(staged: StagedPolicy, period: Period) {
    // Guard's own files are protected whatever a policy file says, so that is no matter of this one.
    this.#staged = { ...staged, policy: { ...staged.policy, protection: undefined } };
    this.#tally = new Tally(this.#staged.policy, period);
    this.#stage = createStage(this.#staged);
    this.#watched = watchedTools(staged.policy);
  }

  push(record: AuditRecord): void {
    if (record.type === 'outcome') this.#end(record);
    else if (record.type === 'event') this.#happen(record);
    if (record.type !== 'decision') return;
    const read = readRecordedCall(record);
    if (read.kind === 'call') this.#decide(read.call);
    else if (read.kind === 'set-aside') this.#tally.setAside(Date.parse(record.ts), read.why);
  }

  result(): SimulationResult {
    return this.#tally.result();
  }

  #decide(call: RecordedCall): void {
    // A call that was held is decided twice; it was played when it came.
    if (this.#open.has(call.key) || this.#doubted.has(call.key)) return;
    const { subject, gaps, atMs } = call;
    const view = outlook(this.#staged, subject, gaps);
    if (view.kind === 'undecidable') {
      bounded(this.#doubted, call.key, call, REPLAY_OPEN_CALLS_MAX);
      this.#tally.undecidable(call, view.missed);
      return;
    }
    if (mayProve(this.#staged.evidence, subject, gaps)) this.#doubt(subject.session);
    const played = this.#stage.play(subject, { atMs, approved: true, paid: this.#paidFor(call) });
    bounded(this.#open, call.key, { call, played }, REPLAY_OPEN_CALLS_MAX);
    if (LACKING.has(played.reason) && this.#doubtfulSessions.has(subject.session ?? '')) {
      this.#tally.undecidable(call, ['whether an earlier call that it requires succeeds cannot be told']);
      return;
    }
    this.#tally.decided(call, played);
  }

  #end(record: OutcomeRecord): void {
    const key = callKey(record);
    const atMs = Date.parse(record.ts);
    const doubted = this.#doubted.get(key);
    if (doubted !== undefined) {
      this.#doubted.delete(key);
      const { tool, session } = doubted.subject;
      const isWatched =
        tool !== undefined && [...this.#watched.globs.values()].some((glob) => glob.matches(tool));
      if (isWatched || this.#staged.evidence.list.length > 0) this.#doubt(session);
    }
    const open = this.#open.get(key);
    this.#open.delete(key);
    if (open === undefined || Number.isNaN(atMs) || open.played.charge === undefined) return;
    const { charge } = open.played;
    this.#stage.end(charge, endOf(record.result, open), atMs);
    if (record.result === 'input-required') {
      bounded(this.#rounds, roundKey(open.call), { charge, atMs }, PAID_ROUNDS_MAX);
    }
  }

  /** What a call has drawn whose server asked for input; its retry, with the same arguments, counts once. */
  #paidFor(call: RecordedCall): Charge | undefined {
    const key = roundKey(call);
    const round = this.#rounds.get(key);
    if (round === undefined) return undefined;
    this.#rounds.delete(key);
    return call.atMs - round.atMs > PAID_ROUND_MS_MAX ? undefined : round.charge;
  }

  /** What people did to limits and evidence counts as it did then. */
  #happen({ event, detail, ts }: EventRecord): void {
    const atMs = Date.parse(ts);
    if (!isJsonObject(detail) || Number.isNaN(atMs)) return;
    const [pot, name, session, until] = ['pot', 'name', 'session', 'until'].map((key) => {
      const value = member(detail, key);
      return typeof value === 'string' ? value : undefined;
    });
    if (event === 'limits-reset' && pot !== undefined) this.#stage.reset(pot, atMs);
    if (event !== 'evidence-put' || name === undefined || session === undefined) return;
    const untilMs = until === undefined ? Number.NaN : Date.parse(until);
    if (!Number.isNaN(untilMs)) this.#stage.putEvidence(name, session, untilMs, atMs);
  }

  #doubt(session: string | undefined): void {
    if (session === undefined || this.#doubtfulSessions.size >= LEDGER_POTS_MAX) return;
    this.#doubtfulSessions.add(session);
  }
}

const LACKING: ReadonlySet<string> = new Set(['dependency_missing', 'evidence_missing', 'evidence_expired']);

const RESULTS: ReadonlySet<string> = new Set<RecordResult>([
  'ok',
  'tool-error',
  'error',
  'input-required',
  'cancelled',
  'server-gone',
  'garbled',
  'timeout',
  'client-gone',
]);

/**
 * How a call would have ended. One that a person refused is refused again where one is asked; of one
 * that guard answered and that would now be forwarded, nobody knows how it would have ended.
 */
function endOf(result: string, { call, played }: OpenCall): RecordResult {
  if (RESULTS.has(result)) return result as RecordResult;
  const isRefusedAgain = played.decision === 'require_approval' && call.past.decision === 'require_approval';
  return isRefusedAgain ? 'denied' : 'timeout';
}

function roundKey({ record }: RecordedCall): string {
  const { writer, session, method, tool, target, arg_hash: hash } = record;
  return JSON.stringify([writer, session, method, tool, target, hash]);
}

/** Sets an entry; where there are too many, the oldest is forgotten. */
function bounded<Value>(map: Map<string, Value>, key: string, value: Value, max: number): void {
  map.set(key, value);
  if (map.size <= max) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
