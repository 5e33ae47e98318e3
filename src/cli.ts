import { cac } from 'cac';
import type { Command, CommandInput, Run } from './commands/command.js';
import { COMMANDS } from './commands/table.js';
import { systemClock } from './platform/clock.js';
import { EXIT_CODES, GuardError, isGuardError, messageOf } from './platform/errors.js';
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
    const chosen = parse(argv);
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

/** The command that the words name; null when help or the version was asked for and is already shown. */
function parse(argv: readonly string[]): { command: Command; input: CommandInput } | null {
  const cli = cac('guard');
  let chosen: { command: Command; input: CommandInput } | null = null;
  for (const command of COMMANDS) {
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
  cli.version(VERSION);
  const words = argv.slice(2);
  if (words.length === 0) {
    cli.parse([...argv.slice(0, 2), '--help']);
    return null;
  }
  try {
    cli.parse([...argv]);
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
