import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { DecisionRecord } from '../../src/audit/record.js';
import { builtGuard } from '../support/built-guard.js';
import { eventually } from '../support/eventually.js';
import type { Sandbox } from '../support/sandbox.js';
import { serverFile } from '../support/built-guard.js';
import { useSandbox } from '../support/use-sandbox.js';
import { connectPeer } from './peers.js';
import { verifies } from '../requirements.js';

verifies(
  'limits:shared:processes',
  'limits:shared:restart',
  'limits:command:list-reset',
  'limits:reload:state',
);

const open = useSandbox();
const SERVER = [serverFile('echo')];

function config(more = ''): string {
  return `
version: '1'
policies:
  rules:
    - { name: few, match: { tool: write }, action: rate_limit, limits: { max_calls: 3, window: 1h, key: global } }${more}
budgets:
  - { name: cents, limit: '0.3', currency: EUR, window: 24h, contributors: [{ match: { tool: echo }, field: '$.amount' }] }
`;
}

async function command(sandbox: Sandbox, ...words: string[]): Promise<{ code: number | null; text: string }> {
  const run = sandbox.spawn([process.execPath, builtGuard(), ...words]);
  const { code } = await run.ended;
  return { code, text: `${run.lines.join('\n')}${run.stderr}` };
}

test('guards of two servers count in one pot, also after a restart, until a person empties it', async () => {
  const sandbox = open(config());
  const first = await connectPeer('v1', sandbox, SERVER, ['--server', 'one']);
  const second = await connectPeer('v1', sandbox, SERVER, ['--server', 'two']);
  await Promise.all([first.listTools(), second.listTools()]);
  const write = (client: typeof first): Promise<boolean> =>
    client.call('write').then(({ isError }) => !isError);
  expect([await write(first), await write(second), await write(first), await write(second)]).toEqual([
    true,
    true,
    true,
    false,
  ]);
  await Promise.all([first.close(), second.close()]);
  const third = await connectPeer('v1', sandbox, SERVER);
  await third.listTools();
  const denied = await third.call('write');
  expect(denied.text).toContain('allows 3 calls in 1 h and has counted 3 calls');
  const list = await command(sandbox, 'limits');
  expect(list).toMatchObject({ code: 0 });
  expect(list.text).toMatch(/user\/few\s+3 calls\s+0\s+3\s+60 min/);
  expect((await command(sandbox, 'limits', 'reset', 'user/few')).code).toBe(2);
  expect(await command(sandbox, 'limits', 'reset', 'user/few', '--reason', 'a test')).toMatchObject({
    code: 0,
  });
  expect(await write(third)).toBe(true);
  await third.close();
});

test('amounts are decimals, and a budget that is empty says what would pass', async () => {
  const sandbox = open(config());
  const client = await connectPeer('v1', sandbox, SERVER);
  await client.listTools();
  const pay = (amount: unknown): ReturnType<typeof client.call> => client.call('echo', { amount });
  for (let count = 0; count < 3; count += 1) expect(await pay(0.1)).toMatchObject({ isError: false });
  const denied = await pay(0.1);
  expect(denied.text).toContain('user/cents allows 0.3 EUR');
  expect((await pay('0.1')).text).toContain('amount');
  const records = sandbox
    .records()
    .filter((record): record is DecisionRecord => record.type === 'decision' && record.tool === 'echo');
  expect(records.map(({ decision, reason }) => `${decision} ${reason}`)).toEqual([
    'allow default',
    'allow default',
    'allow default',
    'deny budget_exceeded',
    'deny amount_invalid',
  ]);
  expect(records[3]?.limits).toEqual([
    { pot: 'user/cents', amount: '0.1', currency: 'EUR', exceeded: true, used: '0.3', limit: '0.3' },
  ]);
  await client.close();
});

test('a person may let a call go over a budget, which the log says', async () => {
  const sandbox = open(config().replace('currency: EUR,', 'currency: EUR, on_exceed: require_approval,'));
  const client = await connectPeer('v1', sandbox, SERVER, [], null);
  await client.listTools();
  const held = client.call('echo', { amount: 0.5 });
  const folder = path.join(sandbox.folder, 'state/guard/approvals/requests');
  const file = await eventually('a request on the bus', () =>
    fs.existsSync(folder) ? fs.readdirSync(folder).find((name) => name.startsWith('apr_')) : undefined,
  );
  const { text } = await command(sandbox, 'approve', '--list', '--json');
  expect(text).toContain('0.2 EUR more than there is');
  expect(await command(sandbox, 'approve', path.basename(file, '.json'))).toMatchObject({ code: 0 });
  expect(await held).toMatchObject({ isError: false });
  const released = sandbox
    .records()
    .findLast((record): record is DecisionRecord => record.type === 'decision' && record.tool === 'echo');
  expect(released).toMatchObject({
    decision: 'allow',
    approval: { state: 'approved' },
    limits: [{ pot: 'user/cents', amount: '0.5', approved_overage: true }],
  });
  // The pot is over its limit now, and the next call is asked about again.
  await expect(client.call('echo', { amount: 0.1 }, { timeout: 300 })).rejects.toThrow(/timed out/i);
  await client.close();
});

test('what was counted outlives a reload that does not touch the rule', async () => {
  const sandbox = open(config());
  const client = await connectPeer('v1', sandbox, SERVER);
  await client.listTools();
  for (let count = 0; count < 3; count += 1) await client.call('write');
  sandbox.writeConfig(config('\n    - { name: above, match: { tool: nothing }, action: deny }'));
  await eventually('the reload', () => client.stderr().includes('policy reloaded'));
  expect(await client.call('write')).toMatchObject({ isError: true });
  await client.close();
});
