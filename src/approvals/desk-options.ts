import type { Clock } from '../platform/clock.js';
import type { JsonObject } from '../platform/json.js';
import type { Schedule } from '../platform/schedule.js';
import type { ApprovalAnswer } from './answer.js';
import type { ApprovalNote, AskedCall } from './asked-call.js';
import type { ApprovalChannel } from './channel.js';
import type { SignatureCheck } from './check-answer.js';
import type { Holder } from './make-request.js';
import type { ApprovalRequest } from './request.js';

/** Answers that stand for later calls. */
export interface RememberedAnswers {
  /** The note of the entry that covers the call, if one does. */
  covering(call: AskedCall): ApprovalNote | undefined;
  /** Keeps an answer for the rest of the session. */
  keep(request: ApprovalRequest, answer: ApprovalAnswer): void;
}

export interface DeskOptions {
  /** Every channel of this guard, in the order in which they are asked. */
  readonly channels: readonly ApprovalChannel[];
  readonly holder: Holder;
  readonly signatures: SignatureCheck;
  readonly remembered: RememberedAnswers;
  /** How long an end is kept for an identical call, in milliseconds. */
  readonly retryWindowMs: number;
  readonly clock: Clock;
  readonly schedule: Schedule;
  /** A new request id, made at random. */
  readonly newId: () => string;
  /** Writes down what no decision record says. */
  readonly journal: (event: string, detail: JsonObject) => void;
}
