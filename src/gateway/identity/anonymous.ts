import { GuardError } from '../../platform/errors.js';
import { isLoopbackHost } from '../../platform/loopback.js';
import type { Challenge, Identity, Principal } from './principal.js';

const ANYBODY: Principal = Object.freeze({
  agent: undefined,
  key: 'anonymous',
  scopes: Object.freeze([]),
  claims: Object.freeze({}),
});

/**
 * Asks nobody who they are. Throws GuardError `config-invalid` where other machines can connect to
 * `host`, unless the config says that this is meant.
 */
export function anonymousIdentity(host: string, anywhere: boolean): Identity {
  const isLocal = isLoopbackHost(host);
  if (!isLocal && !anywhere) {
    throw new GuardError(
      'config-invalid',
      `guard would listen on ${host} and ask nobody who they are: whoever reaches it could call every tool`,
      {
        hint: 'set identity.issuer and identity.audience, or identity.allow_anonymous: true if that is meant',
      },
    );
  }
  const reach = isLocal ? 'every program on this machine' : `whoever reaches ${host}`;
  return {
    warning: `WARNING: no identity is configured, so agents are anonymous: ${reach} can call what policy allows, and records name no agent. Set identity.issuer, or identity.dev_mode for development.`,
    trouble: undefined,
    authenticate: async () => ANYBODY,
    insufficientScope: (): Challenge => ({
      status: 403,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
      body: JSON.stringify({
        error: 'insufficient_scope',
        error_description: 'this needs scopes, and no identity is configured',
      }),
      reason: 'this needs scopes, and no identity is configured',
    }),
    metadata: () => undefined,
    close: () => {},
  };
}
