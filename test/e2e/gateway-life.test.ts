import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { DecisionRecord, EventRecord } from '../../src/audit/record.js';
import { builtGuard, serverFile } from '../support/built-guard.js';
import { eventually } from '../support/eventually.js';
import { type UpstreamEntry, writeGatewayConfig } from '../support/gateway-process.js';
import type { Sandbox } from '../support/sandbox.js';
import { useGateway } from './gateway-peers.js';
import type { PeerClient } from './peers.js';
import { verifies } from '../requirements.js';

verifies('gateway:approvals', 'gateway:kill', 'gateway:reload');

const { serve, connect } = useGateway();
const KINDS = ['v1', 'v2 auto'] as const;
const ASK = {
  rules: [
    {
      name: 'ask-writes',
      match: { tool: 'write' },
      action: 'require_approval',
      approval: { channels: ['terminal'] },
    },
  ],
};

function fixture(name: string, server: string, ...args: readonly string[]): UpstreamEntry {
  return { name, command: process.execPath, args: [serverFile(server), ...args] };
}

async function command(sandbox: Sandbox, ...words: string[]): Promise<void> {
  const run = sandbox.spawn([process.execPath, builtGuard(), ...words]);
  const { code } = await run.ended;
  expect(`${words.join(' ')}: ${code} ${code === 0 ? '' : run.stderr}`).toBe(`${words.join(' ')}: 0 `);
}

/** The decisions about the tool `write`. */
function writes(sandbox: Sandbox): DecisionRecord[] {
  return sandbox
    .records()
    .filter((record): record is DecisionRecord => record.type === 'decision' && record.tool === 'write');
}

/** The id of the first call that waits for a person. */
async function held(sandbox: Sandbox): Promise<string> {
  const record = await eventually('a held call', () => writes(sandbox)[0]);
  expect(record.decision).toBe('require_approval');
  return (record.approval as { readonly id: string }).id;
}

function events(sandbox: Sandbox, name: string): EventRecord[] {
  return sandbox
    .records()
    .filter((record): record is EventRecord => record.type === 'event' && record.event === name);
}

/** Calls until the answer is of this kind. */
async function until(client: PeerClient, tool: string, isError: boolean): Promise<string> {
  for (;;) {
    const answer = await client.call(tool);
    if (answer.isError === isError) return answer.text;
  }
}

describe.each(KINDS)('client %s', (kind) => {
  test('a held call goes on when a person approves it; others pass meanwhile', async () => {
    const { sandbox, gateway } = await serve([fixture('echo', 'echo')], { policies: ASK });
    const client = await connect({ kind, url: `${gateway.base}/mcp`, person: null });
    const call = client.call('echo__write');
    const id = await held(sandbox);
    const other = await connect({ kind, url: `${gateway.base}/mcp/echo`, person: null });
    expect(await other.call('echo')).toMatchObject({ isError: false });
    await command(sandbox, 'approve', id);
    expect(await call).toEqual({ isError: false, text: 'did write' });
    expect(writes(sandbox)[1]).toMatchObject({ decision: 'allow', approval: { state: 'approved' } });
  });

  test('a held call is withdrawn when its client gives it up', async () => {
    const { sandbox, gateway } = await serve([fixture('echo', 'echo')], { policies: ASK });
    const client = await connect({ kind, url: `${gateway.base}/mcp`, person: null });
    const stop = new AbortController();
    const call = expect(client.call('echo__write', {}, { signal: stop.signal })).rejects.toThrow();
    const id = await held(sandbox);
    stop.abort('enough');
    await call;
    await eventually('the withdrawal', () => events(sandbox, 'approval-ended')[0]);
    expect(events(sandbox, 'approval-ended')[0]?.detail).toMatchObject({ id, state: 'withdrawn' });
    expect(await client.call('echo__echo')).toMatchObject({ isError: false });
  });

  test('the kill switch of one server stops that one, for those who wait too', async () => {
    const servers = [fixture('one', 'echo'), fixture('two', 'echo')];
    const { sandbox, gateway } = await serve(servers, { policies: ASK });
    const client = await connect({ kind, url: `${gateway.base}/mcp`, person: null });
    const waiting = client.call('one__write');
    await held(sandbox);
    await command(sandbox, 'kill', '--server', 'one', '--reason', 'a test');
    expect((await waiting).text).toContain('kill switch');
    expect((await client.call('one__echo')).text).toContain('kill switch');
    expect(await client.call('two__echo')).toMatchObject({ isError: false });
    await command(sandbox, 'resume', '--server', 'one');
    await until(client, 'one__echo', false);
    expect(events(sandbox, 'kill-switch-on').map(({ upstream }) => upstream)).toEqual(['one']);
  });

  test('a changed file changes policy and servers, and drops nobody', async () => {
    let starts = '';
    const first = (home: Sandbox): UpstreamEntry[] => {
      starts = path.join(home.folder, 'starts');
      return [fixture('stays', 'sdk-modern', starts), fixture('goes', 'echo'), fixture('turns', 'echo')];
    };
    const { sandbox, gateway } = await serve(first);
    const client = await connect({ kind, url: `${gateway.base}/mcp` });
    const tools = await client.listTools();
    expect(tools).toEqual(expect.arrayContaining(['stays__echo', 'goes__echo', 'turns__echo']));
    for (const tool of ['stays__echo', 'goes__echo', 'turns__echo']) await client.call(tool, { text: 'x' });
    const processes = fs.readFileSync(starts, 'utf8');
    const stop = new AbortController();
    const open = client.call('stays__forever', {}, { signal: stop.signal });

    const changed = fixture('turns', 'echo', sandbox.received);
    const next = [fixture('stays', 'sdk-modern', starts), changed, fixture('comes', 'echo')];
    const rules = [{ name: 'no-deletes', match: { tool: 'delete' }, action: 'deny' }];
    writeGatewayConfig(gateway.config, gateway.port, next, { policies: { rules } });
    await eventually('the reload', () => events(sandbox, 'policy-reloaded')[0]);
    if (kind === 'v1') {
      await eventually('news of the lists', () =>
        client.notifications.find(({ method }) => method === 'notifications/tools/list_changed'),
      );
    }
    const later = await client.listTools();
    expect(later).toEqual(expect.arrayContaining(['stays__echo', 'turns__echo', 'comes__echo']));
    expect(later.filter((name) => /^goes|delete$/.test(name))).toEqual([]);
    for (const tool of ['stays__echo', 'turns__echo', 'comes__echo'])
      expect(await client.call(tool, { text: 'y' })).toMatchObject({ isError: false });
    await expect(client.call('goes__echo')).rejects.toThrow('no server has');
    expect(sandbox.receivedLines().join('\n')).toContain('"tools/call"');
    expect((await client.call('turns__delete')).text).toContain('is not available');
    expect(fs.readFileSync(starts, 'utf8')).toBe(processes);
    const dropped = expect(open).rejects.toThrow(/abort|enough/i);
    stop.abort('enough');
    await dropped;

    fs.writeFileSync(gateway.config, '{ broken');
    await eventually('the refusal', () => events(sandbox, 'policy-reload-refused')[0]);
    expect((await client.call('turns__delete')).text).toContain('is not available');
  });
});
