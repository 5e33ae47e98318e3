import * as z from 'zod/mini';
import { DASHBOARD_NAME_CHARS_MAX } from '../../platform/bounds.js';
import { boundedText, named, time } from './shapes.js';

/** POST /api/v1/login */
export const loginBody = named(
  'Login',
  z.strictObject({
    /** `dashboard.api_secret`, or the one-time code that `guard dashboard` printed. */
    secret: boundedText,
    /** Who answers, for the records: a claim. Without it: `dashboard`. */
    name: z.exactOptional(z.string().check(z.minLength(1), z.maxLength(DASHBOARD_NAME_CHARS_MAX))),
  }),
);
export type LoginBody = z.infer<typeof loginBody>;

/** Who is logged in, and what there is to see. */
export const sessionShape = named(
  'Session',
  z.object({
    /** Short, and no secret: what records name. */
    id: z.string(),
    name: z.string(),
    /** `bearer`: a script with the secret in `Authorization`; it has no session that ends. */
    by: z.enum(['cookie', 'bearer']),
    /** When it ends unless something is asked before; null for bearers. */
    idle_ends_at: z.nullable(time),
    /** When it ends in any case; null for bearers. */
    ends_at: z.nullable(time),
    guard: z.object({
      version: z.string(),
      /** `serve`: of one gateway. `machine`: of all guards of this user. */
      scope: z.enum(['serve', 'machine']),
      /** The clock of this machine, for countdowns. */
      now: time,
      /** Fingerprint of the approvers of whom one must sign; null where any answer counts. */
      approvers: z.nullable(z.string()),
      /** What cannot be seen here and why, such as records that go to no file. */
      notes: z.array(z.string()),
    }),
  }),
);
export type Session = z.infer<typeof sessionShape>;

/** GET /api/v1/health: the one path that needs no login, and tells strangers nothing. */
export const healthShape = named('Health', z.object({ status: z.literal('ok') }));
