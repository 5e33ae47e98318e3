import { expect, test } from 'vitest';
import { compileFilter } from '../../src/audit/filter.js';
import { readRecord } from '../../src/audit/record-fields.js';
import { seenRecord } from '../../src/audit/seen.js';
import { encoderOf, TS } from './lines.js';

test('a checkpoint has no place in a view of calls', () => {
  const line = encoderOf('w1')
    .checkpoint(TS, { count: 3, closing: true, key: `sha256:${'a'.repeat(64)}` })
    .trimEnd();
  const read = readRecord(line);
  if (!('record' in read)) throw new Error(JSON.stringify(read));
  expect(read.record.type).toBe('checkpoint');
  expect(seenRecord(read.record, line, compileFilter({}), true)).toBeUndefined();
});
