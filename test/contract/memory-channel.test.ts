import { describe } from 'vitest';
import { approvalAnswer } from '../support/approval-requests.js';
import { createMemoryChannel } from '../support/memory-channel.js';
import { describeChannel } from './channel-contract.js';

describe('memory channel', () => {
  describeChannel(() => {
    const channel = createMemoryChannel();
    return {
      channel,
      shown: (id) => text(channel.shown.get(id)),
      shownEnd: (id) => text(channel.ends.get(id)),
      answer: (request, decision, approver) =>
        void channel.answer(approvalAnswer(request, decision, { approver, channel: channel.name })),
      breakTransport() {
        channel.broken = true;
      },
      cleanUp: () => undefined,
    };
  });
});

function text(value: object | undefined): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}
