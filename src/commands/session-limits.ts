import type { RecordResult } from '../audit/record.js';
import type { LoadedConfig } from '../config/load.js';
import type { Ledger } from '../limits/ledger.js';
import type { Diagnostics } from '../platform/diagnostics.js';
import type { LimitsGate } from '../pipeline/limits-layer.js';
import type { Charge } from '../pipeline/ruling.js';
import { settleCharge } from '../pipeline/settle.js';
import { watchedTools, type WatchedTools } from '../limits/prerequisites.js';
import type { CompiledPolicy } from '../policy/compiled.js';
import { obliges } from '../policy/obliges.js';
import type { Tools } from './command.js';
import type { PolicyInForce } from './policy-in-force.js';

/** The limits of one session. The ledger is loaded with the first policy that counts or requires something. */
export class SessionLimits {
  readonly #tools: Tools;
  readonly #diagnostics: Diagnostics;
  #ledger: Ledger | undefined;
  /** What the policy that was asked about last requires. */
  #watched: { readonly policy: CompiledPolicy; readonly tools: WatchedTools } | undefined;

  constructor(tools: Tools, diagnostics: Diagnostics) {
    this.#tools = tools;
    this.#diagnostics = diagnostics;
  }

  /** Loads what this policy needs before it comes into force. */
  async prepare({ policy, budgets, evidence }: LoadedConfig): Promise<void> {
    const isUsed =
      budgets.list.length > 0 || evidence.list.length > 0 || NEEDED.some((kind) => obliges(policy, kind));
    if (this.#ledger !== undefined || !isUsed) return;
    const { openLedger } = await import('./open-ledger.js');
    this.#ledger = openLedger(this.#tools, (text) => this.#diagnostics.repeated('ledger', text));
  }

  /** What the pipeline asks; a policy that counts is in force only once there is a ledger. */
  gate({ budgets, evidence, current }: Pick<PolicyInForce, 'budgets' | 'evidence' | 'current'>): LimitsGate {
    return {
      budgets,
      evidence,
      watched: () => this.#watchedBy(current()),
      ledger: {
        peek: (draws, nowMs) => this.#ledger?.peek(draws, nowMs) ?? NO_LEDGER,
        reserve: (draws, nowMs) => this.#ledger?.reserve(draws, nowMs) ?? NO_LEDGER,
        marks: (session, nowMs) => this.#ledger?.marks(session, nowMs) ?? NO_LEDGER,
        settle: (id, settlement, nowMs) => this.#ledger?.settle(id, settlement, nowMs),
      },
      nowMs: () => this.#tools.clock.wallMs(),
      note: this.#note,
    };
  }

  readonly settleCharge = (charge: Charge, result: RecordResult): void => {
    if (this.#ledger === undefined) return;
    settleCharge(this.#ledger, charge, result, this.#tools.clock.wallMs(), this.#note);
  };

  readonly #note = (why: string): void => this.#diagnostics.repeated('limits', why);

  #watchedBy(policy: CompiledPolicy): WatchedTools {
    if (this.#watched?.policy !== policy) this.#watched = { policy, tools: watchedTools(policy) };
    return this.#watched.tools;
  }

  close(): void {
    this.#ledger?.close();
  }
}

/** Obligations that are met, or not, by what the ledger holds. */
const NEEDED = ['limits', 'requires', 'evidence'] as const;
const NO_LEDGER = { kind: 'unavailable', why: 'guard is not ready to count' } as const;
