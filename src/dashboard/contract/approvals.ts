import * as z from 'zod/mini';
import { DASHBOARD_REMEMBER_STEPS_MAX, REASON_CHARS_MAX } from '../../platform/bounds.js';
import { boundedText, count, json, named, time } from './shapes.js';

const scope = z.enum(['session', 'project', 'user']);

/** The held call; members as src/approvals/request.ts has them. Texts are those of agents and servers. */
const requestShape = named(
  'ApprovalRequest',
  z.object({
    id: z.string(),
    /** Goes back with the answer: it binds it to exactly this call. */
    digest: z.string(),
    request_id: z.string(),
    writer: z.string(),
    server: z.string(),
    agent: z.nullable(z.string()),
    client: z.nullable(z.string()),
    session: z.nullable(z.string()),
    project: z.string(),
    method: z.string(),
    tool: z.nullable(z.string()),
    target: z.nullable(z.string()),
    /** After redaction; null where too large to be shown whole: then it can only be denied. */
    arguments: json,
    arguments_complete: z.boolean(),
    arg_size: count,
    definition: z.nullable(z.string()),
    standing: z.enum(['unknown', 'listed', 'unlisted', 'drifted']),
    destructive: z.boolean(),
    read_only: z.boolean(),
    rules: z.array(z.object({ layer: z.string(), name: z.string(), message: z.nullable(z.string()) })),
    channels: z.array(z.string()),
    remember: z.nullable(scope),
    created_at: time,
    expires_at: time,
    timeout_ms: count,
    escalated_at: z.nullable(time),
    approvers: z.nullable(z.string()),
  }),
);

export const endShape = named(
  'ApprovalEnd',
  z.object({
    state: z.enum(['approved', 'denied', 'expired', 'withdrawn']),
    approver: z.nullable(z.string()),
    channel: z.nullable(z.string()),
    reason: z.nullable(z.string()),
    waited_ms: count,
    ended_at: z.string(),
  }),
);

/** Whether it can be answered from here. */
const answerable = z.object({
  approve: z.boolean(),
  deny: z.boolean(),
  /** Why not, where one of them is false. */
  why: z.nullable(z.string()),
  /** What to run in a terminal in place of it; null where nothing helps or nothing is needed. */
  command: z.nullable(z.string()),
});

/** A delivery that failed, as the holder recorded it. */
const undelivered = z.object({ channel: z.string(), why: z.string(), at: time });

export const pendingShape = named(
  'PendingApproval',
  z.object({
    request: requestShape,
    /** Milliseconds until it expires, when the answer was made. */
    remaining_ms: count,
    answerable,
    undelivered: z.array(undelivered),
  }),
);
export type PendingApprovalView = z.infer<typeof pendingShape>;

const endedShape = named('EndedApproval', z.object({ request: requestShape, end: endShape }));
export type EndedApprovalView = z.infer<typeof endedShape>;

/** GET /api/v1/approvals: how many that ended, 0 to 200; without it 50. */
export const endedQuery = z.strictObject({ ended: z.exactOptional(z.string().check(z.regex(/^\d{1,3}$/))) });

/** GET /api/v1/approvals */
export const approvalsShape = named(
  'Approvals',
  z.object({
    /** Oldest first. */
    pending: z.array(pendingShape),
    /** Newest first. */
    ended: z.array(endedShape),
    /** Files that are no requests, as lines for the person. */
    troubles: z.array(z.string()),
  }),
);
export type Approvals = z.infer<typeof approvalsShape>;

/** GET /api/v1/approvals/{id} */
export const approvalShape = named(
  'Approval',
  z.object({
    request: requestShape,
    /** Null while it waits. */
    end: z.nullable(endShape),
    /** 0 where it is over. */
    remaining_ms: count,
    answerable,
    undelivered: z.array(undelivered),
    remember: z.object({
      /** From narrow to wide; empty where no answer may be remembered. */
      scopes: z.array(scope),
      why_not: z.nullable(z.string()),
    }),
    /** The call of the same server and tool that was approved last, to compare arguments. */
    last_approved: z.nullable(z.object({ arguments: json, end: endShape })),
  }),
);
export type Approval = z.infer<typeof approvalShape>;

/** RFC 3339 in UTC, to the millisecond at most. */
const utcTime = z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?Z$/));

/** How an answer is remembered: the scope, then steps that widen the proposal one by one. */
const rememberDraft = z.strictObject({
  scope,
  /** Done in order. `widen`: an equal path becomes its folder, all else any value; `drop`: any value or none. */
  steps: z.exactOptional(
    z
      .array(z.strictObject({ path: boundedText, do: z.enum(['widen', 'drop']) }))
      .check(z.maxLength(DASHBOARD_REMEMBER_STEPS_MAX)),
  ),
  /** Until when, of a project or a user; null until it is revoked; 30 days from the call without it. */
  expires_at: z.exactOptional(z.nullable(utcTime)),
});
export type RememberDraft = z.infer<typeof rememberDraft>;

/** POST /api/v1/approvals/{id}/remember: shows, and changes nothing. */
export const rememberBody = named('RememberPreview', rememberDraft);

/** What would be kept, in full. */
export const rememberShape = named(
  'RememberedRule',
  z.object({
    scope,
    /** Null where it lasts as long as the session. */
    expires_at: z.nullable(time),
    /** The rule in words, one line each: server, tool, scope, every condition. Already printable. */
    lines: z.array(z.string()),
    conditions: z.array(
      z.object({
        /** As `steps` takes it. */
        path: z.string(),
        shown_path: z.string(),
        kind: z.enum(['equals', 'within folder', 'any', 'any or none', 'other']),
        shown: z.string(),
        /** Whether the steps still change something. */
        can_widen: z.boolean(),
        can_drop: z.boolean(),
      }),
    ),
  }),
);
export type RememberedRule = z.infer<typeof rememberShape>;

const reason = z.string().check(z.maxLength(REASON_CHARS_MAX));

/** POST /api/v1/approvals/{id}/approve */
export const approveBody = named(
  'Approve',
  z.strictObject({
    digest: boundedText,
    reason: z.exactOptional(z.nullable(reason)),
    /** The very draft whose rule was shown. */
    remember: z.exactOptional(z.nullable(rememberDraft)),
  }),
);
export type ApproveBody = z.infer<typeof approveBody>;

/** POST /api/v1/approvals/{id}/deny. The agent reads the reason. */
export const denyBody = named(
  'Deny',
  z.strictObject({ digest: boundedText, reason: z.exactOptional(z.nullable(reason)) }),
);
export type DenyBody = z.infer<typeof denyBody>;

/** POST /api/v1/approvals/{id}/break-glass: an approval that is recorded as an emergency, before it counts. */
export const breakGlassBody = named(
  'BreakGlass',
  z.strictObject({ digest: boundedText, reason: reason.check(z.regex(/\S(?:.*\S.*){8}\S/s)) }),
  'The reason has at least ten visible characters. It opens nothing that a plain approval does not.',
);
export type BreakGlassBody = z.infer<typeof breakGlassBody>;

/** The answer counted. */
export const answeredShape = named(
  'Answered',
  z.object({
    kind: z.literal('accepted'),
    /** Where `remember` was asked for: whether it was kept, else what was wrong. */
    remembered: z.nullable(z.object({ saved: z.boolean(), trouble: z.nullable(z.string()) })),
  }),
);
export type Answered = z.infer<typeof answeredShape>;
