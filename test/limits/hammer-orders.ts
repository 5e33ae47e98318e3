/** What one process is to do. */
export interface HammerOrders {
  readonly folder: string;
  readonly report: string;
  readonly seed: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly what: 'calls' | 'budget' | 'kills';
  readonly limit: string;
  /** Whole units of an amount stay below this. */
  readonly amountMax: number;
}

export const DAY_MS = 86_400_000;
/** The short window of the processes that are killed, and what it takes. */
export const KILLS_MS = 100;
export const KILLS_PER_WINDOW = 400;
