import { createAnchorFile } from '../audit/anchors/anchor-file.js';
import type { AnchorQueue } from '../audit/anchors/anchor-queue.js';
import type { Settings } from '../config/settings.js';
import type { Clock } from '../platform/clock.js';
import type { Diagnostics } from '../platform/diagnostics.js';
import { messageOf } from '../platform/errors.js';

/** The second places to which a writer's heads go. */
export interface Anchors {
  /** Takes a head that was written to the log, a line without its line feed; neither waits nor throws. */
  readonly send: (line: string) => void;
  /** Hands over what is left, within ANCHOR_FLUSH_MS. */
  close(): Promise<void>;
}

async function hand(line: string, queues: Promise<readonly AnchorQueue[]>): Promise<void> {
  for (const queue of await queues) queue.add(line);
}

/** Those of the config; what reaches over the network is not loaded before there is a head for it. */
export function openAnchors(
  settings: Settings['audit']['anchor'],
  clock: Pick<Clock, 'timestamp' | 'wallMs'>,
  diagnostics: Pick<Diagnostics, 'note' | 'repeated'>,
): Anchors {
  const { file, syslog, webhook } = settings;
  const toFile = file === undefined ? undefined : createAnchorFile(file, diagnostics);
  const isRemote = syslog !== undefined || webhook !== undefined;
  let queues: Promise<readonly AnchorQueue[]> | undefined;
  const load = async (): Promise<readonly AnchorQueue[]> => {
    try {
      const { openRemoteAnchors } = await import('./remote-anchors.js');
      return openRemoteAnchors(settings, clock, diagnostics);
    } catch (error) {
      diagnostics.note(`cannot load the anchors of the audit log: ${messageOf(error)}`);
      return [];
    }
  };
  return {
    send(line) {
      toFile?.(line);
      if (!isRemote) return;
      queues ??= load();
      void hand(line, queues);
    },
    async close() {
      const loaded = (await queues) ?? [];
      await Promise.all(loaded.map((queue) => queue.close()));
    },
  };
}
