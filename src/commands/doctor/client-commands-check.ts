import path from 'node:path';
import type { ClientServer } from '../clients/survey-clients.js';
import { clientEnvironment, clientsOf, hasVariable } from './client-of.js';
import { findCommand } from './commands-check.js';
import { type DoctorCheck, type DoctorContext, type DoctorFinding, fine, problem } from './doctor-check.js';

/** Whether the programs of clients' servers are where each client looks for them. */
export const clientCommandsCheck: DoctorCheck = {
  name: 'client-commands',
  run(context) {
    const servers = context.clients.servers.filter(({ words }) => words.length > 0);
    const missing = servers.flatMap((server) => missingCommands(server, context));
    return missing.length === 0 && servers.length > 0
      ? [fine(`the commands of ${servers.length} servers of clients are found`)]
      : missing;
  },
};

function missingCommands(server: ClientServer, { tools, world }: DoctorContext): DoctorFinding[] {
  const commands = commandsOf(server).filter((word) => !hasVariable(word));
  return clientsOf(server).flatMap((client) => {
    const cwd = client.cwd === 'root' ? path.parse(tools.cwd).root : tools.cwd;
    const env = { ...clientEnvironment(client, tools.env, world.files.platform), ...plain(server.env) };
    return commands
      .filter((command) => findCommand(command, env, cwd) === undefined)
      .map((command) =>
        problem(
          `${server.name} of ${client.id}: ${client.name} does not find ${command}`,
          client.kind === 'gui'
            ? 'write its absolute path: programs that start from the desktop have a bare PATH'
            : 'install it, or write its absolute path',
        ),
      );
  });
}

/** The word that the client starts, and the one that guard starts behind it. */
function commandsOf({ words, state }: ClientServer): string[] {
  const behind = state === 'guarded' ? words[words.indexOf('--') + 1] : undefined;
  return [words[0], words.includes('--') ? behind : undefined].filter((word) => word !== undefined);
}

function plain(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => !hasVariable(value)));
}
