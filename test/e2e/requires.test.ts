import path from 'node:path';
import { expect, test } from 'vitest';

import { builtGuard, serverFile } from '../support/built-guard.js';
import { ROOT } from '../support/source-files.js';
import { useSandbox } from '../support/use-sandbox.js';
import { connectPeer, type PeerClient } from './peers.js';
import { verifies } from '../requirements.js';

verifies(
  'limits:requires:shared',
  'limits:requires:succeeded',
  'limits:requires:session',
  'limits:evidence:command',
);

const open = useSandbox();
const SERVER = [serverFile('fails-on-request')];
const PARENT = path.join(ROOT, 'test/fixtures/parent.js');
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

test('guards that one client process starts share its session, those of another do not', async () => {
  const sandbox = open(CONFIG);
  const server = 'fails-on-request';
  const first = sandbox.guard({ server, options: ['--server', 'a'] });
  const second = sandbox.guard({ server, options: ['--server', 'b'] });
  const other = sandbox.guard({ server, through: [process.execPath, PARENT] });
  expect(await first.call(1, 'echo')).not.toHaveProperty('result.isError');
  expect(await second.call(1, 'delete')).not.toHaveProperty('result.isError');
  expect(await other.call(1, 'delete')).toHaveProperty('result.isError', true);
  const sessions = new Map(sandbox.records().map((record) => [record.upstream, record.session]));
  expect(sessions.get('a')).toMatch(/^client-[0-9a-f]{16}$/);
  expect(sessions.get('b')).toBe(sessions.get('a'));
  await Promise.all([first, second, other].map((guard) => guard.finish()));
});

test('evidence of a tool or of a person lets a call pass, at every server of the session', async () => {
  const sandbox = open(`
version: '1'
evidence: [{ name: shown, match: { tool: echo, input: { '$.fail': { exists: false } } }, ttl: 10m }]
policies:
  rules:
    - { name: after, match: { tool: delete }, action: allow, requires_evidence: [shown, ticket] }
`);
  const options = ['--session', 'one'];
  const first = await connectPeer('v1', sandbox, SERVER, ['--server', 'a', ...options]);
  const second = await connectPeer('v1', sandbox, SERVER, ['--server', 'b', ...options]);
  await Promise.all([first.listTools(), second.listTools()]);
  await first.call('echo', { fail: 'result' });
  expect((await second.call('delete')).text).toContain('evidence of "shown" and "ticket"');
  await first.call('echo');
  expect((await second.call('delete')).text).toContain('evidence of "ticket"');
  const command = ['evidence', 'put', 'ticket', '--ttl', '10m', ...options];
  const put = sandbox.spawn([process.execPath, builtGuard(), ...command]);
  expect(await put.ended).toMatchObject({ code: 0 });
  expect([await deletes(first), await deletes(second)]).toEqual([true, true]);
  const drop = sandbox.spawn([process.execPath, builtGuard(), 'evidence', 'drop', 'shown', ...options]);
  expect(await drop.ended).toMatchObject({ code: 0 });
  expect(await deletes(second)).toBe(false);
  await Promise.all([first.close(), second.close()]);
});
