import { isJsonObject, member, type JsonObject, type JsonValue } from '../../platform/json.js';
import { SLACK_IDS } from './slack-message.js';

/** What a person did in Slack. */
export type SlackAct =
  | {
      readonly kind: 'press';
      readonly button: 'approve' | 'deny';
      readonly id: string;
      readonly user: string;
      /** Opens a modal within three seconds. */
      readonly trigger: string;
      /** The message that the button stands in. */
      readonly channel: string;
      readonly ts: string;
    }
  | {
      readonly kind: 'reason';
      readonly id: string;
      readonly user: string;
      readonly reason: string | null;
    };

/** The act in an interactive payload; undefined for one that is none of guard's. */
export function slackAct(payload: JsonValue | undefined): SlackAct | undefined {
  if (!isJsonObject(payload)) return undefined;
  const user = textAt(payload, 'user', 'id');
  if (user === undefined) return undefined;
  switch (member(payload, 'type')) {
    case 'block_actions':
      return press(payload, user);
    case 'view_submission':
      return reason(payload, user);
    default:
      return undefined;
  }
}

/** An act that another guard process wrote down; undefined for anything else. */
export function readSlackAct(value: JsonValue | undefined): SlackAct | undefined {
  const [id, user] = [textAt(value, 'id'), textAt(value, 'user')];
  if (!isJsonObject(value) || id === undefined || user === undefined) return undefined;
  if (member(value, 'kind') === 'reason') {
    return { kind: 'reason', id, user, reason: textAt(value, 'reason') ?? null };
  }
  const button = member(value, 'button');
  const [trigger, channel, ts] = [textAt(value, 'trigger'), textAt(value, 'channel'), textAt(value, 'ts')];
  if (button !== 'approve' && button !== 'deny') return undefined;
  if (trigger === undefined || channel === undefined || ts === undefined) return undefined;
  return { kind: 'press', button, id, user, trigger, channel, ts };
}

function press(payload: JsonObject, user: string): SlackAct | undefined {
  const actions = member(payload, 'actions');
  const [action] = Array.isArray(actions) ? actions : [];
  const name = textAt(action, 'action_id');
  const button =
    name === SLACK_IDS.approve ? 'approve' : name === SLACK_IDS.deny ? ('deny' as const) : undefined;
  const id = textAt(action, 'value');
  const channel = textAt(payload, 'container', 'channel_id') ?? textAt(payload, 'channel', 'id');
  const ts = textAt(payload, 'container', 'message_ts') ?? textAt(payload, 'message', 'ts');
  const trigger = textAt(payload, 'trigger_id') ?? '';
  if (button === undefined || id === undefined || channel === undefined || ts === undefined) return undefined;
  return { kind: 'press', button, id, user, trigger, channel, ts };
}

function reason(payload: JsonObject, user: string): SlackAct | undefined {
  const id = textAt(payload, 'view', 'private_metadata');
  if (textAt(payload, 'view', 'callback_id') !== SLACK_IDS.modal || id === undefined) return undefined;
  const { reasonBlock, reasonInput } = SLACK_IDS;
  const text = textAt(payload, 'view', 'state', 'values', reasonBlock, reasonInput, 'value') ?? null;
  return { kind: 'reason', id, user, reason: text === '' ? null : text };
}

function textAt(value: JsonValue | undefined, ...path: readonly string[]): string | undefined {
  let at: JsonValue | undefined = value;
  for (const key of path) at = isJsonObject(at) ? member(at, key) : undefined;
  return typeof at === 'string' ? at : undefined;
}
