import { expect, test } from 'vitest';
import { verifies } from '../requirements.js';
import { tamperTrials, untouchedTrials } from './tamper/trials.js';

verifies('audit:verify:found', 'audit:verify:quiet');

// `npm run tamper -- 1000 SEED` makes more of them.
const TRIALS = 90;

test('each way of changing a log is found and named', async () => {
  const { runs, byKind, troubles } = await tamperTrials(TRIALS, 20_001);
  expect(troubles).toEqual([]);
  expect(runs).toBe(TRIALS);
  expect(Object.keys(byKind)).toHaveLength(7);
});

test('logs with kills, full disks, several writers and rotations raise no alarm', async () => {
  const { byKind, troubles } = await untouchedTrials(TRIALS, 30_001);
  expect(troubles).toEqual([]);
  expect(byKind['intact']).toBeGreaterThan(0);
  expect(byKind['unfinished']).toBeGreaterThan(0);
});
