import * as z from 'zod/mini';
import { REASON_CHARS_MAX } from '../../platform/bounds.js';
import { boundedText, count, named, time } from './shapes.js';

/** Amounts are decimals as text: money is never a float. */
const decimal = z.string();

const potShape = named(
  'Pot',
  z.object({
    /** Names the pot for a reset. */
    pot: z.string(),
    /** The name that people know it by: `user/refunds`, `payments`. */
    name: z.string(),
    kind: z.enum(['rate', 'budget']),
    /** Whose pot it is: the values of its key; empty where all share it. */
    key: z.string(),
    limit: decimal,
    used: decimal,
    /** Part of `used` whose calls have no known end. */
    ambiguous: decimal,
    /** 0 to 1 and above, for a bar. */
    share: z.number(),
    /** Null where it lasts as long as its session. */
    window_ms: z.nullable(count),
    /** Null for calls. */
    currency: z.nullable(z.string()),
    /** When something leaves the window next. */
    next_expiry_at: z.nullable(time),
    /** The rules and budgets of the config in force that draw on it; empty where none does any more. */
    feeds: z.array(
      z.object({
        layer: z.string(),
        name: z.string(),
        /** What it draws for: `each call of files/*`, `$.amount of billing/refund`. */
        what: z.string(),
      }),
    ),
  }),
);
export type Pot = z.infer<typeof potShape>;

/** GET /api/v1/limits; the fullest first. */
export const limitsShape = named(
  'Limits',
  z.object({
    pots: z.array(potShape),
    /** Limits and budgets of the config in force that nothing was drawn on yet. */
    idle: z.array(z.object({ name: z.string(), kind: z.enum(['rate', 'budget']), what: z.string() })),
    /** Why nothing can be shown; null where it can. */
    trouble: z.nullable(z.string()),
  }),
);
export type Limits = z.infer<typeof limitsShape>;

/** POST /api/v1/limits/reset */
export const resetBody = named(
  'Reset',
  z.strictObject({
    pot: boundedText,
    reason: z.string().check(z.regex(/\S/), z.maxLength(REASON_CHARS_MAX)),
  }),
);
export type ResetBody = z.infer<typeof resetBody>;

export const resetShape = named('ResetDone', z.object({ pot: z.string(), name: z.string(), used: decimal }));
export type ResetDone = z.infer<typeof resetShape>;
