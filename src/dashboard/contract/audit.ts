import * as z from 'zod/mini';
import { boundedText, count, json, named, time } from './shapes.js';

/** A number in a query, which is text there. */
const number = z.string().check(z.regex(/^\d{1,9}$/));
/** Several globs with commas between them: `files__*,git`. */
const globs = boundedText;

/** Filters of calls; all that are given must hold. As `guard audit search` has them. */
const FILTERS = {
  tool: z.exactOptional(globs),
  server: z.exactOptional(globs),
  agent: z.exactOptional(globs),
  /** Several with commas: allow, deny, require_approval, dry_run, limit, relay, refusal. */
  decision: z.exactOptional(boundedText),
  /** Several with commas: ok, tool-error, error, denied, cancelled, timeout, … */
  result: z.exactOptional(boundedText),
  /** Globs over `layer/rule`. */
  rule: z.exactOptional(globs),
  session: z.exactOptional(boundedText),
  /** Text that the record contains, in any case. */
  text: z.exactOptional(boundedText),
  /** RFC 3339, or how long ago: `15m`, `24h`, `7d`. */
  since: z.exactOptional(boundedText),
  /** RFC 3339. */
  until: z.exactOptional(boundedText),
};

/** GET /api/v1/audit */
export const auditQuery = z.strictObject({
  ...FILTERS,
  /** 1 to 500; without it 100. */
  limit: z.exactOptional(number),
  /** `next` of the page before, with the same filters. */
  cursor: z.exactOptional(boundedText),
});

/** GET /api/v1/audit/export */
export const exportQuery = z.strictObject({
  ...FILTERS,
  format: z.exactOptional(z.enum(['jsonl', 'csv'])),
});

/** GET /api/v1/stats; without `since` the last 24 hours. */
export const statsQuery = z.strictObject({
  ...FILTERS,
  /** How many names each top list has: 1 to 50; without it 10. */
  top: z.exactOptional(number),
});

/**
 * A call as a page shows it in a line: its decision, joined with its outcome where it has one. `id`
 * finds it again. Other records (refusal, event, session) have the same shape with nulls.
 */
export const entryShape = named(
  'AuditEntry',
  z.object({
    /** For GET /api/v1/audit/{id}. */
    id: z.string(),
    type: z.enum(['call', 'refusal', 'event', 'session']),
    at: time,
    server: z.string(),
    agent: z.nullable(z.string()),
    session: z.nullable(z.string()),
    method: z.nullable(z.string()),
    tool: z.nullable(z.string()),
    target: z.nullable(z.string()),
    decision: z.nullable(z.string()),
    /** False where observe mode let pass what policy would have stopped. */
    enforced: z.nullable(z.boolean()),
    layer: z.nullable(z.string()),
    rule: z.nullable(z.string()),
    /** Of a decision or a refusal; of an event its name. */
    reason: z.nullable(z.string()),
    arg_size: z.nullable(count),
    /** Null where no outcome is in the log (yet). */
    result: z.nullable(z.string()),
    latency_ms: z.nullable(z.number()),
    /** The approval that it waited for. */
    approval_id: z.nullable(z.string()),
  }),
);
export type AuditEntry = z.infer<typeof entryShape>;

/** Newest first. */
export const auditShape = named(
  'AuditPage',
  z.object({
    entries: z.array(entryShape),
    /** Null where nothing older matches. */
    next: z.nullable(z.string()),
    /** False where a file of the log could not be read, or the look was cut off by its bound: `next` goes on. */
    complete: z.boolean(),
    troubles: z.array(z.string()),
  }),
);
export type AuditPage = z.infer<typeof auditShape>;

/** One call with everything that is known of it. GET /api/v1/audit/{id} */
export const auditDetailShape = named(
  'AuditDetail',
  z.object({
    entry: entryShape,
    /** The records of it as they stand in the log: decision (two where it was held), outcome. */
    records: z.array(json),
    explained: z.object({
      /** The decision in sentences. Already printable. */
      lines: z.array(z.string()),
      /** The rule as it stands in the config in force now; null where it is not there any more. */
      rule: z.nullable(
        z.object({
          layer: z.string(),
          name: z.string(),
          action: z.string(),
          /** What it asks of a call, one line for each condition. */
          conditions: z.array(z.string()),
        }),
      ),
      /** What policy in force now makes of the same call, rule by rule; null where too little was recorded. */
      today: z.nullable(
        z.object({
          decision: z.string(),
          layer: z.nullable(z.string()),
          rule: z.nullable(z.string()),
          lines: z.array(z.string()),
        }),
      ),
    }),
  }),
);
export type AuditDetail = z.infer<typeof auditDetailShape>;

const group = z.object({
  calls: count,
  /** Stopped by guard: denied or over a limit. */
  denied: count,
  /** Went to the server and did not end well. */
  failed: count,
  latency_ms: z.object({
    p50: z.nullable(z.number()),
    p95: z.nullable(z.number()),
    p99: z.nullable(z.number()),
    max: z.nullable(z.number()),
  }),
});

/** GET /api/v1/stats */
export const statsShape = named(
  'Stats',
  z.object({
    from: z.nullable(time),
    to: z.nullable(time),
    all: group,
    /** Calls by decision: allow, deny, …; `unknown` for outcomes alone. */
    decisions: z.record(z.string(), count),
    results: z.record(z.string(), count),
    /** In order, one for each span of `bucket_ms`; empty spans are left out. */
    over_time: z.array(z.extend(group, { from: time })),
    bucket_ms: count,
    /** Most calls first; what is beyond the bound stands under `(others)`. */
    top: z.object({
      tools: z.array(z.extend(group, { name: z.string() })),
      agents: z.array(z.extend(group, { name: z.string() })),
      servers: z.array(z.extend(group, { name: z.string() })),
      rules: z.array(z.extend(group, { name: z.string() })),
    }),
    /** False where a part of the log is missing. */
    complete: z.boolean(),
    /**
     * Where that part is being read right now: how many bytes of the log are counted, and of how many.
     * Ask again in a second. The newest are counted first.
     */
    counting: z.nullable(z.object({ done_bytes: count, bytes: count })),
  }),
);
export type Stats = z.infer<typeof statsShape>;
