import { type CAC, cac } from 'cac';
import {
  type Command,
  type CommandGroup,
  type CommandInput,
  commandName,
  type Run,
} from './commands/command.js';
import { COMMANDS } from './commands/table.js';
import { systemClock } from './platform/clock.js';
import { EXIT_CODES, GuardError, isGuardError, messageOf } from './platform/errors.js';
import { printable } from './platform/printable.js';
import { VERSION } from './platform/version.js';

/** Runs the program with the words of a command line; ends the process with the command's exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  process.exitCode = await runCommand(argv);
  // A server's leftover pipe or a timer must not keep guard: all that had to be written was awaited.
  process.exit();
}

async function runCommand(argv: readonly string[]): Promise<number> {
  // A person who stops reading notes does not stop the work.
  process.stderr.on('error', () => undefined);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
  try {
    const chosen = await choose(argv.slice(2));
    if (chosen === null) return EXIT_CODES.ok;
    const { run } = await chosen.command.load();
    return await start(run, chosen.input, stop.signal);
  } catch (error) {
    return report(error);
  }
}

function start(run: Run, input: CommandInput, signal: AbortSignal): Promise<number> {
  const { env, stdin, stdout, stderr } = process;
  return run(input, { env, cwd: process.cwd(), clock: systemClock(), stdin, stdout, stderr, signal });
}

/** A command and what it was called with. */
interface Chosen<Kind> {
  readonly command: Kind;
  readonly input: CommandInput;
}

/** The command that the words name; null when help or the version was asked for and is already shown. */
async function choose(words: readonly string[]): Promise<Chosen<Command> | null> {
  const group = COMMANDS.find((command) => 'loadCommands' in command && commandName(command) === words[0]);
  if (group === undefined || !('loadCommands' in group)) {
    const chosen = parse(cac('guard').version(VERSION), COMMANDS, words);
    if (chosen === null) return null;
    const { command, input } = chosen;
    if ('load' in command) return { command, input };
    const name = commandName(command);
    throw new GuardError('usage', `expected ${name} as the first word`, { hint: `guard ${name} --help` });
  }
  const { commands } = await group.loadCommands();
  const name = `guard ${commandName(group)}`;
  const chosen = parse(cac(name), commands, words.slice(1));
  if (chosen !== null || words.length === 1 || words.includes('--help') || words.includes('-h'))
    return chosen;
  throw new GuardError(
    'usage',
    `expected ${commands.map(commandName).join(', ')} after ${name}, got ${printable(words[1] ?? '')}`,
    { hint: `${name} --help` },
  );
}

/** Shows help for `--help` and where there are no words. */
function parse<Kind extends Command | CommandGroup>(
  cli: CAC,
  commands: readonly Kind[],
  words: readonly string[],
): Chosen<Kind> | null {
  let chosen: Chosen<Kind> | null = null;
  for (const command of commands) {
    const entry = cli.command(command.usage, command.summary);
    for (const { flags, summary, default: fallback } of command.options) {
      entry.option(flags, summary, fallback === undefined ? undefined : { default: fallback });
    }
    for (const example of command.examples) entry.example(`  ${example}`);
    entry.action((...given: unknown[]) => {
      chosen = { command, input: inputOf(given, cli.args) };
    });
  }
  cli.help();
  try {
    // The first two stand for the program, as in process.argv.
    cli.parse(['', '', ...(words.length === 0 ? ['--help'] : words)]);
  } catch (error) {
    throw new GuardError('usage', messageOf(error), { hint: 'guard --help', cause: error });
  }
  return chosen;
}

function inputOf(given: readonly unknown[], args: readonly string[]): CommandInput {
  const options = given.at(-1) as Record<string, unknown>;
  const rest = Array.isArray(options['--']) ? options['--'].map(String) : [];
  return { args: [...args], options, rest };
}

/** One line for what a person can act on; the stack for what is guard's own fault. */
function report(error: unknown): number {
  if (!isGuardError(error)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`guard: unexpected error, please report it\n${stack}\n`);
    return EXIT_CODES.error;
  }
  process.stderr.write(`guard: ${error.message}\n${error.hint === undefined ? '' : `  ${error.hint}\n`}`);
  return error.exitCode;
}
