import { StreamableHTTPClientTransport as HttpV2 } from '@modelcontextprotocol/client';
import { SSEClientTransport as SseV1 } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport as HttpV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import path from 'node:path';
import { afterEach } from 'vitest';
import { ROOT } from '../support/built-guard.js';
import {
  type GatewayProcess,
  type MoreConfig,
  startGateway,
  type UpstreamEntry,
} from '../support/gateway-process.js';
import type { Sandbox } from '../support/sandbox.js';
import { useSandbox } from '../support/use-sandbox.js';
import { OBLIGING, overV1, overV2, type PeerClient, type PeerKind, type Person } from './peers.js';

const PACKAGES = path.join(ROOT, 'node_modules', '@modelcontextprotocol');

/** The published server that has everything, under the name `every`. */
export function everything(more: Partial<UpstreamEntry> = {}): UpstreamEntry {
  const args = [path.join(PACKAGES, 'server-everything', 'dist', 'index.js'), 'stdio'];
  return { name: 'every', command: process.execPath, args, ...more };
}

/** The published filesystem server on one folder, under the name `files`. */
export function filesystem(folder: string, more: Partial<UpstreamEntry> = {}): UpstreamEntry {
  const args = [path.join(PACKAGES, 'server-filesystem', 'dist', 'index.js'), folder];
  return { name: 'files', command: process.execPath, args, ...more };
}

export interface HttpPeer {
  readonly kind: PeerKind;
  readonly url: string;
  readonly token?: string;
  /** Without one the client shows no forms. */
  readonly person?: Person | null;
}

/** What a test of the gateway starts; all of it is ended after the test, however it went. */
export interface GatewayTest {
  /** A home with a gateway, whose config is these servers and `more`. */
  readonly serve: (
    upstreams: readonly UpstreamEntry[] | ((sandbox: Sandbox) => readonly UpstreamEntry[]),
    more?: MoreConfig,
  ) => Promise<{ readonly sandbox: Sandbox; readonly gateway: GatewayProcess }>;
  /** A published client over Streamable HTTP. */
  readonly connect: (peer: HttpPeer) => Promise<PeerClient>;
  /** A published client over the transport of 2024-11-05. */
  readonly connectSse: (url: string) => Promise<PeerClient>;
}

/** Gives each test its gateways and its clients; after it no process may be left. */
export function useGateway(): GatewayTest {
  const open = useSandbox();
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  });
  const kept = async (connecting: Promise<PeerClient>): Promise<PeerClient> => {
    const client = await connecting;
    closing.push(() => client.close());
    return client;
  };
  return {
    async serve(upstreams, more) {
      const sandbox = open();
      const servers = typeof upstreams === 'function' ? upstreams(sandbox) : upstreams;
      const gateway = await startGateway(sandbox, servers, more);
      closing.push(() => gateway.close());
      return { sandbox, gateway };
    },
    connect: (peer) => kept(connectHttp(peer)),
    connectSse: (url) => kept(overV1(new SseV1(new URL(url)), OBLIGING)),
  };
}

function connectHttp({ kind, url, token, person = OBLIGING }: HttpPeer): Promise<PeerClient> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const options = { requestInit: { headers } };
  return kind === 'v1'
    ? overV1(new HttpV1(new URL(url), options), person)
    : overV2(new HttpV2(new URL(url), options), kind === 'v2 auto' ? 'auto' : 'legacy', person);
}
