import { describe, expect, test } from 'vitest';
import { useSandbox } from '../support/use-sandbox.js';
import { verifies } from '../requirements.js';

verifies('relay:stderr:drained');

const open = useSandbox();

describe("the server's stderr", () => {
  test('passes through untouched', async () => {
    const guard = open("version: '1'\n").guard({ server: 'echo' });
    await guard.ask(1, 'ping');
    await guard.finish();
    expect(guard.stderr).toBe('ready\n');
  });

  test('nobody reads it any more: the session lives on', async () => {
    const guard = open().guard({ server: 'prints-banner' });
    await guard.ask(1, 'ping');
    guard.child.stderr.destroy();
    guard.say({ id: 2, method: 'ping' }, { id: 3, method: 'ping' });
    guard.say({ id: 4, method: 'ping' });
    await Promise.race([guard.answer(4), guard.ended]);
    expect(await guard.finish()).toEqual({ code: 0, signal: null });
  });
});
