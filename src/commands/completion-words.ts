import { commandName, type Command, type CommandGroup, type OptionSpec } from './command.js';
import { COMMANDS, HELP_OPTION, VERSION_OPTION } from './table.js';

/** What may stand behind a word: nothing that is known, a file, or one of some words. */
export type Completed = 'none' | 'text' | 'file' | readonly string[];

/** An option as shells complete it. */
export interface CompletedOption {
  /** `--lines`, and `-n` where there is a short one. */
  readonly long: string;
  readonly short: string | undefined;
  readonly summary: string;
  readonly value: Completed;
}

/** A command as shells complete it; the wrapper itself has no words. */
export interface CompletedCommand {
  /** The words by which it is called: `[]`, `['tail']`, `['audit', 'key']`. */
  readonly path: readonly string[];
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  /** What the first word behind it may be. */
  readonly word: Completed;
}

/** All commands with all that they take, from the table of commands and nothing else. */
export async function completedCommands(): Promise<CompletedCommand[]> {
  const names = COMMANDS.map(commandName).filter((name) => name !== '');
  const found: CompletedCommand[] = [];
  for (const command of COMMANDS) {
    const name = commandName(command);
    if ('loadCommands' in command) {
      const { commands } = await command.loadCommands();
      found.push(completed(command, [name], commands.map(commandName)));
      for (const inner of commands) found.push(completed(inner, [name, commandName(inner)], wordOf(inner)));
    } else if (name === '') {
      found.push({
        ...completed(command, [], names),
        options: optionsOf([...command.options, VERSION_OPTION]),
      });
    } else {
      found.push(completed(command, [name], name === 'help' ? names : wordOf(command)));
    }
  }
  return found;
}

function completed(
  { summary, options }: Command | CommandGroup,
  path: readonly string[],
  word: Completed,
): CompletedCommand {
  return { path, summary, options: optionsOf(options), word };
}

function optionsOf(options: readonly OptionSpec[]): CompletedOption[] {
  return [...options, HELP_OPTION].map(({ flags, summary, choices }) => ({
    long: /--[a-z-]+/.exec(flags)?.[0] ?? flags,
    short: /^-[a-z](?=,)/.exec(flags)?.[0],
    summary,
    value: choices ?? valueOf(flags),
  }));
}

function wordOf({ usage, words }: Command): Completed {
  if (words !== undefined) return words;
  const value = valueOf(usage);
  return value === 'file' ? value : 'none';
}

/** By the name in the first brackets. */
function valueOf(notation: string): Completed {
  const name = /[<[](?:\.\.\.)?([^>\]]+)[>\]]/.exec(notation)?.[1];
  if (name === undefined) return 'none';
  return name === 'file' || name === 'path' ? 'file' : 'text';
}
