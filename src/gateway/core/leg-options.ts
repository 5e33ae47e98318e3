import type { Clock } from '../../platform/clock.js';
import type { Era, SessionClient } from '../upstreams/connection.js';
import type { LegTasks } from './leg-tasks.js';
import type { Leg, LegEvents, OpenedConversation } from './leg.js';
import type { OpenExchanges } from './open-exchanges.js';
import type { ReadGroup } from './read-group.js';

/** What a leg works with. */
export interface LegOptions {
  readonly era: Era;
  readonly opened: OpenedConversation;
  readonly exchanges: OpenExchanges;
  readonly group: ReadGroup;
  readonly events: LegEvents;
  /** Sends whole lines to the server, in the client's era. */
  readonly send: (leg: Leg, lines: readonly Buffer[]) => void;
  /** Sends a line that is in the server's own era already. */
  readonly sendAsIs: (leg: Leg, line: Buffer) => void;
  /** The tasks that the server made for this caller. */
  readonly tasks: LegTasks;
  /** What the client said of itself. */
  readonly client: SessionClient;
  readonly newHandle: () => string;
  readonly clock: Clock;
  readonly clientFrameBytesMax: number;
  readonly serverFrameBytesMax: number;
}
