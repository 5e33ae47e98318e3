import { AUDIT_DELAY_MS } from '../platform/bounds.js';
import type { JsonValue } from '../platform/json.js';
import { messageOf } from '../platform/errors.js';
import type { Clock } from '../platform/clock.js';
import type { Diagnostics } from '../platform/diagnostics.js';
import {
  type DecisionFields,
  type EventFields,
  type OutcomeFields,
  type RecordConstants,
  type RecordHeads,
  type RefusalFields,
  type SessionFields,
} from './encode.js';
import { createMaskedEncoder } from './masked-encoder.js';
import type { KnownSecrets } from './redaction/known-secrets.js';
import { redactResponse } from './redaction/record-redaction.js';
import type { RecordLog } from './writer-chain.js';

/** One writer's records on their way to the log. */
export interface AuditTrail {
  /** Whether decision records hold the arguments, redacted. */
  readonly logsArguments: boolean;
  /** Whether outcome records hold the responses, redacted. */
  readonly logsResponses: boolean;
  /** Names the client or the era, once they are known; later records carry them. */
  identify(names: { readonly client?: string; readonly era?: string }): void;
  decision(fields: DecisionFields): void;
  outcome(fields: OutcomeFields): void;
  refusal(fields: RefusalFields): void;
  event(fields: EventFields): void;
  /** Writes what was staged; false where it could not be written and is lost. */
  commit(): boolean;
  /**
   * Sees to it that what was staged is written within AUDIT_DELAY_MS, or with the next commit. For
   * records of what has already happened: they need not hold up what comes next.
   */
  commitSoon(): void;
  /** Writes what is left and releases the log. */
  close(): void;
}

export interface TrailOptions {
  /** The writer's records; where several trails share a writer, a view of them. */
  readonly log: RecordLog;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly constants: Omit<RecordConstants, 'client' | 'era'>;
  /** Those of the writer, where several trails share it; they are made of nothing that has to be hidden. */
  readonly heads?: RecordHeads;
  /** The writer's first record; staged before the first other one, so that a mere start leaves no trace. */
  readonly session: SessionFields;
  readonly logsArguments: boolean;
  readonly logsResponses: boolean;
  readonly redact: (value: JsonValue) => JsonValue;
  /** What no record may hold, in whatever member. */
  readonly secrets?: KnownSecrets;
}

/** Starts the trail of one guard process. Nothing is written before the first record. */
export function createAuditTrail(options: TrailOptions): AuditTrail {
  const { log, clock, diagnostics, redact } = options;
  let constants: RecordConstants = { ...options.constants, client: null, era: null };
  let encoder = createMaskedEncoder(constants, options.secrets, options.heads);
  let opened = false;
  let committed = false;
  let timer: NodeJS.Timeout | undefined;

  function ts(): string {
    const now = clock.timestamp();
    if (!opened) {
      opened = true;
      log.stage(encoder.session(now, options.session));
    }
    return now;
  }
  return {
    logsArguments: options.logsArguments,
    logsResponses: options.logsResponses,
    identify(names) {
      constants = { ...constants, ...names };
      encoder = createMaskedEncoder(constants, options.secrets, options.heads);
    },
    decision(fields) {
      const time = ts();
      log.stage(encoder.decision(time, withoutSecrets(fields, redact)));
    },
    outcome(fields) {
      const time = ts();
      const shown =
        fields.response === undefined
          ? fields
          : { ...fields, response: redactResponse(fields.response, redact) };
      log.stage(encoder.outcome(time, shown));
    },
    refusal(fields) {
      log.stage(encoder.refusal(ts(), fields));
    },
    event(fields) {
      log.stage(encoder.event(ts(), fields));
    },
    commitSoon() {
      timer ??= setTimeout(() => {
        timer = undefined;
        commit();
      }, AUDIT_DELAY_MS).unref();
    },
    commit,
    close() {
      clearTimeout(timer);
      commit();
      log.close();
    },
  };

  function commit(): boolean {
    try {
      log.commit();
      committed = opened;
      return true;
    } catch (error) {
      // The session record went with the batch: the next one carries it again.
      if (!committed) opened = false;
      diagnostics.repeated('audit', messageOf(error));
      return false;
    }
  }
}

/** Addresses of resources hold passwords as other content does, and are recorded always. */
function withoutSecrets(fields: DecisionFields, redact: TrailOptions['redact']): DecisionFields {
  const { arguments: given, target } = fields;
  if (given === undefined && target === null) return fields;
  const shown = target === null ? null : redact(target);
  return {
    ...fields,
    target: typeof shown === 'string' ? shown : null,
    ...(given === undefined ? {} : { arguments: redact(given) }),
  };
}
