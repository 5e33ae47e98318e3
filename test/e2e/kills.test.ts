import { describe, expect, test } from 'vitest';
import { useSandbox } from '../support/use-sandbox.js';
import { assertRecorded, killAtRandom } from './kills.js';
import { verifies } from '../requirements.js';

verifies('audit:before-forward', 'audit:sigkill');

const open = useSandbox();

describe('SIGKILL of guard loses no record of a call that the server received', () => {
  test.each([1, 2, 3, 4, 5])('seed %i', async (seed) => {
    await killAtRandom(open(), seed);
  });

  test('the check finds a lost record', async () => {
    const sandbox = open();
    const guard = sandbox.guard({
      server: ['echo', sandbox.received],
      options: ['--audit', '/dev/null/none'],
    });
    await guard.ask(1, 'ping');
    await guard.finish();
    expect(() => assertRecorded(sandbox)).toThrow('received and not recorded: 1');
  });
});
