import type { Clock } from '../../platform/clock.js';
import { IssuerKeys } from './issuer-keys.js';
import { loadIssuerKeys } from './issuer-documents.js';
import type { IdentitySettings } from './settings.js';
import type { Verifier } from './verifier.js';
import { verifyJwt } from './verify-jwt.js';

export interface OidcOptions {
  readonly settings: Extract<IdentitySettings, { mode: 'oidc' }>;
  readonly clock: Clock;
  readonly note: (text: string) => void;
  /** Called when the issuer's keys changed. */
  readonly keysChanged: () => void;
}

/** Verifies tokens of an OIDC issuer; asks it for its keys at once, and does not wait for them. */
export function oidcVerifier({ settings, clock, note, keysChanged }: OidcOptions): Verifier {
  const { issuer, audiences } = settings;
  const keys = new IssuerKeys({
    load: (signal) => loadIssuerKeys(settings, signal),
    clock,
    note,
    changed: keysChanged,
  });
  keys.start();
  const terms = { algorithms: ['RS256', 'ES256'], issuer, audiences, clock };
  return {
    get trouble() {
      return keys.trouble;
    },
    verify: (token) => verifyJwt(token, keys.find, terms),
    close: () => keys.close(),
  };
}
