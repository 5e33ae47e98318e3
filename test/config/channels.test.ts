import { describe, expect, test } from 'vitest';
import { approvalSettings } from '../../src/config/approval-settings.js';
import { channelWarnings } from '../../src/config/channel-warnings.js';
import { verifies } from '../requirements.js';
import { mistakesOf, readText } from './check-yaml.js';

/** The mistakes of such channels, without their places in the text. */
const told = (...channels: (string | object)[]): string[] =>
  mistakesOf(JSON.stringify({ version: '1', approval: { channels } })).map((line) =>
    line.replace(/^\S+ /, ''),
  );

const SECRET = 'a-secret-of-many-letters';
const webhook = (name: string, more: object = {}): object => ({
  type: 'webhook',
  name,
  url: 'https://a.example/',
  secret: SECRET,
  ...more,
});
const slack = (more: object = {}): object => ({
  type: 'slack',
  bot_token: 'xoxb-1',
  app_token: 'xapp-1',
  channel: 'C0',
  approvers: ['U0ANA'],
  ...more,
});

test('one channel of each kind is no mistake, and several webhooks are none', () => {
  expect(told('client', 'terminal')).toEqual([]);
  expect(told({ type: 'terminal', name: 'desk' }, 'client', webhook('a'), webhook('b'))).toEqual([]);
});

test.each([
  ['terminal', 'both would be the same folder'],
  ['client', 'both would ask in the same client'],
  ['desktop', 'both would notify on the same desktop'],
])('a second channel of type %s is a mistake, whatever it is called', (type, why) => {
  const mistake = (at: number): string =>
    `approval.channels[${at}]: a channel above is of type ${type} already: ${why}`;
  expect(told(type, { type, name: 'desk' })).toEqual([mistake(1)]);
  expect(told({ type, name: 'desk' }, 'dashboard', type)).toEqual([mistake(2)]);
  expect(told({ type, name: 'a' }, { type, name: 'b' }, { type, name: 'c' })).toEqual([
    mistake(1),
    mistake(2),
  ]);
});

test('a channel that is there twice under one name is one mistake', () => {
  expect(told('terminal', 'terminal')).toEqual([
    'approval.channels[1]: the name terminal is taken: a channel above has it already',
  ]);
});

/** The mistakes of such an `approval`, without their places in the text. */
const approval = (source: object): string[] =>
  mistakesOf(JSON.stringify({ version: '1', approval: source })).map((line) => line.replace(/^\S+ /, ''));

describe('channels to the outside', () => {
  const first = 'approval.channels[0]';
  const OPEN = 'who reads the network would read the arguments of calls, and could answer them';

  test.each<[string, object, string[]]>([
    ['a webhook', webhook('a'), []],
    ['Slack by Socket Mode', slack(), []],
    ['a webhook on this machine', webhook('a', { url: 'http://127.0.0.1:9000/hook' }), []],
    [
      'a webhook without a secret',
      { type: 'webhook', url: 'https://a.example/' },
      [`${first}: a channel of type webhook needs secret`],
    ],
    [
      'a webhook over open http',
      webhook('a', { url: 'http://a.example/' }),
      [`${first}.url: expected https://, or http:// to this machine (${OPEN})`],
    ],
    [
      'a key of another kind',
      webhook('a', { approvers: ['U0ANA'] }),
      [`${first}.approvers: approvers does not belong to a channel of type webhook`],
    ],
    [
      'Slack without approvers',
      { type: 'slack', bot_token: 'x', app_token: 'y', channel: 'C0' },
      [`${first}: a channel of type slack needs approvers`],
    ],
    [
      'Slack that cannot be answered',
      { type: 'slack', bot_token: 'x', channel: 'C0', approvers: ['U0ANA'] },
      [`${first}: a channel of type slack needs app_token or signing_secret`],
    ],
    [
      'Slack by HTTP with nowhere to arrive',
      { type: 'slack', bot_token: 'x', channel: 'C0', approvers: ['U0ANA'], signing_secret: SECRET },
      [`${first}: a channel of type slack with signing_secret needs approval.callback`],
    ],
  ])('%s', (_, channel, mistakes) => {
    expect(told(channel)).toEqual(mistakes);
  });

  test('an approver of Slack is the id of a user, and a short secret is none', () => {
    expect(told(slack({ approvers: ['@ana'] })).join()).toContain('approvers');
    expect(told(slack({ approvers: [] })).join()).toContain('approvers');
    expect(told(webhook('a', { secret: 'short' })).join()).toContain('secret');
  });
});

const WITH_OPS = ['terminal', webhook('ops')];

const settings = (more: object) =>
  approvalSettings(
    readText(JSON.stringify({ version: '1', approval: { channels: WITH_OPS, ...more } })).config?.approval,
  );

const notifies = (more: object) => settings(more).channels.map(({ notifiesOnly }) => notifiesOnly);

describe('callback, escalation and unsigned channels', () => {
  verifies('approval:unsigned:named', 'approval:escalation:default');

  test.each<[string, object, string[]]>([
    ['a callback on this machine', { callback: {} }, []],
    [
      'a callback behind a proxy',
      { callback: { host: '0.0.0.0', port: 7476, public_url: 'https://guard.example' } },
      [],
    ],
    [
      'a callback that is open to the network',
      { callback: { host: '0.0.0.0' } },
      [
        'approval.callback.host: a callback that other machines can reach needs public_url with https:// (put a proxy with TLS in front of it, or leave host out)',
      ],
    ],
    ['an escalation to a channel', { escalation: { after: '2m', channels: ['ops'] } }, []],
    [
      'an escalation to nobody known',
      { escalation: { after: '2m', channels: ['pager'] } },
      ['approval.escalation.channels[0]: approval.channels has no channel "pager"'],
    ],
    ['an unsigned webhook', { unsigned_channels: ['ops'] }, []],
    [
      'an unsigned terminal',
      { unsigned_channels: ['terminal'] },
      ['approval.unsigned_channels[0]: approval.channels has no Slack or webhook channel "terminal"'],
    ],
  ])('%s', (_, more, mistakes) => {
    expect(approval({ channels: WITH_OPS, ...more })).toEqual(mistakes);
  });

  test('who is asked later is not asked at once', () => {
    expect(settings({ escalation: { after: '2m', channels: ['ops'] } }).defaults).toMatchObject({
      channels: ['terminal'],
      escalation: { afterMs: 120_000, channels: ['ops'] },
    });
  });

  test('a webhook without a way back, and one whose answers would have to be signed, only notifies', () => {
    const approvers = [{ name: 'alice', public_key: '11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=' }];
    expect(notifies({})).toEqual([false, true]);
    expect(notifies({ callback: {} })).toEqual([false, false]);
    expect(notifies({ callback: {}, approvers })).toEqual([false, true]);
    expect(notifies({ callback: {}, approvers, unsigned_channels: ['ops'] })).toEqual([false, false]);
  });

  test('a rule that can only notify is warned of', () => {
    const rules = [{ match: {}, action: 'require_approval', approval: { channels: ['ops'] } }];
    const { config } = readText(
      JSON.stringify({ version: '1', approval: { channels: WITH_OPS }, policies: { rules } }),
    );
    expect(config === undefined ? [] : channelWarnings(config, 'user')).toEqual([
      expect.objectContaining({
        message: 'nobody can answer: ops can only notify, so such calls are denied',
      }),
    ]);
  });
});
