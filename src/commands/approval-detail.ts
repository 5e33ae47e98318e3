import { isJsonObject, member, type JsonObject, type JsonValue } from '../platform/json.js';

/** What a decision record says of its approval, in a few words; nothing is printable yet. */
export function approvalText(approval: JsonValue): string {
  if (!isJsonObject(approval)) return '';
  const id = textOf(approval, 'id');
  const who = [textOf(approval, 'approver'), channelText(approval)].filter((part) => part !== '').join(' ');
  const waitedMs = member(approval, 'waited_ms');
  const waited =
    typeof waitedMs === 'number' && waitedMs > 0
      ? ` after ${Math.max(1, Math.round(waitedMs / 1000))} s`
      : '';
  const reason = textOf(approval, 'reason');
  const why = reason === '' ? '' : `: ${reason}`;
  switch (textOf(approval, 'state')) {
    case 'not-asked':
      return 'a person would have been asked';
    case 'pending':
      return `waits for a person (${id})`;
    case 'approved':
      return `approved by ${who}${waited}${why}`;
    case 'denied':
      return `denied by ${who}${waited}${why}`;
    case 'expired':
      return `nobody answered${waited}${why}`;
    case 'remembered':
      return `remembered (${textOf(approval, 'remembered')}), from ${who}`;
    default:
      return '';
  }
}

function channelText(approval: JsonObject): string {
  const channel = textOf(approval, 'channel');
  return channel === '' ? '' : `(${channel})`;
}

function textOf(object: JsonObject, key: string): string {
  const value = member(object, key);
  return typeof value === 'string' ? value : '';
}
