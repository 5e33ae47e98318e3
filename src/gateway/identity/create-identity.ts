import type { Clock } from '../../platform/clock.js';
import { anonymousIdentity } from './anonymous.js';
import type { Identity } from './principal.js';
import { ProtectedResource } from './protected-resource.js';
import type { IdentitySettings, PublicAddress } from './settings.js';
import { TokenIdentity } from './token-identity.js';
import { TokenMemory } from './token-memory.js';

export interface IdentityOptions {
  readonly settings: IdentitySettings;
  /** Where agents reach guard; asked with each challenge, since the port may be known late. */
  readonly address: () => PublicAddress;
  readonly clock: Clock;
  /** Notes for the operator: an issuer out of reach, and back. */
  readonly note: (text: string) => void;
}

const DEV_WARNING =
  'WARNING: identity.dev_mode is on: whoever knows its secret can be any agent. It is for development; use identity.issuer elsewhere.';

/**
 * The way in which guard knows agents. Does not wait for an issuer: until its keys are there,
 * requests are answered with 503. Rejects with GuardError `config-invalid` where agents would be
 * anonymous on an address that other machines reach.
 */
export async function createIdentity(options: IdentityOptions): Promise<Identity> {
  const { settings, address, clock, note } = options;
  if (settings.mode === 'anonymous') return anonymousIdentity(address().host, settings.anywhere);
  const memory = new TokenMemory(clock);
  const isOidc = settings.mode === 'oidc';
  // Packages for tokens are loaded only where tokens are read.
  const verifier = isOidc
    ? (await import('./oidc-verifier.js')).oidcVerifier({
        settings,
        clock,
        note,
        keysChanged: () => memory.clear(),
      })
    : (await import('./dev-tokens.js')).devVerifier(settings, clock);
  return new TokenIdentity({
    settings,
    verifier,
    resource: new ProtectedResource(address, settings, isOidc ? settings.issuer : undefined),
    memory,
    warning: isOidc ? undefined : DEV_WARNING,
    keyOf: isOidc
      ? // JSON keeps the parts apart, whatever they contain.
        (agent, subject) => JSON.stringify([settings.issuer, subject ?? null, agent])
      : (agent) => `dev:${agent}`,
  });
}
