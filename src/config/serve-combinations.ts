import { approverMistakes } from './approver-combinations.js';
import { duplicates } from './duplicates.js';
import { identityMistakes } from './identity-combinations.js';
import type { ValueMistake } from './issues.js';
import type { ConfigPath } from './mistakes.js';
import type { ConfigSource } from './schema.js';
import { upstreamsMistakes } from './upstream-mistakes.js';

type Channel = NonNullable<NonNullable<ConfigSource['approval']>['channels']>[number];

/** Mistakes among the keys of the HTTP door and of approvals that are right each on its own. */
export function serveMistakes(config: ConfigSource): ValueMistake[] {
  return [
    ...upstreamsMistakes(config),
    ...channelMistakes(config.approval?.channels ?? []),
    ...approverMistakes(config),
    ...identityMistakes(config),
    ...(config.audit?.sinks ?? []).flatMap((sink, index) =>
      sink.type === 'stdout' && sink.path !== undefined
        ? [{ path: ['audit', 'sinks', index, 'path'], message: 'path belongs to sinks of type file' }]
        : [],
    ),
  ];
}

function channelMistakes(channels: readonly Channel[]): ValueMistake[] {
  const named = channels.map((channel, index) => ({
    kind: typeof channel === 'string' ? channel : channel.type,
    name: typeof channel === 'string' ? channel : (channel.name ?? channel.type),
    path: ['approval', 'channels', index],
  }));
  const found = [...duplicates(named, 'a channel'), ...secondChannels(named)];
  for (const [index, channel] of channels.entries()) {
    if (typeof channel === 'string') continue;
    const needed =
      channel.type === 'slack'
        ? (['bot_token', 'signing_secret', 'channel'] as const)
        : channel.type === 'webhook'
          ? (['url'] as const)
          : [];
    for (const key of needed) {
      if (channel[key] === undefined) {
        found.push({
          path: ['approval', 'channels', index],
          message: `a channel of type ${channel.type} needs ${key}`,
        });
      }
    }
  }
  return found;
}

/** Kinds of which there can be one, and what two of them would share. */
const SINGLE_KINDS: ReadonlyMap<string, string> = new Map([
  ['client', 'both would ask in the same client'],
  ['terminal', 'both would be the same folder'],
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
