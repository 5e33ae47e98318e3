// Two clients with the same ids and progress tokens against one shared server:
//   npx tsx test/e2e/gateway-interleaving.ts [CALLS] [--bridge]
// CALLS (10,000) for each pair of eras. With --bridge the bare bridges stand in for guard, which shows that
// the check itself is sound.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { ROOT, serverFile } from '../support/built-guard.js';
import { eventually } from '../support/eventually.js';
import { freePort, startGateway } from '../support/gateway-process.js';
import type { ClientEra } from '../support/mcp-client.js';
import { withSandbox } from '../support/use-sandbox.js';
import { interleave } from './interleaving.js';

const words = process.argv.slice(2);
const calls = Number(words.find((word) => !word.startsWith('--')) ?? 10_000);
const ERAS: readonly ClientEra[] = ['legacy', 'modern'];
let passed = 0;
let failed = 0;

if (words.includes('--bridge')) await throughBridges();
else for (const client of ERAS) for (const server of ERAS) await throughGuard(client, server);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

async function throughGuard(client: ClientEra, server: ClientEra): Promise<void> {
  await withSandbox(async (sandbox) => {
    const args = [serverFile('fast-echo'), '--shuffle', '--era', server];
    const upstream = { name: 'echo', command: process.execPath, args, isolation: 'shared' } as const;
    const gateway = await startGateway(sandbox, [upstream]);
    await check(`${client} clients, ${server} server`, `${gateway.base}/mcp/echo`, client, true);
    await gateway.close();
  });
}

/** One of them shares its child between sessions and drops progress, the other carries it in the newer era. */
async function throughBridges(): Promise<void> {
  const server = [process.execPath, serverFile('fast-echo'), '--shuffle', '--era'];
  const plain = path.join(ROOT, 'test', 'bench', 'bridge.js');
  const full = path.join(ROOT, 'test', 'conformance', 'bridge.js');
  const ports = { plain: await freePort(), full: await freePort() };
  await throughBridge([plain, String(ports.plain), ...server, 'legacy'], ports.plain, 'legacy', false);
  await throughBridge(
    [full, '--port', String(ports.full), '--', ...server, 'modern'],
    ports.full,
    'modern',
    true,
  );
}

async function throughBridge(
  bridge: readonly string[],
  port: number,
  era: ClientEra,
  withProgress: boolean,
): Promise<void> {
  const child = spawn(process.execPath, bridge, { stdio: ['ignore', 'ignore', 'inherit'] });
  const url = `http://127.0.0.1:${port}/mcp`;
  let listens = false;
  await eventually('the bridge to listen', () => {
    void fetch(url).then(
      () => (listens = true),
      () => undefined,
    );
    return listens;
  });
  await check(`bridge, ${era}`, url, era, withProgress);
  child.kill();
}

async function check(title: string, url: string, era: ClientEra, withProgress: boolean): Promise<void> {
  const begin = performance.now();
  const { calls: done, progress, mistakes } = await interleave(url, era, calls, withProgress);
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  process.stdout.write(`${title}: ${done} calls, ${progress} notifications, ${seconds} s\n`);
  for (const mistake of mistakes) process.stdout.write(`  ${mistake.slice(0, 300)}\n`);
  if (mistakes.length === 0 && done === calls) passed += 1;
  else failed += 1;
}
