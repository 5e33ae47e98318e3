import type { RequestMessage } from '../jsonrpc/message.js';
import { withoutMembers } from '../jsonrpc/splice.js';
import { formAnswerOf, type FormAnswer } from '../mcp/elicitation.js';
import { isJsonObject, member } from '../platform/json.js';
import type { RequestStates } from './request-state.js';

/** A request that comes back with guard's own state, and what it is without it. */
export interface Round {
  /** The line with its line feed, guard's state and the answers to guard's questions taken out. */
  readonly frame: Buffer;
  /** Rounds made before this one. */
  readonly round: number;
  /** What the client's person did with guard's question, and for which request it was shown. */
  readonly reply: { readonly approvalId: string; readonly answer: FormAnswer | undefined } | undefined;
}

/**
 * Takes guard's part out of a retry of the modern era: the server never asked for it. Null for a
 * request that carries none, `forged` where a state of guard's was changed or is of another process.
 */
export function readRound(
  states: RequestStates,
  message: RequestMessage,
  line: Buffer,
): Round | 'forged' | null {
  const { params } = message;
  if (params === undefined || member(params, 'requestState') === undefined) return null;
  const state = states.read(params);
  if (state === undefined) return null;
  if (state === null) return 'forged';
  const responses = member(params, 'inputResponses');
  const given = isJsonObject(responses) ? member(responses, 'approval') : undefined;
  return {
    frame: withoutMembers(line, ['params'], ['requestState', 'inputResponses']),
    round: state.round,
    reply: given === undefined ? undefined : { approvalId: state.approvalId, answer: formAnswerOf(given) },
  };
}
