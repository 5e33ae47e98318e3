import path from 'node:path';
import { guardPaths } from '../platform/paths.js';
import type { Tools } from './command.js';

/** Absolute path of the audit log that a command reads or writes: what `--audit` names, else that of this user. */
export function auditFileOf(named: string | undefined, { env, cwd }: Pick<Tools, 'env' | 'cwd'>): string {
  return named === undefined ? guardPaths(env).auditFile : path.resolve(cwd, named);
}
