import { expect, test } from 'vitest';
import { useSandbox } from '../support/use-sandbox.js';
import { rotateAndKill, ROTATING } from './rotation-kills.js';
import { verifies } from '../requirements.js';

verifies('audit:verify:quiet', 'audit:readers:rotation');

const open = useSandbox();

// `npm run soak:rotation -- 50 SEED` makes more rounds.
test('guards that rotate one log, prune it and are killed within it leave a log that verifies, at any moment', async () => {
  const report = await rotateAndKill(open(ROTATING), 2, 20_26);
  expect(report.verifications).toBe(6);
  // The guards, and who removed files.
  expect(report.writers).toBeGreaterThan(5);
  expect(report.pruned).toBeGreaterThan(0);
}, 120_000);
