import { OUTSIDE_NAME_CHARS_MAX, OUTSIDE_REASON_CHARS_MAX } from '../../platform/bounds.js';
import { isJsonObject, member, parseJson, type JsonObject } from '../../platform/json.js';
import type { AnswerReceipt } from '../channel.js';
import type { CallbackReply, CallbackRequest } from './callback-listener.js';

/** What a callback says. */
export interface WebhookAnswer {
  readonly token: string;
  readonly decision: 'approved' | 'denied';
  /** A claim of whoever holds the token. */
  readonly approver: string;
  readonly reason: string | null;
}

/** The answer in the body of a callback, or the reply to one that holds none. */
export function webhookAnswer({ headers, body }: CallbackRequest): WebhookAnswer | CallbackReply {
  if (!/^application\/json\b/i.test(headers['content-type'] ?? ''))
    return { status: 415, refused: 'it is not application/json' };
  const value = parseJson(body.toString('utf8'));
  if (!isJsonObject(value)) return malformed('a JSON object');
  const token = member(value, 'token');
  const decision = member(value, 'decision');
  const approver = member(value, 'approver');
  const reason = member(value, 'reason') ?? null;
  if (typeof token !== 'string') return malformed('token, as it was posted');
  if (decision !== 'approved' && decision !== 'denied') return malformed('decision: approved or denied');
  if (typeof approver !== 'string' || approver === '' || approver.length > OUTSIDE_NAME_CHARS_MAX)
    return malformed(`approver, of 1 to ${OUTSIDE_NAME_CHARS_MAX} characters`);
  if (reason !== null && (typeof reason !== 'string' || reason.length > OUTSIDE_REASON_CHARS_MAX))
    return malformed(`reason as text of at most ${OUTSIDE_REASON_CHARS_MAX} characters`);
  return { token, decision, approver, reason };
}

/** What the receiver of the webhook reads of its answer; a refusal hands out the token for another try. */
export function replyOf(receipt: AnswerReceipt, nextToken: () => string): CallbackReply {
  switch (receipt.kind) {
    case 'accepted':
      return { status: 200, body: { status: 'accepted' } };
    case 'late':
      return { status: 409, body: { status: 'late', end: receipt.end === null ? null : { ...receipt.end } } };
    case 'refused':
      return { status: 422, body: { status: 'refused', why: receipt.why, token: nextToken() } };
  }
}

function malformed(expected: string): CallbackReply {
  const body: JsonObject = { status: 'malformed', why: `expected ${expected}` };
  return { status: 400, body, refused: `it has no ${expected}` };
}
