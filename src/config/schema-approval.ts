import * as z from 'zod/mini';
import { DEFAULTS } from './defaults.js';
import { described, duration, httpUrl, name, optional, port, text, word } from './schema-values.js';

const channelSecret = z
  .string()
  .check(z.minLength(16, { error: 'expected a secret of at least 16 characters' }));
const slackUser = z.string().check(
  z.regex(/^[UW][A-Z0-9]{2,30}$/, {
    error: 'expected the id of a Slack user such as U012ABCDEF (profile, More, Copy member ID)',
  }),
);

const channel = z.union([
  word(['client', 'terminal', 'dashboard', 'desktop']),
  z.strictObject({
    type: described(
      word(['client', 'terminal', 'dashboard', 'desktop', 'slack', 'webhook']),
      'Kind of the channel.',
    ),
    name: optional(name, 'Name that rules use. Default: the type.'),
    url: optional(httpUrl, 'Where a webhook posts: https, or http to this machine.'),
    secret: optional(channelSecret, 'Key that signs the posts of a webhook.'),
    bot_token: optional(text, 'Slack: the bot token of the app (xoxb-…).'),
    app_token: optional(text, 'Slack: the app-level token (xapp-…); with it answers come by Socket Mode.'),
    signing_secret: optional(
      channelSecret,
      'Slack: the key that proves where an answer came from; with it answers come to approval.callback.',
    ),
    channel: optional(text, 'Slack: id of the channel in which requests are posted.'),
    approvers: optional(
      z.array(slackUser).check(z.minLength(1, { error: 'expected at least one user' })),
      'Slack: ids of the users who may answer.',
    ),
    api_url: optional(httpUrl, 'Slack: base address of its Web API.', DEFAULTS.approval.slack_api_url),
  }),
]);

/** The `approval` key. */
export const approvalSchema = z.strictObject({
  timeout: optional(duration, 'How long a person has to answer.', DEFAULTS.approval.timeout),
  default_on_timeout: optional(
    word(['deny', 'allow']),
    'What happens when nobody answers.',
    DEFAULTS.approval.default_on_timeout,
  ),
  approvers: optional(
    z.array(
      z.strictObject({
        name: described(name, 'Name in records.'),
        public_key: described(text, 'Ed25519 public key, base64.'),
      }),
    ),
    'With approvers, an answer counts only with a signature of one of them.',
    [],
  ),
  channels: optional(
    z.array(channel),
    'Where a person is asked. With none: in the client, in guard approve and in the dashboard.',
    [],
  ),
  callback: optional(
    z.strictObject({
      host: optional(text, 'Address that is listened on.', DEFAULTS.approval.callback.host),
      port: optional(port, 'Its port; 0 takes any free one.', DEFAULTS.approval.callback.port),
      public_url: optional(
        httpUrl,
        'Base address under which others reach it: https, or http to this machine. Default: made from host and port.',
      ),
    }),
    'Where answers of webhooks and Slack come in. Without it webhooks only notify.',
  ),
  escalation: optional(
    z.strictObject({
      after: described(duration, 'How long nobody may have answered before.'),
      channels: described(
        z.array(text).check(z.minLength(1, { error: 'expected at least one channel' })),
        'Names of the channels that are asked then, and not before.',
      ),
    }),
    'Who is asked when nobody answers, for rules that name no channels of their own.',
  ),
  unsigned_channels: optional(
    z.array(text),
    'Names of Slack and webhook channels whose answers count without a signature, beside approvers.',
    [],
  ),
  retry_window: optional(
    duration,
    'How long an answer is kept for the identical call when its client has given up waiting.',
    DEFAULTS.approval.retry_window,
  ),
  waiting: optional(
    z.record(z.string(), duration),
    'How long a call may be kept waiting in one piece, by a glob over the name of the client; the first that matches counts. Default: what is known of the client.',
  ),
});
