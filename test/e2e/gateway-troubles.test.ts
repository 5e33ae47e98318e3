import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { builtGuard, serverFile } from '../support/built-guard.js';
import { eventually, within } from '../support/eventually.js';
import { freePort, type UpstreamEntry, writeGatewayConfig } from '../support/gateway-process.js';
import type { Sandbox } from '../support/sandbox.js';
import { useSandbox } from '../support/use-sandbox.js';
import { McpClient } from '../support/mcp-client.js';
import { useGateway } from './gateway-peers.js';
import { verifies } from '../requirements.js';

verifies('gateway:troubles:apart', 'gateway:troubles:killed', 'gateway:ending', 'gateway:exit-codes');

const open = useSandbox();
const { serve, connect } = useGateway();
const ERAS = ['legacy', 'modern'] as const;

function fixture(name: string, server: string, ...args: readonly string[]): UpstreamEntry {
  return { name, command: process.execPath, args: [serverFile(server), ...args] };
}

async function client(url: string, era: 'legacy' | 'modern'): Promise<McpClient> {
  const one = new McpClient(url, era);
  onTestFinished(() => one.close());
  await one.open();
  return one;
}

/** Whether a decision about this tool is on record. */
function decided(sandbox: Sandbox, tool: string, times = 1): boolean {
  return (
    sandbox.records().filter((record) => record.type === 'decision' && record.tool === tool).length >= times
  );
}

describe.each(ERAS)('%s era', (era) => {
  test('a server that never starts: it alone is out of use, with a reason', async () => {
    const missing = { name: 'missing', command: '/no/such/program' };
    const { gateway } = await serve([fixture('works', 'echo'), missing, fixture('ends', 'exit-at-once')]);
    const { base } = gateway;
    const merged = await client(`${base}/mcp`, era);
    const { answer } = await merged.request(1, 'tools/list');
    expect(JSON.stringify(answer)).toContain('works__echo');
    expect((await merged.call(2, 'works__echo', {})).answer).toHaveProperty('result');
    const alone = new McpClient(`${base}/mcp/missing`, 'modern');
    onTestFinished(() => alone.close());
    const refused = await alone.request(3, 'tools/list');
    // It is tried again meanwhile: where this takes a few seconds it has failed often enough to be left alone.
    const failureClass: unknown = expect.stringMatching(/^(not-found|broken-circuit)$/);
    expect(refused.answer?.error).toMatchObject({ code: -32603, data: { failure_class: failureClass } });
    // The one that ends at once is tried again and again, and for a moment counts as starting.
    const report = await readyReport(base, 'ends');
    expect(report).toMatchObject({
      unready: ['missing', 'ends'],
      upstreams: {
        works: { state: 'ready' },
        missing: { trouble: expect.stringContaining('was not found') },
      },
    });
    expect((await fetch(`${base}/healthz`)).status).toBe(200);
    expect(gateway.process.stderr).toContain('failure_class');
    expect((await merged.call(4, 'works__echo', {})).answer).toHaveProperty('result');
  });

  test('a server that is killed in the middle of a call: one answer, and it works again', async () => {
    let starts = '';
    const { sandbox, gateway } = await serve(({ folder }) => {
      starts = path.join(folder, 'starts');
      return [fixture('mortal', 'sdk-modern', starts), fixture('other', 'echo')];
    });
    const caller = await client(`${gateway.base}/mcp`, era);
    await caller.request(1, 'tools/list');
    const call = caller.call(2, 'mortal__forever', {});
    await eventually('the call', () => decided(sandbox, 'forever'));
    for (const pid of fs.readFileSync(starts, 'utf8').trim().split('\n')) kill(Number(pid));
    const { answer, strangers } = await call;
    expect(answer?.error).toMatchObject({ code: -31002, data: { failure_class: 'exited' } });
    expect(strangers).toEqual([]);
    expect((await caller.call(3, 'other__echo', {})).answer).toHaveProperty('result');
    expect((await caller.call(4, 'mortal__echo', { text: 'again' })).answer?.result?.content).toEqual([
      { type: 'text', text: 'again' },
    ]);
  });

  test('a server that answers garbage', async () => {
    const { gateway } = await serve([fixture('garbled', 'garbled-answer'), fixture('other', 'echo')]);
    const caller = await client(`${gateway.base}/mcp`, era);
    const { answer } = await caller.call(1, 'garbled__echo', {});
    expect(answer?.error).toMatchObject({ code: -32603, data: { failure_class: 'garbled' } });
    expect((await caller.call(2, 'other__echo', {})).answer).toHaveProperty('result');
  });

  test('SIGTERM: what is open is answered, nothing new is taken, nothing is left', async () => {
    const { sandbox, gateway } = await serve([fixture('slow', 'sdk-modern')]);
    const caller = await client(`${gateway.base}/mcp`, era);
    await caller.request(1, 'tools/list');
    const call = caller.call(2, 'slow__slow', {}, 'token');
    await eventually('the call', () => decided(sandbox, 'slow'));
    gateway.process.child.kill('SIGTERM');
    const { answer } = await call;
    expect(answer?.result?.content).toEqual([{ type: 'text', text: 'slow is done' }]);
    expect(await within('the end', gateway.process.ended)).toEqual({ code: 0, signal: null });
    expect(sandbox.processes()).toEqual([]);
  });
});

/** What `/readyz` says once this server is not ready. */
async function readyReport(base: string, name: string): Promise<{ readonly unready?: readonly string[] }> {
  for (;;) {
    const answer = await fetch(`${base}/readyz`);
    const report = (await answer.json()) as { readonly unready?: readonly string[] };
    expect(answer.status).toBe(503);
    if (report.unready?.includes(name) === true) return report;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Started to find out the era, and gone already.
  }
}

test('two clients of different kinds at once', async () => {
  const { gateway } = await serve([fixture('echo', 'fast-echo')]);
  const kinds = ['v1', 'v2 legacy', 'v2 auto'] as const;
  const clients = await Promise.all(kinds.map((kind) => connect({ kind, url: `${gateway.base}/mcp` })));
  const calls = clients.flatMap((one, who) =>
    Array.from({ length: 20 }, async (_, turn) => {
      const text = `${who} ${turn}`;
      expect(await one.call('echo__echo', { text })).toEqual({ isError: false, text });
    }),
  );
  await Promise.all(calls);
});

/** How `guard serve` ends with this config, in its code and its words. */
async function start(config: (port: number, file: string) => void, port: number): Promise<string> {
  const sandbox = open();
  const file = path.join(sandbox.folder, 'serve.json');
  config(port, file);
  const run = sandbox.spawn([process.execPath, builtGuard(), 'serve', '--config', file]);
  const { code } = await within('its end', run.ended);
  return `${code} ${run.stderr}`;
}

describe('guard serve ends with 2 and says why', () => {
  test('for a config with mistakes, for none, and for one without servers', async () => {
    const port = await freePort();
    expect(await start((_, file) => fs.writeFileSync(file, '{ broken'), port)).toMatch(/^2 /);
    expect(await start(() => undefined, port)).toMatch(/^2 /);
    expect(await start((_, file) => writeGatewayConfig(file, port, []), port)).toMatch(
      /^2 .*names no servers/s,
    );
  });

  test('for a port that is taken', async () => {
    const other = http.createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await eventually('the other server', () => other.listening);
    const { port } = other.address() as AddressInfo;
    const said = await start((_, file) => writeGatewayConfig(file, port, [fixture('echo', 'echo')]), port);
    expect(said).toMatch(new RegExp(`^2 .*${port}`, 's'));
  });
});
