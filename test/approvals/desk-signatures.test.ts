import { expect, test } from 'vitest';
import type { AskedCall } from '../../src/approvals/asked-call.js';
import { verifies } from '../requirements.js';
import { asking } from '../support/asking.js';
import { createMemoryChannel } from '../support/memory-channel.js';

const call: AskedCall = {
  digest: 'sha256:00',
  terms: {
    rules: [{ layer: 'project', name: 'ask', message: null }],
    timeoutMs: 1000,
    onTimeout: 'allow',
    channels: ['memory'],
    remember: null,
    escalationMs: null,
    delegates: [],
  },
  requestId: 'req-1',
  server: 'files',
  agent: null,
  client: null,
  session: null,
  method: 'tools/call',
  tool: 'write_file',
  target: null,
  arguments: {},
  argSize: 2,
  definition: null,
  standing: 'listed',
  destructive: false,
  readOnly: false,
};

/** What becomes of the call when nobody answers in time. */
function unanswered(required: boolean): string {
  let nowMs = 0;
  let onTime: (() => void) | undefined;
  const { approvals } = asking([createMemoryChannel()], {
    signatures: { required, verify: () => false },
    clock: { timestamp: () => '', wallMs: () => nowMs, monotonicMs: () => nowMs },
    schedule(_afterMs, action) {
      onTime = action;
      return () => undefined;
    },
  });
  const desk = approvals.parts?.desk;
  if (desk === undefined) throw new Error('these approvals have no desk');
  desk.hold(call, 'apr_1', { settled: () => undefined });
  nowMs = 1000;
  onTime?.();
  return desk.consult(call, 'apr_1').kind;
}

test('a call that nobody answers passes where its rule says so, and never where signatures count', () => {
  verifies('approval:signature:required');
  expect(unanswered(false)).toBe('passes');
  expect(unanswered(true)).toBe('stopped');
});
