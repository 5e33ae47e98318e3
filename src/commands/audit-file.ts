import path from 'node:path';
import { findAuditSettings } from '../config/audit-settings.js';
import type { Settings } from '../config/settings.js';
import { GuardError } from '../platform/errors.js';
import { guardPaths } from '../platform/paths.js';
import type { Tools } from './command.js';

/**
 * Absolute path of the audit log that a command reads or writes: what `--audit` names, else what the
 * config says, else that of this user. Throws GuardError: config-invalid, config-insecure,
 * config-not-found, only where no log is named.
 */
export async function auditFileOf(
  named: string | undefined,
  tools: Pick<Tools, 'env' | 'cwd'>,
  configFile?: string,
): Promise<string> {
  return named === undefined
    ? (await auditSettingsOf(tools, configFile)).path
    : path.resolve(tools.cwd, named);
}

/** What the config says of the audit log, that file of it where one is named. Throws GuardError as above. */
export async function auditSettingsOf(
  { env, cwd }: Pick<Tools, 'env' | 'cwd'>,
  configFile?: string,
): Promise<Settings['audit']> {
  try {
    return await findAuditSettings({ cwd, env, paths: guardPaths(env), configFile });
  } catch (error) {
    if (!(error instanceof GuardError)) throw error;
    const hint = 'correct it (guard check), or name the log with --audit';
    throw new GuardError(error.code, error.message, { hint, cause: error });
  }
}
