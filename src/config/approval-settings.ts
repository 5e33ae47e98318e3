import type { EnrolledApprover } from '../approvals/signing/approver-set.js';
import type { ApprovalDefaults } from '../approvals/terms.js';
import { durationMs } from '../platform/units.js';
import { DEFAULTS } from './defaults.js';
import type { ConfigSource } from './schema.js';

/** Settings of approvals, with defaults; times in milliseconds. */
export interface ApprovalSettings {
  readonly defaults: ApprovalDefaults;
  readonly channels: readonly { readonly name: string; readonly kind: string }[];
  readonly approvers: readonly EnrolledApprover[];
  readonly retryWindowMs: number;
  /** How long calls of a client may wait, by a glob over its name, in the order of the file. */
  readonly waitingTimes: readonly (readonly [client: string, waitMs: number])[];
}

/** Asked where config names no channel. */
const USUAL_CHANNELS = ['client', 'terminal'] as const;

/** What the `approval` key says; the approvers may stand in another file. */
export function approvalSettings(
  source: ConfigSource['approval'],
  approvers: readonly EnrolledApprover[] = source?.approvers ?? [],
): ApprovalSettings {
  const stated = source?.channels ?? [];
  const channels = (stated.length === 0 ? USUAL_CHANNELS : stated).map((channel) =>
    typeof channel === 'string'
      ? { name: channel, kind: channel }
      : { name: channel.name ?? channel.type, kind: channel.type },
  );
  return {
    defaults: {
      timeoutMs: msOf(source?.timeout ?? DEFAULTS.approval.timeout),
      onTimeout: source?.default_on_timeout ?? DEFAULTS.approval.default_on_timeout,
      channels: channels.map(({ name }) => name),
    },
    channels,
    approvers,
    retryWindowMs: msOf(source?.retry_window ?? DEFAULTS.approval.retry_window),
    waitingTimes: Object.entries(source?.waiting ?? {}).map(
      ([client, time]) => [client, msOf(time)] as const,
    ),
  };
}

/** The schema lets nothing through that is no duration. */
function msOf(text: string): number {
  return durationMs(text) ?? 0;
}
