import type { RecordedCall } from './recorded-call.js';
import { type ArgumentBound, argumentBounds } from './argument-bounds.js';
import { type ArgumentWatch, createArgumentWatch } from './argument-facts.js';
import { LEARN_VALUES_MAX, PATTERN_CHARS_MAX } from '../platform/bounds.js';

/** What was used of one server: a tool, or a method with what it names. */
export interface UsedSubject {
  readonly server: string;
  readonly method: string;
  readonly tool: string | null;
  /** Resources or prompts, where all of them can be listed. */
  readonly targets: { readonly key: 'uri' | 'prompt'; readonly names: readonly string[] } | undefined;
  readonly calls: number;
  /** Calls whose arguments the log holds. */
  readonly logged: number;
  /** Calls that a person let pass. */
  readonly approved: number;
  /** Calls that observe mode let pass. */
  readonly observed: number;
  readonly agents: readonly string[];
  readonly firstTs: string;
  readonly lastTs: string;
  readonly bounds: readonly ArgumentBound[];
  /** Why there are no bounds on its arguments, where there are none. */
  readonly unbounded: string | undefined;
}

/** The same while records come in. */
export interface OpenSubject {
  readonly call: RecordedCall;
  calls: number;
  logged: number;
  approved: number;
  observed: number;
  readonly agents: Set<string>;
  targets: Set<string> | undefined;
  lastTs: string;
  readonly watch: ArgumentWatch;
}

/** A subject of which one call was seen and nothing counted. */
export function newSubject(call: RecordedCall): OpenSubject {
  return {
    call,
    calls: 0,
    logged: 0,
    approved: 0,
    observed: 0,
    agents: new Set(),
    targets: new Set(),
    lastTs: call.record.ts,
    watch: createArgumentWatch(),
  };
}

/** Whether a pattern can be written for the names; each character may need an escape. */
export function isNameable({ subject: { server, method, tool } }: RecordedCall): boolean {
  return [server, method, tool ?? method].every(
    (name) => name !== '' && name.length * 2 <= PATTERN_CHARS_MAX,
  );
}

/** Takes note of the resource or prompt of a call, as long as all of them can be listed. */
export function addTarget(open: OpenSubject, { subject: { uri, prompt }, gaps }: RecordedCall): void {
  const target = uri ?? prompt;
  if (open.targets === undefined) return;
  const isCut = gaps.names.has('uri') || gaps.names.has('prompt');
  const isWritable = target !== undefined && target !== '' && target.length * 2 <= PATTERN_CHARS_MAX;
  if (isCut || !isWritable) open.targets = undefined;
  else if (open.targets.add(target).size > LEARN_VALUES_MAX) open.targets = undefined;
}

/** What the calls of a subject come to. */
export function usedSubject(open: OpenSubject): UsedSubject {
  const { call, calls, logged, approved, observed, agents, targets, lastTs, watch } = open;
  const { server, method, tool, uri } = call.subject;
  const facts = watch.facts();
  const isWhole = logged === calls && facts !== undefined;
  const bounds = tool !== undefined && isWhole ? argumentBounds(facts, calls) : [];
  const key = uri === undefined ? 'prompt' : 'uri';
  const isTargeted = method === 'prompts/get' || method.startsWith('resources/');
  return {
    server,
    method,
    tool: tool ?? null,
    targets: isTargeted && targets !== undefined ? { key, names: [...targets].toSorted() } : undefined,
    calls,
    logged,
    approved,
    observed,
    agents: [...agents].toSorted(),
    firstTs: call.record.ts,
    lastTs,
    bounds,
    unbounded:
      bounds.length > 0 || tool === undefined
        ? undefined
        : unboundedBecause(logged, calls, facts === undefined),
  };
}

function unboundedBecause(logged: number, calls: number, isLost: boolean): string {
  if (logged < calls) return `the log holds the arguments of ${logged} of them`;
  return isLost ? 'too many arguments to watch, or names that were redacted' : 'the values support none';
}
