import { isLoopbackHost } from '../platform/loopback.js';
import { duplicates } from './duplicates.js';
import type { ValueMistake } from './issues.js';
import type { ConfigPath } from './mistakes.js';
import type { ConfigSource } from './schema.js';

type Approval = NonNullable<ConfigSource['approval']>;
type ChannelSource = Exclude<NonNullable<Approval['channels']>[number], string>;

/** Mistakes among the keys of `approval`, approvers aside, that are right each on its own. */
export function approvalMistakes(approval: ConfigSource['approval']): ValueMistake[] {
  const channels = (approval?.channels ?? []).map((channel, index) => ({
    source: typeof channel === 'string' ? { type: channel } : channel,
    kind: typeof channel === 'string' ? channel : channel.type,
    name: typeof channel === 'string' ? channel : (channel.name ?? channel.type),
    path: ['approval', 'channels', index],
  }));
  const kinds = new Map(channels.map(({ name, kind }) => [name, kind]));
  return [
    ...duplicates(channels, 'a channel'),
    ...secondChannels(channels),
    ...channels.flatMap(({ source, path }) => keyMistakes(source, path, approval)),
    ...addressMistakes(approval),
    ...nameMistakes(approval?.escalation?.channels ?? [], ['escalation', 'channels'], (name) =>
      kinds.has(name) ? undefined : `approval.channels has no channel "${name}"`,
    ),
    ...nameMistakes(approval?.unsigned_channels ?? [], ['unsigned_channels'], (name) =>
      kinds.get(name) === 'slack' || kinds.get(name) === 'webhook'
        ? undefined
        : `approval.channels has no Slack or webhook channel "${name}"`,
    ),
  ];
}

/** The keys that belong to a kind of channel, and whether it can do without. */
const KEYS: Readonly<Partial<Record<ChannelSource['type'], Partial<Record<keyof ChannelSource, boolean>>>>> =
  {
    webhook: { url: true, secret: true },
    slack: {
      bot_token: true,
      channel: true,
      approvers: true,
      app_token: false,
      signing_secret: false,
      api_url: false,
    },
  };

function keyMistakes(
  source: ChannelSource,
  path: ConfigPath,
  approval: ConfigSource['approval'],
): ValueMistake[] {
  const { type } = source;
  const keys = KEYS[type] ?? {};
  const found: ValueMistake[] = [];
  for (const key of Object.keys(source) as (keyof ChannelSource)[]) {
    if (key === 'type' || key === 'name' || Object.hasOwn(keys, key)) continue;
    found.push({
      path: [...path, key],
      at: 'key',
      message: `${key} does not belong to a channel of type ${type}`,
    });
  }
  for (const [key, isNeeded] of Object.entries(keys) as [keyof ChannelSource, boolean][]) {
    if (isNeeded && source[key] === undefined)
      found.push({ path, message: `a channel of type ${type} needs ${key}` });
  }
  if (type === 'slack' && source.app_token === undefined) {
    if (source.signing_secret === undefined)
      found.push({ path, message: 'a channel of type slack needs app_token or signing_secret' });
    else if (approval?.callback === undefined)
      found.push({ path, message: 'a channel of type slack with signing_secret needs approval.callback' });
  }
  for (const key of ['url', 'api_url'] as const) {
    const url = source[key];
    if (url !== undefined && !isPrivate(url))
      found.push({
        path: [...path, key],
        message: 'expected https://, or http:// to this machine',
        hint: OPEN,
      });
  }
  return found;
}

const OPEN = 'who reads the network would read the arguments of calls, and could answer them';

function addressMistakes(approval: ConfigSource['approval']): ValueMistake[] {
  const { host = '127.0.0.1', public_url: url } = approval?.callback ?? {};
  const path = ['approval', 'callback'];
  if (url !== undefined && !isPrivate(url))
    return [
      { path: [...path, 'public_url'], message: 'expected https://, or http:// to this machine', hint: OPEN },
    ];
  if (isLoopbackHost(host) || (url?.startsWith('https:') ?? false)) return [];
  return [
    {
      path: [...path, 'host'],
      message: 'a callback that other machines can reach needs public_url with https://',
      hint: 'put a proxy with TLS in front of it, or leave host out',
    },
  ];
}

/** Encrypted, or this machine alone; a variable that is not set is a mistake of its own. */
function isPrivate(url: string): boolean {
  if (url.includes('${') || url.startsWith('https:')) return true;
  return URL.canParse(url) && isLoopbackHost(new URL(url).hostname);
}

function nameMistakes(
  names: readonly string[],
  key: ConfigPath,
  fault: (name: string) => string | undefined,
): ValueMistake[] {
  return names.flatMap((name, index) => {
    const message = fault(name);
    return message === undefined ? [] : [{ path: ['approval', ...key, index], message }];
  });
}

/** Kinds of which there can be one, and what two of them would share. */
const SINGLE_KINDS: ReadonlyMap<string, string> = new Map([
  ['client', 'both would ask in the same client'],
  ['terminal', 'both would be the same folder'],
  ['dashboard', 'both would be the same folder'],
  ['desktop', 'both would notify on the same desktop'],
]);

/** One mistake for each channel whose kind an earlier one has; equal names are told of elsewhere. */
function secondChannels(
  channels: readonly { readonly kind: string; readonly name: string; readonly path: ConfigPath }[],
): ValueMistake[] {
  return channels.flatMap(({ kind, name, path }, index) => {
    const why = SINGLE_KINDS.get(kind);
    const earlier = channels.slice(0, index);
    if (why === undefined || earlier.some((other) => other.name === name)) return [];
    return earlier.some((other) => other.kind === kind)
      ? [{ path, message: `a channel above is of type ${kind} already: ${why}` }]
      : [];
  });
}
