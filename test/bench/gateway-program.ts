import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePort, type MoreConfig, writeGatewayConfig } from '../support/gateway-process.js';
import { builtGuard, ROOT } from '../support/built-guard.js';
import type { ClientEra } from '../support/mcp-client.js';

/** One of the two programs that are measured, started. */
interface Started {
  readonly url: string;
  readonly pid: number;
  close(): Promise<void>;
}

/** Starts a program in front of a fresh echo server of the era. */
export type Program = (era: ClientEra) => Promise<Started>;

const SERVER = path.join(ROOT, 'test', 'fixtures', 'servers', 'fast-echo.js');
const BRIDGE = path.join(ROOT, 'test', 'bench', 'bridge.js');

export const bridge: Program = async (era) => {
  const port = await freePort();
  const words = [BRIDGE, String(port), process.execPath, SERVER, '--era', era];
  return started(words, `http://127.0.0.1:${port}/mcp`, process.env);
};

/** `guard serve` with a policy of 50 rules and the audit log, both at their defaults; files in `folder`. */
export function guard(folder: string, more: MoreConfig = {}, name = 'gateway'): Program {
  const rules = Array.from({ length: 50 }, (_, index) => ({
    name: `rule-${index}`,
    match: { tool: `other_${index}_*`, input: { '$.path': { glob: '/etc/*' } } },
    action: 'deny',
  }));
  let count = 0;
  return async (era) => {
    const port = await freePort();
    count += 1;
    const config = path.join(folder, `${name}-${count}.json`);
    const audit = path.join(folder, `${name}-${count}.jsonl`);
    writeFileSync(audit, '', { mode: 0o600 });
    writeGatewayConfig(
      config,
      port,
      [{ name: 'echo', command: process.execPath, args: [SERVER, '--era', era], start: 'eager' }],
      { policies: { default: 'allow', rules }, audit: { path: audit }, ...more },
    );
    const words = [builtGuard(), 'serve', '--config', config];
    const env = { ...process.env, XDG_STATE_HOME: folder, XDG_CONFIG_HOME: folder };
    return started(words, `http://127.0.0.1:${port}/mcp/echo`, env);
  };
}

function started(words: readonly string[], url: string, env: NodeJS.ProcessEnv): Started {
  const child = spawn(process.execPath, words, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-4000);
  });
  child.once('exit', (code) => {
    if (code !== 0 && code !== null)
      process.stderr.write(`${words[0] ?? ''} ended with ${code}: ${stderr}\n`);
  });
  return { url, pid: child.pid ?? 0, close: () => ended(child) };
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}
