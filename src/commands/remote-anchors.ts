import os from 'node:os';
import { AnchorQueue, type RemoteAnchor } from '../audit/anchors/anchor-queue.js';
import { readSyslogAddress } from '../audit/anchors/syslog-address.js';
import { syslogAnchor } from '../audit/anchors/syslog.js';
import { webhookAnchor } from '../audit/anchors/webhook.js';
import type { Settings } from '../config/settings.js';
import type { Clock } from '../platform/clock.js';
import type { Diagnostics } from '../platform/diagnostics.js';

/** The anchors over the network that the config names; loaded with the first head that goes there. */
export function openRemoteAnchors(
  { syslog, webhook }: Settings['audit']['anchor'],
  clock: Pick<Clock, 'timestamp' | 'wallMs'>,
  diagnostics: Pick<Diagnostics, 'note'>,
): AnchorQueue[] {
  const anchors: RemoteAnchor[] = [];
  const address = syslog === undefined ? undefined : readSyslogAddress(syslog);
  if (address !== undefined) {
    const sender = { hostname: os.hostname(), pid: process.pid, timestamp: () => clock.timestamp() };
    anchors.push(syslogAnchor(address, sender));
  }
  if (webhook !== undefined) anchors.push(webhookAnchor(webhook, () => clock.wallMs()));
  return anchors.map((anchor) => new AnchorQueue(anchor, diagnostics));
}
