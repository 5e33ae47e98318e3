import { expect, test } from 'vitest';
import { waitingMs, type CallerFacts, type WaitingTimes } from '../../src/conversation/waiting-time.js';

const SILENT: CallerFacts = { client: undefined, progress: false, rounds: false };

test.each<[string, Partial<CallerFacts>, WaitingTimes, number]>([
  ['nobody knows it', {}, [], 45_000],
  ['it can be shown progress', { progress: true }, [], 55_000],
  ['it is patient and can be shown progress', { client: 'claude-code', progress: true }, [], 1_500_000],
  ['it is patient, and nothing shows that guard still works', { client: 'claude-code' }, [], 45_000],
  ['it has no limit', { client: 'github-copilot-cli', progress: true }, [], Number.POSITIVE_INFINITY],
  ['it only calls itself something like a patient one', { client: 'my codex', progress: true }, [], 55_000],
  ['config knows it', { client: 'codex-cli' }, [['codex*', 1000]], 1000],
  ['config knows it better', { client: 'codex-cli', progress: true }, [['codex*', 1000]], 1000],
  [
    'config knows it first',
    { client: 'codex' },
    [
      ['*x', 7],
      ['codex', 8],
    ],
    7,
  ],
  ['config knows another', { client: 'other' }, [['codex*', 1000]], 45_000],
  ['config means everybody, named or not', {}, [['*', 3_600_000]], 3_600_000],
  ['it comes back in rounds', { rounds: true, client: 'claude-code', progress: true }, [], 45_000],
  ['its rounds are shorter', { rounds: true }, [['*', 10_000]], 10_000],
  ['its rounds would be longer', { rounds: true }, [['*', 3_600_000]], 45_000],
])('%s', (_, facts, configured, expected) => {
  expect(waitingMs({ ...SILENT, ...facts }, configured)).toBe(expected);
});
