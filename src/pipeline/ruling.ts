import type { ApprovalNote, AskedCall } from '../approvals/asked-call.js';
import type { ApprovalTerms } from '../approvals/terms.js';
import type { Direction } from '../audit/record.js';
import type { RpcId } from '../jsonrpc/message.js';
import type { Denial, DenialReason, DryRunAnswer } from '../mcp/denial.js';
import type { CallDraw } from '../limits/pots.js';
import type { Proof } from '../limits/prerequisites.js';
import type { JsonObject } from '../platform/json.js';
import type { Decision } from '../policy/decision.js';
import type { Subject } from '../policy/subject.js';

/** A governed request as the layers see it. Nothing in it belongs to one door. */
export interface GovernedCall {
  /** Joins decision, outcome and denial; made by guard. */
  readonly requestId: string;
  /** The id in the message; null for a notification. */
  readonly rpcId: RpcId | null;
  /** The X-Request-Id of the HTTP request that brought the message; undefined at the stdio door. */
  readonly httpRequestId?: string | undefined;
  /** The W3C trace context that it came with. */
  readonly traceparent?: string | undefined;
  readonly direction: Direction;
  readonly subject: Subject;
  /** The bytes of `params.arguments` as they came. */
  readonly argumentBytes: Uint8Array | undefined;
  /** The bytes of `params` as they came, found when they are asked for; undefined in messages of the server. */
  readonly paramBytes: () => Buffer | undefined;
  /** All parameters of the message. */
  readonly params: JsonObject | undefined;
  /** The tools as the server's lists showed them. */
  readonly tools: ToolDefinitions;
  /** The approval request that the call was held for, when it is ruled on again. */
  readonly approvalId: string | undefined;
  /** Whether the door can keep this message until a person answers. */
  readonly holdable: boolean;
  /** What it has drawn already, where it continues a call that its server interrupted with questions. */
  readonly paid?: Charge | undefined;
}

/** What approvals are bound to beside the call itself. */
interface ToolDefinitions {
  /** Digest of the tool's definition as it was listed last; null where it was not. */
  definition(name: string): string | null;
}

/** What becomes of a governed request. Decided before anything is forwarded. */
export type Ruling =
  | {
      readonly kind: 'forward';
      readonly decision: Decision;
      /** The approval that lets it pass, where one was needed. */
      readonly approval?: ApprovalNote;
      /** What it has drawn, where it is counted. */
      readonly charge?: Charge;
      /** The pots that it drew on, for the log. */
      readonly limits?: readonly JsonObject[];
      /** Set where the charge is that of the call which it continues, and nothing was drawn anew. */
      readonly continues?: true;
      /** What layers that only observe would have made of it, where that is not settled by policy alone. */
      readonly observed?: Rehearsal;
    }
  /** A person has to answer first. */
  | {
      readonly kind: 'hold';
      readonly decision: Decision;
      readonly asked: AskedCall;
      readonly approvalId: string;
    }
  | {
      readonly kind: 'dry-run';
      readonly decision: Decision;
      readonly rehearsal: Rehearsal;
      readonly answer: DryRunAnswer;
    }
  | {
      readonly kind: 'deny';
      readonly decision: Decision;
      /** Why, for the log. The denial says it too, unless the agent is not to know. */
      readonly reason: DenialReason;
      readonly denial: Denial;
      /** The approval that was refused or is missing. */
      readonly approval?: ApprovalNote;
      /** The pots that could not pay, for the log. */
      readonly limits?: readonly JsonObject[];
    };

/** What a call would come to. For this nothing is drawn, nobody is asked and no answer is used up. */
export type Rehearsal =
  | { readonly kind: 'forward'; readonly limits?: readonly JsonObject[] }
  /** A person would be asked. */
  | { readonly kind: 'ask'; readonly terms: ApprovalTerms; readonly limits?: readonly JsonObject[] }
  | {
      readonly kind: 'deny';
      readonly reason: DenialReason;
      readonly denial: Denial;
      /** The pots that could not pay. */
      readonly limits?: readonly JsonObject[];
    };

/** What a call has drawn, and what it proves for later ones; settled when it is known what became of it. */
export interface Charge {
  /** Reservations that an error of the server does not give back. */
  readonly kept: readonly string[];
  /** Reservations that one does. */
  readonly refundable: readonly string[];
  /** What the reservations are for. */
  readonly draws: readonly Pick<CallDraw, 'pot' | 'amount'>[];
  /** What its success will have proven, where a rule asks for it. */
  readonly proof?: Proof;
}

/**
 * One enforcement step around the next. The stage names are types, so that layers composed in
 * another order do not compile: the order is a safety property.
 */
export interface Enforcer<Stage extends string> {
  readonly stage: Stage;
  rule(call: GovernedCall, decision: Decision): Ruling;
  /** What this step and those behind it would do. */
  rehearse(call: GovernedCall, decision: Decision): Rehearsal;
}

/** The outermost step: it has no decision yet. */
export interface Pipeline {
  readonly stage: 'audit';
  rule(call: GovernedCall): Ruling;
}
