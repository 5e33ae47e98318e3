import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { builtGuard } from '../support/built-guard.js';
import { eventually, pause } from '../support/eventually.js';
import type { Sandbox } from '../support/sandbox.js';
import type { Spawned } from '../support/spawned.js';
import { useSandbox } from '../support/use-sandbox.js';
import { verifies } from '../requirements.js';

verifies('status:counters', 'status:report:quiet', 'status:files:dead');

const open = useSandbox();
const DENY = "version: '1'\npolicies: { rules: [{ name: no, match: { tool: write }, action: deny }] }\n";

interface Shown {
  readonly guards: readonly { readonly pid: number; readonly calls: { readonly denied: number } }[];
}

async function status(sandbox: Sandbox): Promise<{ code: number | null; shown: Shown }> {
  const run = sandbox.spawn([process.execPath, builtGuard(), 'status', '--json']);
  const { code } = await run.ended;
  return { code, shown: JSON.parse(run.lines.join('\n')) as Shown };
}

/** Asks until the counters of this guard are those of its calls: they are written seldom. */
async function shows(
  sandbox: Sandbox,
  guard: Spawned,
  denied: number,
): Promise<Awaited<ReturnType<typeof status>>> {
  for (;;) {
    const found = await status(sandbox);
    const one = found.shown.guards.find(({ pid }) => pid === guard.pid);
    if (one?.calls.denied === denied) return found;
    await pause(100);
  }
}

test('guard status shows running guards and what they let pass', async () => {
  const sandbox = open(DENY);
  const folder = path.join(sandbox.folder, 'state', 'guard', 'running');
  const first = sandbox.guard({ server: 'echo', options: ['--server', 'one', '--agent', 'ana'] });
  await first.ask('ping', 'ping');
  await eventually('its file', () => fs.existsSync(folder) && fs.readdirSync(folder).length === 1);
  const second = sandbox.guard({ server: 'echo', options: ['--server', 'two'] });
  const params = {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'peer', version: '1' },
  };
  await second.ask('init', 'initialize', params);
  await second.call(1, 'echo');
  await second.call(2, 'write');
  const { code, shown } = await shows(sandbox, second, 1);
  expect(code).toBe(0);
  expect(shown.guards).toMatchObject([
    { server: 'one', agent: 'ana', client: null, calls: { allowed: 0, denied: 0 } },
    { server: 'two', client: 'peer', mode: 'enforce', calls: { allowed: 1, denied: 1, held: 0 }, pending: 0 },
  ]);
  first.child.kill('SIGKILL');
  await first.ended;
  expect((await status(sandbox)).shown.guards).toMatchObject([{ server: 'two' }]);
  await second.finish();
  expect(fs.readdirSync(folder)).toEqual([]);
  expect(await status(sandbox)).toMatchObject({ code: 0, shown: { guards: [] } });
});

test('a guard that nobody talked to leaves no trace', async () => {
  const sandbox = open(DENY);
  const guard = sandbox.guard({ server: 'echo' });
  await eventually('its server', () => sandbox.processes().length >= 2);
  await guard.finish();
  expect(fs.existsSync(path.join(sandbox.folder, 'state'))).toBe(false);
});
