import { expect, test } from 'vitest';
import { approvalText } from '../../src/commands/approval-detail.js';
import type { JsonValue } from '../../src/platform/json.js';

const ANSWERED = { id: 'apr_1', approver: 'alice', channel: 'terminal', waited_ms: 12_400, reason: null };

test.each<[string, JsonValue, string]>([
  ['none', null, ''],
  ['something else', { state: 'new' }, ''],
  ['pending', { id: 'apr_1', state: 'pending' }, 'waits for a person (apr_1)'],
  ['approved', { ...ANSWERED, state: 'approved' }, 'approved by alice (terminal) after 12 s'],
  [
    'denied with a reason',
    { ...ANSWERED, state: 'denied', reason: 'not now' },
    'denied by alice (terminal) after 12 s: not now',
  ],
  ['expired', { id: 'apr_1', state: 'expired', waited_ms: 300_000 }, 'nobody answered after 300 s'],
  [
    'remembered',
    { ...ANSWERED, state: 'remembered', remembered: 'rem_1', waited_ms: 0 },
    'remembered (rem_1), from alice (terminal)',
  ],
])('%s', (_name, approval, expected) => {
  expect(approvalText(approval)).toBe(expected);
});
