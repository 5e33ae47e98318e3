import type { Clock } from '../platform/clock.js';
import type { Environment } from '../platform/paths.js';

/** One option of a command, as data: help, completions and the docs test are made from it. */
export interface OptionSpec {
  /** cac's notation: `-n, --lines <count>`, `--json`, `--no-follow`. */
  readonly flags: string;
  readonly summary: string;
  readonly default?: string | number | boolean;
  /** The values that it takes, where they are known. */
  readonly choices?: readonly string[];
}

/** What a command is given beside its words: the world, injected. */
export interface Tools {
  readonly env: Environment;
  readonly cwd: string;
  readonly clock: Clock;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Aborted on SIGINT and SIGTERM, for commands that run until they are told to stop. */
  readonly signal: AbortSignal;
}

/** Words and options as they were typed; a handler checks what it reads. */
export interface CommandInput {
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
  /** The words after `--`. */
  readonly rest: readonly string[];
}

/** Runs a command; resolves with the exit code. Expected troubles are thrown as GuardError. */
export type Run = (input: CommandInput, tools: Tools) => Promise<number>;

/** A command as data plus a lazily loaded handler. */
export interface Command {
  /** cac's notation: `tail`, `check [file]`; without a name first it is the wrapper itself. */
  readonly usage: string;
  readonly summary: string;
  /** What the first word in the brackets of `usage` may be, such as the actions of `guard limits`. */
  readonly words?: readonly string[];
  readonly options: readonly OptionSpec[];
  readonly examples: readonly string[];
  readonly load: () => Promise<{ readonly run: Run }>;
}

/** A command whose first word names one of its own commands: each has its own options, examples and help. */
export interface CommandGroup extends Omit<Command, 'load'> {
  /** Not before one of them is asked for: `guard --` must not carry their options along. */
  readonly loadCommands: () => Promise<{ readonly commands: readonly Command[] }>;
}

/** The words by which a command is called: `audit` of `audit <command>`. */
export function commandName({ usage }: Pick<Command, 'usage'>): string {
  return /^[a-z-]*/.exec(usage)?.[0] ?? '';
}
