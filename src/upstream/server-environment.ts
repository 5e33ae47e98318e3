import type { Environment } from '../platform/paths.js';

/**
 * What a server inherits: guard's own environment without the `GUARD_*` variables and without those
 * whose values the config uses, which are guard's secrets and not the server's.
 */
export function serverEnvironment(env: Environment, secretNames: ReadonlySet<string>): Environment {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith('GUARD_') && !secretNames.has(name)),
  );
}
