import { homedir } from 'node:os';
import path from 'node:path';

/** The environment as the program was given it; passed in so that tests need not change their own. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The folders that guard uses, all absolute. */
export interface GuardPaths {
  /** The system layer's config file. */
  readonly systemConfigFile: string;
  /** The folder of the user layer's config file. */
  readonly userConfigDir: string;
  /** State that must survive: audit log, ledger, approvals. */
  readonly stateDir: string;
  /** The audit log where config names no other. */
  readonly auditFile: string;
}

/** XDG folders on Linux and macOS, the Windows equivalents there. Empty and relative values do not count, as the XDG specification demands. */
export function guardPaths(env: Environment, platform: NodeJS.Platform = process.platform): GuardPaths {
  const home = homedir();
  if (platform === 'win32') {
    const programData = absolute(env['PROGRAMDATA']) ?? String.raw`C:\ProgramData`;
    const userConfigDir = path.join(
      absolute(env['APPDATA']) ?? path.join(home, 'AppData', 'Roaming'),
      'guard',
    );
    const stateDir = path.join(absolute(env['LOCALAPPDATA']) ?? path.join(home, 'AppData', 'Local'), 'guard');
    return pathsFrom(path.join(programData, 'guard', 'guard.yaml'), userConfigDir, stateDir);
  }
  const systemDir = platform === 'darwin' ? '/Library/Application Support/guard' : '/etc/guard';
  const userConfigDir = path.join(absolute(env['XDG_CONFIG_HOME']) ?? path.join(home, '.config'), 'guard');
  const stateDir = path.join(absolute(env['XDG_STATE_HOME']) ?? path.join(home, '.local', 'state'), 'guard');
  return pathsFrom(path.join(systemDir, 'guard.yaml'), userConfigDir, stateDir);
}

function pathsFrom(systemConfigFile: string, userConfigDir: string, stateDir: string): GuardPaths {
  return { systemConfigFile, userConfigDir, stateDir, auditFile: path.join(stateDir, 'audit.jsonl') };
}

function absolute(value: string | undefined): string | undefined {
  return value !== undefined && path.isAbsolute(value) ? value : undefined;
}
