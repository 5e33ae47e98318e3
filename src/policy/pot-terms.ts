import { canonicalJson } from '../platform/canonical-json.js';
import { type Decimal, decimalText } from '../platform/decimal.js';
import { textDigest } from '../platform/text-digest.js';
import type { ArgumentPath } from '../platform/argument-path.js';
import type { LayerName } from './decision.js';
import type { LimitKey } from './source.js';

/** What is counted: calls, the money that calls of one rule spend, or what all contributors of a budget spend. */
export type PotKind = 'calls' | 'spend' | 'budget';

/** What tells the pots of one counter apart. */
export type KeyPart = Exclude<LimitKey, 'global'>;

/** The parts of a key in the order in which pots name them, however the config lists them. */
export const KEY_PARTS: readonly KeyPart[] = ['server', 'tool', 'agent', 'client', 'session'];

/** What the pots of one counter have in common. Each value of the key has a pot of its own. */
export interface PotTerms extends PotContent {
  /**
   * Digest of the content, and so part of the name of every pot: a counter that moves in its file
   * keeps its pots, one that states another limit starts new ones.
   */
  readonly identity: string;
  /** The name that people know it by: `user/refunds`. */
  readonly name: string;
  /** An `isError` result or a JSON-RPC error gives the amount back. */
  readonly refundOnError: boolean;
}

/** Everything that makes a pot what it is. */
export interface PotContent {
  readonly kind: PotKind;
  readonly layer: LayerName;
  /** The rule or the budget. */
  readonly owner: string;
  readonly limit: Decimal;
  /** Null for pots that last as long as their session. */
  readonly windowMs: number | null;
  /** Without doubles, in the order of KEY_PARTS; empty where everybody shares one pot. */
  readonly keys: readonly KeyPart[];
  /** Null for calls. */
  readonly currency: string | null;
  /**
   * Whether its layer only observes. Such pots are pots of their own: what is merely watched takes
   * nothing from what is enforced, in this guard or in another.
   */
  readonly observed: boolean;
}

/** Where the amount of a call stands. */
export interface AmountField {
  readonly path: ArgumentPath;
  /** Whether a text such as "12.50" counts as an amount. */
  readonly numericStrings: boolean;
}

/** A counter of one rule. */
export interface RulePot {
  readonly terms: PotTerms;
  /** Null where a call is an amount of 1. */
  readonly field: AmountField | null;
}

/**
 * The terms with their identity. `field` is part of it for rules: another argument is another amount.
 * `folder` is where the layer's file stands; it counts for projects, whose rules often have the same
 * names and must not draw on each other's pots.
 */
export function potTerms(
  content: PotContent,
  field: AmountField | null,
  folder: string,
  refundOnError: boolean,
): PotTerms {
  const { kind, layer, owner, limit, windowMs, keys, currency, observed } = content;
  const text = canonicalJson({
    kind,
    layer,
    owner,
    folder: layer === 'project' ? folder : null,
    limit: decimalText(limit),
    window: windowMs,
    keys: [...keys],
    currency,
    field: field?.path.text ?? null,
    ...(observed ? { observed } : {}),
  });
  return Object.freeze({
    ...content,
    identity: textDigest(`guard pot v1\n${text}`),
    name: observed ? `${layer}/${owner} (observed)` : `${layer}/${owner}`,
    refundOnError,
  });
}
