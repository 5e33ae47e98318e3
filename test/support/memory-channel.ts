import type { ApprovalAnswer } from '../../src/approvals/answer.js';
import type {
  AnswerReceipt,
  ApprovalChannel,
  ApprovalEnd,
  ChannelEvents,
} from '../../src/approvals/channel.js';
import type { ApprovalRequest } from '../../src/approvals/request.js';

/** A channel whose person is the test. */
export interface MemoryChannel extends ApprovalChannel {
  /** The open requests by id, as they were last updated. */
  readonly shown: ReadonlyMap<string, ApprovalRequest>;
  /** The ends that were shown, by id. */
  readonly ends: ReadonlyMap<string, ApprovalEnd>;
  /** While true no request can be delivered. */
  broken: boolean;
  /** Answers as a person does; undefined where the request is not open here. */
  answer(answer: ApprovalAnswer): AnswerReceipt | undefined;
}

/** A channel without open requests. */
export function createMemoryChannel(name = 'memory', kind = 'terminal'): MemoryChannel {
  const shown = new Map<string, ApprovalRequest>();
  const ends = new Map<string, ApprovalEnd>();
  const listening = new Map<string, ChannelEvents>();
  let closed = false;
  return {
    name,
    kind,
    shown,
    ends,
    broken: false,
    open(request, events) {
      let over = false;
      if (closed || this.broken) {
        setImmediate(() => {
          if (!over) events.undelivered('the memory channel is broken');
        });
      } else {
        shown.set(request.id, request);
        listening.set(request.id, events);
      }
      const isShown = (): boolean => !over && listening.get(request.id) === events;
      return {
        update(next) {
          if (isShown()) shown.set(request.id, next);
        },
        close(end) {
          if (isShown()) {
            shown.delete(request.id);
            listening.delete(request.id);
            ends.set(request.id, end);
          }
          over = true;
        },
      };
    },
    answer: (answer) => listening.get(answer.id)?.answer(answer),
    close() {
      closed = true;
      shown.clear();
      listening.clear();
    },
  };
}
