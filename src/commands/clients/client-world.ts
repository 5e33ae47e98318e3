import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import type { FileWorld } from '../../clients/files/file-world.js';
import type { WritePort } from '../../clients/files/replace-config-file.js';
import type { Platform } from '../../clients/table/client.js';
import type { Tools } from '../command.js';
import { type ProcessList, runningProcesses } from './running-processes.js';

/** What the commands about clients see of the machine. Tests put another in its place. */
export interface ClientWorld {
  readonly files: FileWorld;
  /** How this very program is started. */
  readonly program: { readonly node: string; readonly script: string };
  readonly processes: () => Promise<ProcessList>;
  /** Calls in place of the system's, where tests let writing fail. */
  readonly writes?: Partial<WritePort>;
}

/** The machine that this process runs on. */
export function clientWorld(tools: Pick<Tools, 'env' | 'cwd'>): ClientWorld {
  const platform = process.platform === 'win32' || process.platform === 'darwin' ? process.platform : 'linux';
  return {
    files: {
      platform,
      home: homeOf(tools.env, platform),
      env: tools.env,
      project: tools.cwd,
      user: process.getuid?.(),
    },
    program: { node: process.execPath, script: ownScript() },
    processes: () => runningProcesses(platform),
  };
}

function homeOf(env: Tools['env'], platform: Platform): string {
  const named = env[platform === 'win32' ? 'USERPROFILE' : 'HOME'];
  return named !== undefined && path.isAbsolute(named) ? named : homedir();
}

/** `bin/guard.js` itself, not the link in a folder of programs. */
function ownScript(): string {
  const started = process.argv[1] ?? '';
  try {
    return realpathSync(started);
  } catch {
    return started;
  }
}
