import { expect, test } from 'vitest';
import { type ClientProcess, clientSession } from '../../src/commands/client-session.js';
import { verifies } from '../requirements.js';

verifies('limits:requires:session');

function client(changes: Partial<ClientProcess> & { started?: string; state?: string } = {}): ClientProcess {
  const { started = '100', state = 'S', ...rest } = changes;
  return { pid: 4711, machine: () => 'boot-1', stat: () => ({ started, state }), ...rest };
}

test('the session of a client is a short text that stays the same', () => {
  expect(clientSession(client())).toMatch(/^client-[0-9a-f]{16}$/);
  expect(clientSession(client())).toBe(clientSession(client()));
});

test('another process, another start and another machine are other sessions', () => {
  const sessions = [
    client(),
    client({ pid: 4712 }),
    client({ started: '101' }),
    client({ machine: () => 'boot-2' }),
  ].map((one) => clientSession(one));
  expect(new Set(sessions).size).toBe(4);
});

test.each<[string, ClientProcess]>([
  ['whose parent is gone', client({ pid: 1 })],
  ['that has no parent in its container', client({ pid: 0 })],
  ['of which the system tells nothing', client({ stat: () => undefined })],
  ['that has ended', client({ state: 'Z' })],
])('a process %s has no session', (_name, one) => {
  expect(clientSession(one)).toBeUndefined();
});

test('on this machine the parent is looked at itself', () => {
  const found = clientSession();
  if (process.platform === 'linux') expect(found).toMatch(/^client-/);
  else expect(found).toBeUndefined();
});
