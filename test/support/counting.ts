import type { CompiledBudgets } from '../../src/limits/budget.js';
import type { Ledger } from '../../src/limits/ledger.js';
import { createMemoryLedger } from '../../src/limits/memory-ledger.js';
import type { CompiledEvidence } from '../../src/limits/evidence.js';
import { type WatchedTools, watchedTools } from '../../src/limits/prerequisites.js';
import type { CompiledPolicy } from '../../src/policy/compiled.js';
import type { LimitsGate } from '../../src/pipeline/limits-layer.js';

const NO_BUDGETS: CompiledBudgets = {
  list: [],
  ports: { compileRegex: () => ({ test: () => false }), canonicalPath: () => undefined },
};

const NO_EVIDENCE: CompiledEvidence = { list: [], ports: NO_BUDGETS.ports };

/** Limits for a pipeline under test: the real fold in memory, at a time that the test moves. */
export function counting(
  budgets: CompiledBudgets = NO_BUDGETS,
  policy?: CompiledPolicy,
  evidence: CompiledEvidence = NO_EVIDENCE,
): {
  readonly gate: LimitsGate;
  readonly ledger: Ledger;
  nowMs: number;
  readonly notes: string[];
} {
  let count = 0;
  const ledger = createMemoryLedger({ newId: () => `r${(count += 1)}` });
  const notes: string[] = [];
  const watched = policy === undefined ? { globs: new Map() } : watchedTools(policy);
  const state = {
    ledger,
    notes,
    nowMs: 1_800_000_000_000,
    gate: {
      budgets: () => budgets,
      watched: (): WatchedTools => watched,
      evidence: () => evidence,
      ledger,
      nowMs: (): number => state.nowMs,
      note: (why: string): void => void notes.push(why),
    },
  };
  return state;
}
