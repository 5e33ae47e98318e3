import fs from 'node:fs';
import path from 'node:path';
import type { Environment } from '../../platform/paths.js';
import { type DoctorCheck, type DoctorContext, fine, problem } from './doctor-check.js';

interface ServerCommand {
  readonly server: string;
  readonly command: string;
  readonly env: Environment;
  readonly cwd: string | undefined;
}

/** Whether the programs of all servers are there. */
export const commandsCheck: DoctorCheck = {
  name: 'commands',
  run(context) {
    return commandsOf(context).map(({ server, command, env, cwd }) => {
      if (cwd !== undefined && !fs.existsSync(cwd)) {
        return problem(`server ${server}: its folder ${cwd} is not there`, 'create it, or change cwd');
      }
      const found = findCommand(command, { ...context.tools.env, ...env }, cwd ?? context.tools.cwd);
      if (found !== undefined) return fine(`server ${server}: ${found}`);
      return problem(
        `server ${server}: the command ${command} is not found`,
        'install it, or write its absolute path; what starts guard may have a shorter PATH than your shell',
      );
    });
  },
};

function commandsOf({ config }: DoctorContext): ServerCommand[] {
  if (config?.ok !== true) return [];
  return config.config.settings.upstreams.flatMap(({ name, transport }) =>
    transport.kind === 'stdio' ? [{ server: name, ...transport }] : [],
  );
}

/** The file that a command names, as the system would find it; undefined where there is none. */
export function findCommand(command: string, env: Environment, cwd: string): string | undefined {
  const endings =
    process.platform === 'win32' ? ['', ...(env['PATHEXT'] ?? '.EXE;.CMD;.BAT').split(';')] : [''];
  const folders = /[\\/]/.test(command) ? [cwd] : (env['PATH'] ?? '').split(path.delimiter);
  for (const folder of folders) {
    for (const ending of endings) {
      const file = path.resolve(cwd, folder, `${command}${ending}`);
      if (isProgram(file)) return file;
    }
  }
  return undefined;
}

function isProgram(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}
