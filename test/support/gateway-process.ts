import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { builtGuard } from './built-guard.js';
import { pause, within } from './eventually.js';
import type { Sandbox } from './sandbox.js';
import type { Spawned } from './spawned.js';

/** One entry of the config's `upstreams`. */
export interface UpstreamEntry {
  readonly name: string;
  readonly command?: string;
  readonly args?: readonly string[];
  readonly url?: string;
  readonly isolation?: 'shared' | 'session';
  readonly start?: 'lazy' | 'eager';
  readonly namespaced?: boolean;
}

/** Further sections of the config; `listen` adds to host and port. */
export interface MoreConfig {
  readonly [section: string]: unknown;
  readonly listen?: object;
}

/** `guard serve` as a process of a test. */
export interface GatewayProcess {
  /** `http://127.0.0.1:PORT` */
  readonly base: string;
  readonly config: string;
  readonly port: number;
  readonly process: Spawned;
  close(): Promise<void>;
}

/** Starts `guard serve` with these upstreams and waits until it is ready. `more` is merged into the config. */
export async function startGateway(
  sandbox: Sandbox,
  upstreams: readonly UpstreamEntry[],
  more: MoreConfig = {},
): Promise<GatewayProcess> {
  const port = await freePort();
  const config = path.join(sandbox.folder, `serve-${port}.json`);
  writeGatewayConfig(config, port, upstreams, more);
  const spawned = sandbox.spawn([process.execPath, builtGuard(), 'serve', '--config', config]);
  const base = `http://127.0.0.1:${port}`;
  const over = (): boolean => spawned.child.exitCode !== null || spawned.child.signalCode !== null;
  const answers = await within('the gateway to be ready', untilReady(base, over));
  if (!answers) throw new Error(`guard serve ended before it was ready: ${spawned.stderr.slice(-2000)}`);
  return {
    base,
    config,
    port,
    process: spawned,
    close: async () => {
      spawned.child.kill('SIGTERM');
      await within('the end of the gateway', spawned.ended);
    },
  };
}

/** Writes the config whole, so that a reload never meets half of it. */
export function writeGatewayConfig(
  file: string,
  port: number,
  upstreams: readonly UpstreamEntry[],
  { listen = {}, ...more }: MoreConfig = {},
): void {
  const config = {
    version: '1',
    upstreams,
    listen: { host: '127.0.0.1', port, ...listen },
    dashboard: { enabled: false },
    ...more,
  };
  const next = `${file}.next`;
  fs.writeFileSync(next, JSON.stringify(config, null, 2), { mode: 0o600 });
  fs.renameSync(next, file);
}

/** A port that is free now; the config does not know how to ask for any. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** True once `/readyz` answers 200; false when `over` says that it never will. */
async function untilReady(base: string, over: () => boolean = () => false): Promise<boolean> {
  while (!over()) {
    if ((await statusOf(`${base}/readyz`)) === 200) return true;
    await pause(20);
  }
  return false;
}

/** The status of a GET; 0 where nobody listens. */
function statusOf(url: string): Promise<number> {
  return fetch(url).then(
    async (response) => {
      await response.body?.cancel();
      return response.status;
    },
    () => 0,
  );
}
