import type { ApprovalDesk } from '../approvals/desk.js';
import type { ClientChannel, ClientLink } from './client-channel.js';
import type { RequestStates } from './request-state.js';
import type { WaitingTimes } from './waiting-time.js';

/** What the door needs to have people asked. */
export interface ApprovalParts {
  readonly desk: ApprovalDesk;
  /** Undefined where config asks nobody in the client. */
  readonly channel: ClientChannel | undefined;
  readonly states: RequestStates;
  readonly waitingTimes: WaitingTimes;
}

/** The parts, once a policy is in force that can ask people: most sessions never need them. */
export interface Approvals {
  readonly parts: ApprovalParts | undefined;
  /** The way to the client; the parts get it when they come. */
  connect(link: ClientLink): void;
}
