import { describe, expect, test } from 'vitest';
import { lazyChannel } from '../../../src/approvals/channels/lazy-channel.js';
import { describeChannel } from '../../contract/channel-contract.js';
import { approvalAnswer, approvalRequest, endBy } from '../../support/approval-requests.js';
import { createMemoryChannel } from '../../support/memory-channel.js';
import { eventually } from '../../support/eventually.js';

function lazily() {
  const memory = createMemoryChannel('ops');
  let loads = 0;
  const channel = lazyChannel({
    name: 'ops',
    kind: 'webhook',
    notifiesOnly: false,
    async load() {
      loads += 1;
      await new Promise(setImmediate);
      return {
        ...memory,
        open: (request, events) => memory.open(request, events),
        idle: () => Promise.resolve(),
      };
    },
  });
  return { memory, channel, loads: () => loads };
}

const text = (value: object | undefined): string | undefined =>
  value === undefined ? undefined : JSON.stringify(value);

describe('lazy channel', () => {
  describeChannel(() => {
    const { memory, channel } = lazily();
    return {
      channel,
      shown: (id) => text(memory.shown.get(id)),
      shownEnd: (id) => text(memory.ends.get(id)),
      answer: (request, decision, approver) =>
        void memory.answer(approvalAnswer(request, decision, { approver, channel: channel.name })),
      breakTransport() {
        memory.broken = true;
      },
      cleanUp: () => undefined,
    };
  });
});

const EVENTS = { answer: () => ({ kind: 'late', end: null }) as const, undelivered: () => undefined };

test('nothing is loaded before a request comes, and then once', async () => {
  const { channel, memory, loads } = lazily();
  await channel.idle();
  expect(loads()).toBe(0);
  channel.open(approvalRequest(1), EVENTS);
  channel.open(approvalRequest(2), EVENTS);
  await eventually('both', () => memory.shown.size === 2);
  expect(loads()).toBe(1);
});

test('a request that is over before its channel is there is not shown; a change is', async () => {
  const { channel, memory } = lazily();
  const over = channel.open(approvalRequest(1), EVENTS);
  over.close(endBy(approvalAnswer(approvalRequest(1), 'denied')));
  channel.open(approvalRequest(2), EVENTS).update(approvalRequest(2, { tool: 'other' }));
  await eventually('the second', () => memory.shown.size === 1);
  expect([...memory.shown.values()].map(({ tool }) => tool)).toEqual(['other']);
});

test('a channel that cannot be loaded is reported', async () => {
  const channel = lazyChannel({
    name: 'ops',
    kind: 'webhook',
    notifiesOnly: false,
    load: () => Promise.reject(new Error('no such file')),
  });
  const told: string[] = [];
  channel.open(approvalRequest(1), { ...EVENTS, undelivered: (why) => void told.push(why) });
  await eventually('the report', () => told.length > 0);
  expect(told).toEqual(['the channel cannot be loaded: no such file']);
});
