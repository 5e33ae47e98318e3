import { expect, test } from 'vitest';
import { isRetryable } from '../../../src/audit/otlp/retryable.js';
import { verifies } from '../../requirements.js';

verifies('tracing:away', 'audit:export:otlp');

test('only what the protocol names is sent again', () => {
  const statuses = [200, 307, 400, 408, 425, 429, 500, 501, 502, 503, 504, 505];
  expect(statuses.filter(isRetryable)).toEqual([429, 502, 503, 504]);
});
