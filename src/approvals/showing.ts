import { UNDELIVERED_CHARS_MAX } from '../platform/bounds.js';
import { printable } from '../platform/printable.js';
import type { ApprovalChannel, ChannelEvents } from './channel.js';
import type { HeldRequest } from './held-request.js';

/** Why none of the channels with these names can bring an answer; undefined where one can. */
export function unaskable(
  channels: readonly ApprovalChannel[],
  names: readonly string[],
): string | undefined {
  if (names.length === 0) return 'nobody can be asked: its rules have no channel in common.';
  const named = channels.filter(({ name }) => names.includes(name));
  if (named.length === 0) return `nobody can be asked: no channel is called ${names.join(' or ')}.`;
  return named.every(({ notifiesOnly }) => notifiesOnly === true)
    ? `nobody can be asked: ${names.join(' and ')} can only notify.`
    : undefined;
}

/** Opens the request in the channels with these names that do not show it yet. */
export function show(
  held: HeldRequest,
  channels: readonly ApprovalChannel[],
  names: readonly string[],
  eventsOf: (channel: ApprovalChannel) => ChannelEvents,
): void {
  for (const channel of channels) {
    if (!names.includes(channel.name) || held.tickets.has(channel.name)) continue;
    held.tickets.set(channel.name, channel.open(held.request, eventsOf(channel)));
  }
}

/** Writes on the request that a channel could not deliver it, and has the other channels show that. */
export function noteUndelivered(held: HeldRequest, channel: string, why: string, at: string): void {
  const entry = { channel, why: printable(why, UNDELIVERED_CHARS_MAX), at };
  // One line for each channel: the latest says what is the matter now.
  const others = held.request.undelivered.filter((other) => other.channel !== channel);
  held.request = { ...held.request, undelivered: [...others, entry] };
  for (const [name, ticket] of held.tickets) if (name !== channel) ticket.update(held.request);
}

/** Whether a channel that shows the request, and has not said otherwise, can bring an answer. */
export function isReachable(held: HeldRequest, channels: readonly ApprovalChannel[]): boolean {
  const failed = new Set(held.request.undelivered.map(({ channel }) => channel));
  return channels.some(
    ({ name, notifiesOnly }) => held.tickets.has(name) && notifiesOnly !== true && !failed.has(name),
  );
}
