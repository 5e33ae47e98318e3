import type { DecisionFields, OutcomeFields } from '../../../src/audit/encode.js';
import { readRecord } from '../../../src/audit/record-fields.js';
import type { AuditRecord } from '../../../src/audit/record.js';
import type { SeenServer } from '../../../src/dashboard/source.js';
import type { Ledger, PotState } from '../../../src/limits/ledger.js';
import { decisionFields, encoderOf, outcomeFields } from '../../audit/lines.js';
import { DEFAULT_HINTS } from '../../policy/support.js';

/** Names as agents and servers may give them; on a plain day they are harmless. */
export interface Names {
  readonly server: string;
  readonly agent: string;
  readonly tools: readonly string[];
  readonly rule: string;
}

export const PLAIN: Names = {
  server: 'files',
  agent: 'writer-bot',
  tools: ['read_file', 'write_file', 'list_directory', 'move_file', 'search_files'],
  rule: 'no-secrets',
};

/** Lines of a log: `count` calls until `untilMs`, one every `stepMs`, of which some are denied or fail. */
export function dayLines(names: Names, count: number, untilMs: number, stepMs: number): string[] {
  const encoder = encoderOf('w1', { upstream: names.server, agent: names.agent });
  return Array.from({ length: count }).flatMap((_none, index) => {
    const atMs = untilMs - (count - 1 - index) * stepMs;
    const decision = encoder.decision(new Date(atMs).toISOString(), decisionOf(names, index));
    const outcome = encoder.outcome(new Date(atMs + 4).toISOString(), outcomeOf(names, index));
    return [decision.trimEnd(), outcome.trimEnd()];
  });
}

/** The same as records. */
export function recordsOf(lines: readonly string[]): AuditRecord[] {
  return lines.map((line) => {
    const read = readRecord(line);
    if (!('record' in read)) throw new Error('no record');
    return read.record;
  });
}

function decisionOf({ tools, rule }: Names, index: number): DecisionFields {
  const isDenied = index % 11 === 5;
  return decisionFields(`request-${index}`, {
    rpc_id: index,
    tool: tools[index % tools.length] ?? null,
    arg_size: 40 + (index % 90),
    decision: isDenied ? 'deny' : 'allow',
    rule: isDenied ? rule : 'defaults',
    reason: isDenied ? 'policy' : null,
  });
}

function outcomeOf({ tools }: Names, index: number): OutcomeFields {
  return outcomeFields(`request-${index}`, {
    tool: tools[index % tools.length] ?? null,
    result: index % 11 === 5 ? 'denied' : index % 17 === 9 ? 'tool-error' : 'ok',
    latency_ms: 3 + ((index * index * 31) % 241) * (index % 13 === 0 ? 4 : 1),
    response_size: 300,
  });
}

/** Servers with tools of every kind. */
export function dayServers(names: Names): SeenServer[] {
  const base = {
    trouble: null,
    since: '2026-11-22T08:00:00.000Z',
    pid: 4711,
    stopped: false,
    more: 0,
    seen: null,
  };
  return [
    {
      ...base,
      name: names.server,
      kind: 'stdio',
      state: 'ready',
      tools: names.tools.map((name, index) => ({
        name,
        hints:
          index % 2 === 0 ? { ...DEFAULT_HINTS, readOnlyHint: true, destructiveHint: false } : DEFAULT_HINTS,
        standing: index === 3 ? 'drifted' : 'listed',
      })),
    },
    {
      ...base,
      name: 'docs',
      kind: 'http',
      state: 'broken',
      trouble: 'the server does not answer: it is tried again in 30 s',
      pid: null,
      tools: null,
    },
  ];
}

function whole(coefficient: bigint): PotState['limit'] {
  return { coefficient, scale: 0 };
}

/** A ledger of which the page sees two pots; `resets` are those that were asked for. */
export function dayLedger(names: Names): { readonly ledger: Ledger; readonly resets: string[] } {
  const pots: PotState[] = [
    {
      pot: 'calls-1 agent',
      name: `user/${names.rule}`,
      limit: whole(60n),
      used: whole(57n),
      ambiguous: whole(0n),
      windowMs: 60_000,
      currency: null,
      nextExpiryMs: Date.UTC(2026, 10, 22, 15),
    },
    {
      pot: 'money-1',
      name: 'refunds',
      limit: whole(500n),
      used: whole(120n),
      ambiguous: whole(20n),
      windowMs: 86_400_000,
      currency: 'EUR',
      nextExpiryMs: null,
    },
  ] as PotState[];
  const resets: string[] = [];
  const ledger = {
    pots: () => pots,
    reset: (pot: string, reason: string) => {
      resets.push(`${pot}: ${reason}`);
      return true;
    },
  };
  return { ledger: ledger as unknown as Ledger, resets };
}
