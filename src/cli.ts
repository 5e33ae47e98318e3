import { type CAC, cac } from 'cac';
import {
  type Command,
  type CommandGroup,
  type CommandInput,
  commandName,
  type Run,
} from './commands/command.js';
import { helpCommand } from './commands/help-options.js';
import { COMMANDS, HELP_OPTION } from './commands/table.js';
import { asTyped, markedWords } from './commands/typed-words.js';
import { badUsage, unknownWord } from './commands/usage-error.js';
import { systemClock } from './platform/clock.js';
import { EXIT_CODES, GuardError, isGuardError } from './platform/errors.js';
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
    return await report(error);
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

/** The command that the words name; null when the version was asked for and is already shown. */
async function choose(words: readonly string[]): Promise<Chosen<Command> | null> {
  const group = COMMANDS.find((command) => 'loadCommands' in command && commandName(command) === words[0]);
  if (group === undefined || !('loadCommands' in group)) {
    const chosen = parse(cac('guard').version(VERSION), COMMANDS, words, []);
    if (chosen === null) return null;
    const { command, input } = chosen;
    if ('load' in command) return { command, input };
    const name = commandName(command);
    throw new GuardError('usage', `expected ${name} as the first word`, { hint: `guard ${name} --help` });
  }
  const { commands } = await group.loadCommands();
  const outer = commandName(group);
  const chosen = parse(cac(`guard ${outer}`), commands, words.slice(1), [outer]);
  if (chosen !== null) return chosen;
  throw unknownWord(words[1] ?? '', commands.map(commandName), outer);
}

/** Null where no command is named; the words of `guard help` where help was asked for, or nothing at all. */
function parse<Kind extends Command | CommandGroup>(
  cli: CAC,
  commands: readonly Kind[],
  words: readonly string[],
  outer: readonly string[],
): Chosen<Kind | Command> | null {
  let chosen: Chosen<Kind> | null = null;
  for (const command of commands) {
    const entry = cli.command(command.usage, command.summary);
    for (const { flags, summary, default: fallback } of command.options) {
      entry.option(flags, summary, fallback === undefined ? undefined : { default: fallback });
    }
    entry.action((...given: unknown[]) => {
      chosen = { command, input: inputOf(given, cli.args) };
    });
  }
  cli.option(HELP_OPTION.flags, HELP_OPTION.summary);
  // The first two stand for the program, as in process.argv.
  cli.parse(['', '', ...markedWords(words)], { run: false });
  const named = cli.matchedCommandName === undefined ? [] : [cli.matchedCommandName];
  if (words.length === 0 || cli.options['help'] === true) {
    return { command: helpCommand, input: { args: [...outer, ...named], options: {}, rest: [] } };
  }
  try {
    cli.runMatchedCommand();
  } catch (error) {
    const options = cli.matchedCommand?.options.map(({ rawName }) => rawName) ?? [];
    throw badUsage(error, options, [...outer, ...named].join(' '));
  }
  return chosen;
}

function inputOf(given: readonly unknown[], args: readonly string[]): CommandInput {
  const { '--': rest, ...parsed } = given.at(-1) as Record<string, unknown>;
  const options = Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name, asTyped(value)]));
  return {
    args: args.map((word) => String(asTyped(word))),
    options,
    rest: Array.isArray(rest) ? rest.map(String) : [],
  };
}

/** One line for what a person can act on; the stack for what is guard's own fault. */
async function report(error: unknown): Promise<number> {
  // Loaded only now: most runs end without an error.
  const { SecretsInForce } = await import('./commands/secrets-in-force.js');
  const { mask } = new SecretsInForce(process.env);
  if (!isGuardError(error)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(mask(`guard: unexpected error, please report it\n${stack}\n`));
    return EXIT_CODES.error;
  }
  process.stderr.write(
    mask(`guard: ${error.message}\n${error.hint === undefined ? '' : `  ${error.hint}\n`}`),
  );
  return error.exitCode;
}
