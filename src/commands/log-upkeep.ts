import { setTimeout as delay } from 'node:timers/promises';
import type { EventFields } from '../audit/encode.js';
import type { RotationSettings } from '../audit/rotation.js';
import type { SignedChain } from '../audit/signed-chain.js';
import type { AuditTrail } from '../audit/trail.js';
import type { KnownKeys } from '../audit/verify/check-checkpoint.js';
import type { Settings } from '../config/settings.js';
import { AUDIT_RETENTION_DELAY_MS, AUDIT_RETENTION_REST_MS, AUDIT_SYNC_MS } from '../platform/bounds.js';
import type { Clock } from '../platform/clock.js';
import type { Diagnostics } from '../platform/diagnostics.js';
import { messageOf } from '../platform/errors.js';

export interface UpkeepInput {
  /** Absolute path of the log. */
  readonly log: string;
  readonly audit: Pick<Settings['audit'], 'rotate' | 'retentionMs'>;
  readonly clock: Pick<Clock, 'wallMs'>;
  readonly diagnostics: Diagnostics;
  /** Called within the write that follows a rotation: must neither write nor take long. */
  readonly onRotated: () => void;
  /** The keys that statements of earlier removals are believed of. Throws GuardError `audit-key-unusable`. */
  readonly keys: () => KnownKeys;
  /** Writes an event to the log with a checkpoint behind it that signs it; false where that failed. */
  readonly record: (event: EventFields) => boolean;
  readonly pauses?: Pauses;
}

/** How long it waits, in milliseconds. */
interface Pauses {
  readonly afterRotationMs: number;
  readonly betweenPiecesMs: number;
  /** From the record of a removal to the removal: until then it is on the disk, as far as audit.fsync asks for that at all. */
  readonly beforeRemovalMs: number;
}

const USUAL_PAUSES: Pauses = {
  afterRotationMs: AUDIT_RETENTION_DELAY_MS,
  betweenPiecesMs: AUDIT_RETENTION_REST_MS,
  beforeRemovalMs: 2 * AUDIT_SYNC_MS,
};

/** Writes an event through a trail with a checkpoint of its chain behind it that signs it; false where that failed. */
export function recordSigned(
  trail: Pick<AuditTrail, 'commit' | 'event'>,
  chain: Pick<SignedChain, 'checkpointNow'>,
  event: EventFields,
): boolean {
  // What is staged already goes first, so that the event and its checkpoint stand in one file.
  if (!trail.commit()) return false;
  trail.event(event);
  return chain.checkpointNow();
}

/** What keeps one log within its bounds while calls are served. */
export interface LogUpkeep {
  readonly rotation: RotationSettings;
  /** Nothing is recorded or removed from here on. */
  close(): void;
}

/**
 * Rotates a log, and some time after each rotation removes what is older than `audit.retention`:
 * never at the start, never before a call, and in pieces between which calls are served.
 */
export function createLogUpkeep(input: UpkeepInput): LogUpkeep {
  const { log, audit, clock, diagnostics, keys, record, pauses = USUAL_PAUSES } = input;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  const orStop = (): void => {
    if (isClosed) throw new Error('guard ends');
  };
  const pause = async (ms: number): Promise<void> => {
    await delay(ms, undefined, { ref: false });
    orStop();
  };
  const prune = async (): Promise<void> => {
    const { pruneLog } = await import('../audit/prune.js');
    const removed = pruneLog({
      log,
      rule: { olderThanMs: audit.retentionMs },
      nowMs: clock.wallMs(),
      by: 'guard',
      reason: `audit.retention of ${audit.retentionMs} ms`,
      keys: keys(),
      rest: () => pause(pauses.betweenPiecesMs),
      async record(statement) {
        orStop();
        if (!statement.every(record)) throw new Error('it cannot be recorded and signed');
        await pause(pauses.beforeRemovalMs);
      },
    });
    for await (const { path } of removed) diagnostics.note(`removed ${path}, as audit.retention asks for`);
  };
  const pruneSoon = (): void => {
    timer ??= setTimeout(() => {
      prune()
        .catch((error: unknown) => {
          if (isClosed) return;
          diagnostics.repeated('retention', `old audit records cannot be removed: ${messageOf(error)}`);
        })
        .finally(() => (timer = undefined));
    }, pauses.afterRotationMs).unref();
  };
  return {
    rotation: {
      ...audit.rotate,
      onRotated() {
        input.onRotated();
        pruneSoon();
      },
      onTrouble(error) {
        const why = messageOf(error);
        diagnostics.repeated('rotation', `the audit log ${log} cannot be rotated and grows on: ${why}`);
      },
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
