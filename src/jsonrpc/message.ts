import type { JsonObject } from '../platform/json.js';

/** A request id as guard takes it: a string, or an integer that survives as a number. */
export type RpcId = string | number;

/** Offsets of a piece of a frame in the frame's buffer. */
export interface ByteSpan {
  readonly start: number;
  readonly end: number;
}

/** A frame understood as one JSON-RPC message. */
export type Message = RequestMessage | NotificationMessage | ResponseMessage;

export interface RequestMessage {
  readonly kind: 'request';
  readonly id: RpcId;
  readonly method: string;
  readonly params: JsonObject | undefined;
  /** Where the value of `params.arguments` stands, if there is one. */
  readonly argumentsSpan: ByteSpan | undefined;
}

export interface NotificationMessage {
  readonly kind: 'notification';
  readonly method: string;
  readonly params: JsonObject | undefined;
  readonly argumentsSpan: ByteSpan | undefined;
}

export interface ResponseMessage {
  readonly kind: 'response';
  readonly id: RpcId;
  /** Which of the two members the answer has. */
  readonly outcome: 'result' | 'error';
}

/** Why a line from the client is refused. The docs list each with an example. */
export type RefusalReason =
  | 'not-utf8'
  | 'byte-order-mark'
  | 'control-byte'
  | 'not-json'
  | 'too-deep'
  | 'batch'
  | 'not-object'
  | 'duplicate-key'
  | 'ambiguous-key'
  | 'escaped-key'
  | 'unknown-member'
  | 'too-many-members'
  | 'bad-version'
  | 'bad-id'
  | 'bad-method'
  | 'bad-params'
  | 'mixed-kinds'
  | 'no-kind'
  | 'too-large'
  | 'unfinished-line'
  | 'id-in-use'
  | 'unsolicited-answer'
  | 'call-without-id'
  | 'too-many-pending';

/** A line that is not forwarded, with what its sender is told. */
export interface Refusal {
  readonly kind: 'refusal';
  readonly reason: RefusalReason;
  readonly detail: string;
  /** The id to answer to: null where none could be read, undefined where no answer is due. */
  readonly id: RpcId | null | undefined;
  readonly method: string | undefined;
}
