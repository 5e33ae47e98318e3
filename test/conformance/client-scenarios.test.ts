import { expect, test } from 'vitest';
import { CLIENT_SCENARIOS, NOT_THROUGH_GUARD } from './client-scenarios.js';
import { requiredScenarios, REVISIONS } from './suite.js';
import { verifies } from '../requirements.js';

verifies('conformance:clients');

test.each(REVISIONS)(
  'every client scenario that %s requires goes through guard, or it is said why not',
  (revision) => {
    const required = requiredScenarios(revision, 'client');
    expect(required.size).toBeGreaterThan(0);
    const missing = [...required].filter(
      (name) =>
        !CLIENT_SCENARIOS[revision].includes(name) &&
        !NOT_THROUGH_GUARD.some((start) => name.startsWith(start)),
    );
    expect(missing).toEqual([]);
  },
);
