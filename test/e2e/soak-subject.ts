import path from 'node:path';
import { ROOT, serverFile } from '../support/built-guard.js';
import { eventually } from '../support/eventually.js';
import {
  freePort,
  startGateway,
  type UpstreamEntry,
  writeGatewayConfig,
} from '../support/gateway-process.js';
import type { ClientEra } from '../support/mcp-client.js';
import type { Sandbox } from '../support/sandbox.js';
import { probe } from './soak-load.js';

/** A path of the service and the eras of the clients that call there. */
interface Door {
  readonly url: string;
  readonly eras: readonly ClientEra[];
}

/** The service that a soak runs against, and what can be done to it. */
export interface Subject {
  readonly base: string;
  readonly pid: number;
  readonly doors: readonly Door[];
  /** Where clients go away. */
  readonly leavers: readonly Door[];
  /** Kills one server of the service. */
  readonly kill: (() => Promise<void>) | null;
  /** Gives the service another policy. */
  readonly reload: (() => Promise<void>) | null;
  /** Resolves once the policy that was given last is obeyed. */
  readonly obeys: (() => Promise<void>) | null;
  close(): Promise<void>;
}

const BOTH = ['legacy', 'modern'] as const;

/** `guard serve` with a server that all share and one that each session has for itself. */
export async function guardSubject(sandbox: Sandbox): Promise<Subject> {
  const gateway = await startGateway(sandbox, UPSTREAMS, policy(0));
  const port = Number(new URL(gateway.base).port);
  const shared = { url: `${gateway.base}/mcp/shared`, eras: BOTH };
  const own = { url: `${gateway.base}/mcp/own`, eras: BOTH };
  let version = 0;
  let kills = 0;
  return {
    base: gateway.base,
    pid: gateway.process.pid,
    doors: [shared, own],
    leavers: [shared],
    // The server that all share and one of the others in turn.
    kill: async () => {
      kills += 1;
      const mark = kills % 2 === 0 ? SHARED_MARK : OWN_MARK;
      const victims = sandbox.processes().filter(({ command }) => command.includes(mark));
      const victim = victims[kills % Math.max(1, victims.length)];
      if (victim !== undefined) process.kill(victim.pid, 'SIGKILL');
    },
    // By the file's watcher and by a signal in turn.
    reload: async () => {
      version += 1;
      writeGatewayConfig(gateway.config, port, UPSTREAMS, policy(version));
      if (version % 2 === 0) gateway.process.child.kill('SIGHUP');
    },
    obeys: async () => {
      writeGatewayConfig(gateway.config, port, UPSTREAMS, policy(null));
      gateway.process.child.kill('SIGHUP');
      for (;;) {
        const { answer } = await probe(shared.url, 'modern', 'big', '');
        if (answer?.result?.isError === true) return;
        await new Promise((resolve) => {
          setTimeout(resolve, 200);
        });
      }
    },
    close: () => gateway.close(),
  };
}

const SERVER = { command: process.execPath, args: [serverFile('fast-echo')] };
/** Words that tell the servers apart in a list of processes; the server knows neither. */
const SHARED_MARK = '--of-all';
const OWN_MARK = '--of-one';
const UPSTREAMS: readonly UpstreamEntry[] = [
  { name: 'shared', isolation: 'shared', start: 'eager', ...SERVER, args: [...SERVER.args, SHARED_MARK] },
  { name: 'own', isolation: 'session', ...SERVER, args: [...SERVER.args, OWN_MARK] },
];

/** A policy that concerns no tool of the servers; null makes one that denies `big`. */
function policy(version: number | null): Record<string, unknown> {
  const tool = version === null ? 'big' : `never_${version}`;
  const rules = [{ name: 'changing', match: { tool }, action: 'deny' }];
  return { policies: { default: 'allow', rules } };
}

/** The bare bridge of the conformance run, which can neither restart a server nor read a policy. */
export async function bridgeSubject(sandbox: Sandbox): Promise<Subject> {
  const port = await freePort();
  const bridge = path.join(ROOT, 'test', 'conformance', 'bridge.js');
  const server = [SERVER.command, ...SERVER.args];
  const spawned = sandbox.spawn([process.execPath, bridge, '--port', String(port), '--', ...server]);
  const base = `http://127.0.0.1:${port}`;
  await eventually('the address of the bridge', () => spawned.lines.length > 0);
  const door = { url: `${base}/mcp`, eras: BOTH };
  return {
    base,
    pid: spawned.pid,
    doors: [door],
    leavers: [door],
    kill: null,
    reload: null,
    obeys: null,
    close: async () => {
      spawned.child.kill('SIGTERM');
      await spawned.ended;
    },
  };
}
