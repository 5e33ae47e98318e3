import path from 'node:path';
import { onTestFinished } from 'vitest';
import { eventually, PATIENCE_MS } from './eventually.js';
import { ROOT } from './source-files.js';
import { Spawned } from './spawned.js';

/** The audience of its tokens, if nothing else is said. */
export const RESOURCE = 'https://tools.example.com/mcp';

interface Provider {
  readonly issuer: string;
  stop(): Promise<void>;
  /** A token by the client credentials grant, as RFC 8707 asks for it. */
  token(resource?: string, scope?: string): Promise<string>;
}

/** Starts a real OIDC provider on loopback, for the agent `billing-bot`; it is ended after the test. */
export async function provider(port: string, kid: string, alg = 'ES256'): Promise<Provider> {
  const program = path.join(ROOT, 'test/fixtures/oidc-provider.js');
  const start = (): Spawned => {
    const started = new Spawned([process.execPath, program, port, kid, alg], { cwd: ROOT, env: {} });
    onTestFinished(() => void started.child.kill('SIGKILL'));
    return started;
  };
  let spawned = start();
  const ready = (): Buffer | undefined => {
    // A port that one before it had may be somebody else's for a moment.
    if (spawned.child.exitCode !== null) spawned = start();
    return spawned.lines[0];
  };
  const issuer = String(await eventually('the provider', ready, 2 * PATIENCE_MS));
  return {
    issuer,
    stop: async () => {
      spawned.child.kill('SIGKILL');
      await spawned.ended;
    },
    token: async (resource = RESOURCE, scope = 'mcp files:read') => {
      const answer = await fetch(`${issuer}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa('billing-bot:a-secret-of-the-billing-bot')}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', resource, scope }),
      });
      return ((await answer.json()) as { access_token: string }).access_token;
    },
  };
}
