import type { EnrolledApprover } from '../approvals/signing/approver-set.js';
import type { ApprovalDefaults } from '../approvals/terms.js';
import { durationMs } from '../platform/units.js';
import { DEFAULTS } from './defaults.js';
import type { ConfigSource } from './schema.js';

/** Settings of approvals, with defaults; times in milliseconds. */
export interface ApprovalSettings {
  readonly defaults: ApprovalDefaults;
  readonly channels: readonly ChannelSettings[];
  /** Where answers from outside come in; undefined where nothing listens. */
  readonly callback: CallbackSettings | undefined;
  readonly approvers: readonly EnrolledApprover[];
  readonly retryWindowMs: number;
  /** How long calls of a client may wait, by a glob over its name, in the order of the file. */
  readonly waitingTimes: readonly (readonly [client: string, waitMs: number])[];
}

/** One channel as config has it. */
export interface ChannelSettings {
  readonly name: string;
  readonly kind: string;
  /** It brings no answers: it has no way back, or answers must be signed and its own cannot be. */
  readonly notifiesOnly: boolean;
  /** Whether its answers count although approvers are named and it cannot sign. */
  readonly countsUnsigned: boolean;
  /** What the file says of it beside. */
  readonly source: Exclude<Channel, string> | undefined;
}

interface CallbackSettings {
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string | undefined;
}

type Channel = NonNullable<NonNullable<ConfigSource['approval']>['channels']>[number];

/** Asked where config names no channel. */
const USUAL_CHANNELS = ['client', 'terminal', 'dashboard'] as const;

/** What the `approval` key says; the approvers may stand in another file. */
export function approvalSettings(
  source: ConfigSource['approval'],
  approvers: readonly EnrolledApprover[] = source?.approvers ?? [],
): ApprovalSettings {
  const stated = source?.channels ?? [];
  const channels = (stated.length === 0 ? USUAL_CHANNELS : stated).map((channel) =>
    channelSettings(channel, source, approvers.length > 0),
  );
  const { escalation, callback } = source ?? {};
  return {
    defaults: {
      timeoutMs: msOf(source?.timeout ?? DEFAULTS.approval.timeout),
      onTimeout: source?.default_on_timeout ?? DEFAULTS.approval.default_on_timeout,
      // Who is asked later is not asked at once.
      channels: channels
        .map(({ name }) => name)
        .filter((name) => escalation?.channels.includes(name) !== true),
      ...(escalation === undefined
        ? {}
        : { escalation: { afterMs: msOf(escalation.after), channels: escalation.channels } }),
    },
    channels,
    callback:
      callback === undefined
        ? undefined
        : {
            host: callback.host ?? DEFAULTS.approval.callback.host,
            port: callback.port ?? DEFAULTS.approval.callback.port,
            publicUrl: callback.public_url,
          },
    approvers,
    retryWindowMs: msOf(source?.retry_window ?? DEFAULTS.approval.retry_window),
    waitingTimes: Object.entries(source?.waiting ?? {}).map(
      ([client, time]) => [client, msOf(time)] as const,
    ),
  };
}

function channelSettings(
  channel: Channel,
  approval: ConfigSource['approval'],
  signed: boolean,
): ChannelSettings {
  const source = typeof channel === 'string' ? undefined : channel;
  const kind = typeof channel === 'string' ? channel : channel.type;
  const name = source?.name ?? kind;
  const countsUnsigned = approval?.unsigned_channels?.includes(name) === true;
  const isOutside = kind === 'slack' || kind === 'webhook';
  const hasNoWayBack = kind === 'webhook' && approval?.callback === undefined;
  return {
    name,
    kind,
    notifiesOnly: kind === 'desktop' || hasNoWayBack || (isOutside && signed && !countsUnsigned),
    countsUnsigned: isOutside && countsUnsigned,
    source,
  };
}

/** The schema lets nothing through that is no duration. */
function msOf(text: string): number {
  return durationMs(text) ?? 0;
}
