import { existsSync } from 'node:fs';
import { openSigningKey } from '../audit/signing-key.js';
import type { KnownKeys } from '../audit/verify/check-checkpoint.js';
import { guardPaths } from '../platform/paths.js';
import { stateFiles } from '../platform/state-files.js';
import type { Tools } from './command.js';

/** This user's own key where there is one; none is made. Throws GuardError `audit-key-unusable`. */
export function ownKeys(env: Tools['env']): KnownKeys {
  const file = stateFiles(guardPaths(env)).auditKey;
  if (!existsSync(file)) return new Map();
  const { fingerprint, publicKey } = openSigningKey(file);
  return new Map([[fingerprint, publicKey]]);
}
