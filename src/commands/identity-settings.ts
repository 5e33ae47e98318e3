import { DEFAULTS } from '../config/defaults.js';
import type { Settings } from '../config/settings.js';
import type { IdentitySettings, PublicAddress, TokenSettings } from '../gateway/identity/settings.js';

/** The audience of tokens for development, where the config names none. */
const DEV_AUDIENCE = 'guard';

/** How agents are to be known, as the config file says it, with defaults. */
export function identitySettings({ identity = {} }: Settings['sections']): IdentitySettings {
  const { issuer, dev_mode } = identity;
  if (issuer !== undefined) {
    return { mode: 'oidc', issuer, jwksUri: identity.jwks_uri, ...tokenSettings(identity) };
  }
  if (dev_mode?.enabled === true && dev_mode.secret !== undefined) {
    const token = tokenSettings(identity);
    const audiences = token.audiences.length === 0 ? [DEV_AUDIENCE] : token.audiences;
    return { mode: 'dev', secret: dev_mode.secret, ...token, audiences };
  }
  return { mode: 'anonymous', anywhere: identity.allow_anonymous ?? DEFAULTS.identity.allow_anonymous };
}

/** Where agents reach guard, as the config file says it; `port` is the one that is bound, where it is known. */
export function publicAddress({ listen = {} }: Settings['sections'], port?: number): PublicAddress {
  return {
    publicUrl: listen.public_url,
    host: listen.host ?? DEFAULTS.listen.host,
    port: port ?? listen.port ?? DEFAULTS.listen.port,
  };
}

function tokenSettings(identity: NonNullable<Settings['sections']['identity']>): TokenSettings {
  const { audience = [], required_scopes: requiredScopes = [] } = identity;
  return {
    audiences: typeof audience === 'string' ? [audience] : audience,
    agentClaim: identity.agent_claim ?? DEFAULTS.identity.agent_claim,
    requiredScopes,
    scopesSupported: identity.scopes_supported ?? requiredScopes,
  };
}
