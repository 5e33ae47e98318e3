import { describe, expect, test } from 'vitest';
import { eventually, pause, within } from '../support/eventually.js';
import { withSandbox } from '../support/use-sandbox.js';

const MOMENTS_MS = [0, 20, 40, 60, 80, 100, 130, 170];

describe('clients start guard only to probe a server, and stop it at any moment of its start', () => {
  test.concurrent.each(MOMENTS_MS)('SIGTERM %i ms after the start: no process stays', async (moment) => {
    await withSandbox(async (sandbox) => {
      const guard = sandbox.guard({ server: 'ignores-eof' });
      guard.say({ id: 1, method: 'server/discover' });
      await pause(moment);
      process.kill(guard.pid, 'SIGTERM');
      const end = await within('the end of guard', guard.ended);
      // Before its handlers are in place the signal itself ends it; after that, the server's end does.
      expect([end.signal, end.code]).toSatisfy(([signal, code]) => signal === 'SIGTERM' || code === 143);
      await eventually('the end of the server', () => sandbox.processes().length === 0, 5000);
    });
  });

  test.concurrent.each(MOMENTS_MS)(
    'SIGKILL %i ms after the start: the server sees its stdin end',
    async (moment) => {
      await withSandbox(async (sandbox) => {
        const guard = sandbox.guard({ server: 'echo' });
        guard.say({ id: 1, method: 'server/discover' });
        await pause(moment);
        process.kill(guard.pid, 'SIGKILL');
        await within('the end of guard', guard.ended);
        await eventually('the end of the server', () => sandbox.processes().length === 0, 5000);
      });
    },
  );

  test.concurrent('a client that closes stdin at once: what it asked is answered', async () => {
    await withSandbox(async (sandbox) => {
      const guard = sandbox.guard({ server: 'echo' });
      guard.say({ id: 1, method: 'ping' }, { id: 2, method: 'tools/call', params: { name: 'echo' } });
      expect(await guard.finish()).toEqual({ code: 0, signal: null });
      expect(guard.messages().map(({ id }) => id)).toEqual([1, 2]);
    });
  });
});
