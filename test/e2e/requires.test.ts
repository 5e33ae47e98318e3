import { expect, test } from 'vitest';
import { serverFile } from '../support/built-guard.js';
import { useSandbox } from '../support/use-sandbox.js';
import { connectPeer, type PeerClient } from './peers.js';
import { verifies } from '../requirements.js';

verifies('limits:requires:shared', 'limits:requires:succeeded');

const open = useSandbox();
const SERVER = [serverFile('fails-on-request')];
const CONFIG = `
version: '1'
policies:
  rules:
    - { name: after, match: { tool: delete }, action: allow, requires: [echo] }
`;

const deletes = async (client: PeerClient): Promise<boolean> => !(await client.call('delete')).isError;

test('what succeeded at one server of a session counts at another, also after a restart; failures do not', async () => {
  const sandbox = open(CONFIG);
  const options = ['--session', 'one'];
  const first = await connectPeer('v1', sandbox, SERVER, ['--server', 'a', ...options]);
  const second = await connectPeer('v1', sandbox, SERVER, ['--server', 'b', ...options]);
  const stranger = await connectPeer('v1', sandbox, SERVER, ['--session', 'two']);
  for (const client of [first, second, stranger]) await client.listTools();
  const denied = await second.call('delete');
  expect(denied).toMatchObject({ isError: true });
  expect(denied.text).toContain('Call "echo" first');
  await first.call('echo', { fail: 'result' });
  await expect(first.call('echo', { fail: 'error' })).rejects.toThrow('no');
  expect(await deletes(second)).toBe(false);
  expect(await first.call('echo')).toMatchObject({ isError: false });
  expect([await deletes(second), await deletes(first), await deletes(stranger)]).toEqual([true, true, false]);
  await Promise.all([first.close(), second.close(), stranger.close()]);
  const again = await connectPeer('v1', sandbox, SERVER, options);
  await again.listTools();
  expect(await deletes(again)).toBe(true);
  await again.close();
});
