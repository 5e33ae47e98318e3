import { expect, test } from 'vitest';
import { callerLeft } from '../../src/conversation/caller-left.js';

test.each<[string | undefined, number, string]>([
  // What clients were seen to send.
  ['McpError: MCP error -32001: Request timed out', 60_000, 'gave-up'],
  ['Request timed out', 0, 'gave-up'],
  ['Timeout', 0, 'gave-up'],
  ['TimeoutError', 0, 'gave-up'],
  ['client-side time-out', 0, 'gave-up'],
  ['time out', 0, 'gave-up'],
  ['The operation timedout', 0, 'gave-up'],
  // A reason that names none.
  ['User cancelled', 3_600_000, 'cancelled'],
  ['AbortError: This operation was aborted', 120_000, 'cancelled'],
  ['', 120_000, 'cancelled'],
  ['the meantime outcome', 120_000, 'cancelled'],
  // No reason at all: the length of the wait tells.
  [undefined, 49_999, 'cancelled'],
  [undefined, 50_000, 'gave-up'],
])('%j after %d ms: %s', (reason, waitedMs, expected) => {
  expect(callerLeft(reason, waitedMs)).toBe(expected);
});
