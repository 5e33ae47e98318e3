import { EXIT_CODES } from '../platform/errors.js';
import { printText } from './check-print.js';
import { commandName, type Command, type CommandGroup, type Run, type Tools } from './command.js';
import { commandHelp, groupHelp } from './help-command.js';
import { overview } from './help-overview.js';
import type { Look } from './help-text.js';
import { COMMANDS } from './table.js';
import { unknownWord } from './usage-error.js';

/** Shows help: of the program, or of the command that the words name. Throws GuardError `usage`. */
export const run: Run = async ({ args }, tools) => {
  const look = lookOf(tools);
  const [name, inner] = args;
  await printText(tools.stdout, name === undefined ? overview(look) : await helpOf(name, inner, look));
  return EXIT_CODES.ok;
};

async function helpOf(name: string, inner: string | undefined, look: Look): Promise<string> {
  const command = named(COMMANDS, name, 'help');
  if (!('loadCommands' in command)) return commandHelp(command, name, look);
  const { commands } = await command.loadCommands();
  if (inner === undefined) return groupHelp(command, commands, look);
  return commandHelp(named(commands, inner, name), `${name} ${inner}`, look);
}

function named<Kind extends Command | CommandGroup>(
  commands: readonly Kind[],
  name: string,
  outer: string,
): Kind {
  const found = commands.find((command) => commandName(command) === name);
  if (found !== undefined) return found;
  throw unknownWord(
    name,
    commands.map(commandName).filter((known) => known !== ''),
    outer,
  );
}

/** Lines as wide as the terminal, and titles in bold there; https://no-color.org is heeded. */
function lookOf({ env, stdout }: Tools): Look {
  const isPlain = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb' || !stdout.isTTY;
  const width = stdout.isTTY && stdout.columns > 0 ? stdout.columns : Number.POSITIVE_INFINITY;
  return { width, title: (text) => (isPlain ? text : `\u001B[1m${text}\u001B[22m`) };
}
