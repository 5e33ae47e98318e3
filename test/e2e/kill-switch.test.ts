import { expect, test } from 'vitest';
import type { DecisionRecord, EventRecord } from '../../src/audit/record.js';
import { builtGuard, serverFile } from '../support/built-guard.js';
import { eventually } from '../support/eventually.js';
import type { Sandbox } from '../support/sandbox.js';
import { useSandbox } from '../support/use-sandbox.js';
import { connectPeer } from './peers.js';
import { verifies } from '../requirements.js';

verifies('kill:all-guards', 'kill:held', 'kill:recorded');

const open = useSandbox();
const SERVER = [serverFile('echo')];
const ASK = `
version: '1'
policies:
  rules:
    - { name: ask-writes, match: { tool: write }, action: require_approval, approval: { channels: [terminal] } }
`;

async function command(sandbox: Sandbox, ...words: string[]): Promise<{ code: number | null; text: string }> {
  const run = sandbox.spawn([process.execPath, builtGuard(), ...words]);
  const { code } = await run.ended;
  return { code, text: `${run.lines.join('\n')}${run.stderr}` };
}

function events(sandbox: Sandbox, name: string): EventRecord[] {
  return sandbox
    .records()
    .filter((record): record is EventRecord => record.type === 'event' && record.event === name);
}

test('guard kill stops the calls of running guards and of later ones, guard resume lets them go on', async () => {
  const sandbox = open("version: '1'\npolicies: { default: allow }\n");
  const first = await connectPeer('v1', sandbox, SERVER, ['--server', 'one']);
  const second = await connectPeer('v1', sandbox, SERVER, ['--server', 'two']);
  await Promise.all([first.listTools(), second.listTools()]);
  expect(
    (await Promise.all([first.call('echo'), second.call('echo')])).map(({ isError }) => isError),
  ).toEqual([false, false]);
  expect(await command(sandbox, 'kill', '--reason', 'a test', '--as', 'ana')).toMatchObject({ code: 0 });
  await eventually('both guards', () => events(sandbox, 'kill-switch-on').length === 2);
  for (const client of [first, second]) {
    const denied = await client.call('echo');
    expect(denied.isError).toBe(true);
    expect(denied.text).toContain('the user stopped all tools with the kill switch. The reason: "a test".');
    expect(await client.listTools()).toContain('echo');
  }
  const third = await connectPeer('v1', sandbox, SERVER, ['--server', 'three']);
  expect((await third.call('echo')).text).toContain('kill switch');
  expect(third.stderr()).toContain('the kill switch is on, every governed call is denied (by ana: a test)');
  expect(await command(sandbox, 'resume', '--as', 'bob')).toMatchObject({ code: 0 });
  await eventually('three guards', () => events(sandbox, 'kill-switch-off').length === 3);
  for (const client of [first, second, third])
    expect(await client.call('echo')).toMatchObject({ isError: false });
  await Promise.all([first, second, third].map((client) => client.close()));
  expect(events(sandbox, 'kill-switch-on').map(({ upstream }) => upstream)).toEqual(
    expect.arrayContaining(['one', 'two', 'three']),
  );
  expect(events(sandbox, 'kill-switch-on')[0]?.detail).toMatchObject({ by: 'ana', reason: 'a test' });
  expect(events(sandbox, 'kill-switch-off')[0]?.detail).toMatchObject({ by: 'bob', reason: null });
  const denials = sandbox
    .records()
    .filter((record): record is DecisionRecord => record.type === 'decision' && record.decision === 'deny');
  expect(denials.map(({ reason, rule }) => `${reason} ${rule}`)).toEqual(
    Array.from({ length: 3 }, () => 'kill_switch kill_switch'),
  );
});

test('the switch of one server stops no other', async () => {
  const sandbox = open("version: '1'\n");
  const first = await connectPeer('v1', sandbox, SERVER, ['--server', 'one']);
  const second = await connectPeer('v1', sandbox, SERVER, ['--server', 'two']);
  await Promise.all([first.listTools(), second.listTools()]);
  await command(sandbox, 'kill', '--server', 'one', '--reason', 'a test');
  await eventually('the guard', () => first.stderr().includes('the kill switch is on'));
  expect(await first.call('echo')).toMatchObject({ isError: true });
  expect(await second.call('echo')).toMatchObject({ isError: false });
  await Promise.all([first.close(), second.close()]);
});

test('a held call is denied at once, and no later answer releases it', async () => {
  const sandbox = open(ASK);
  const guard = sandbox.guard({ server: ['echo', sandbox.received] });
  await guard.ask('list', 'tools/list');
  guard.say({ id: 1, method: 'tools/call', params: { name: 'write', arguments: {} } });
  await eventually('the held call', () =>
    sandbox.records().some((record) => record.type === 'decision' && record.decision === 'require_approval'),
  );
  const asked = sandbox.records().find((record) => record.type === 'decision' && record.tool === 'write');
  const { id } = (asked as DecisionRecord).approval as { id: string };
  await command(sandbox, 'kill', '--reason', 'a test');
  const answer = await guard.answer(1);
  expect(JSON.stringify(answer)).toContain('"reason":"kill_switch"');
  expect((await command(sandbox, 'approve', id)).code).not.toBe(0);
  await command(sandbox, 'resume');
  await guard.told('the kill switch was lifted');
  expect(await guard.ask('after', 'ping')).toHaveProperty('result');
  await guard.finish();
  expect(guard.answers(1)).toHaveLength(1);
  expect(sandbox.receivedLines().join('\n')).not.toContain('"write"');
  expect(events(sandbox, 'approval-ended')[0]?.detail).toMatchObject({ id, state: 'withdrawn' });
});
