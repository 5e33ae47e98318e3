import type { RpcId } from '../jsonrpc/message.js';
import { requestElicitsForms } from '../mcp/elicitation.js';
import { isJsonObject, member, type JsonObject } from '../platform/json.js';
import type { JudgedHold } from './client-judge.js';
import type { Round } from './rounds.js';

/** A governed request that a person has to approve. */
export interface HeldCall extends JudgedHold {
  /** The exact bytes that are forwarded once it is approved, with their line ending. */
  readonly frame: Buffer;
  readonly progressToken: RpcId | undefined;
  /** Whether this request says that its client shows forms inside `input_required`. */
  readonly elicits: boolean;
  /** Whether it carries a state or answers for the server, which rounds of guard's own would lose. */
  readonly continues: boolean;
  /** Rounds that its client has already made. */
  readonly round: number;
  /** What the client's person answered in the last round. */
  readonly reply: Round['reply'];
}

/**
 * Keeps a call for as long as a person needs. The frame is copied and the parsed parameters are
 * left behind, so that a held call holds its own bytes in memory and not the whole read it came in.
 */
export function heldCallOf(
  hold: JudgedHold,
  params: JsonObject | undefined,
  frame: Buffer,
  round: Pick<Round, 'round' | 'reply'> | null,
): HeldCall {
  const meta = params === undefined ? undefined : member(params, '_meta');
  const token = isJsonObject(meta) ? member(meta, 'progressToken') : undefined;
  return {
    ...hold,
    call: { ...hold.call, argumentBytes: undefined, paramBytes: () => undefined, params: undefined },
    frame: Buffer.from(frame),
    progressToken: typeof token === 'string' || typeof token === 'number' ? token : undefined,
    elicits: requestElicitsForms(params),
    continues: params !== undefined && ('requestState' in params || 'inputResponses' in params),
    round: round?.round ?? 0,
    reply: round?.reply,
  };
}
