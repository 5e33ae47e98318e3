import { commandName, type Command, type CommandGroup, type OptionSpec } from './command.js';
import { definitions, indented, INDENT, section, type Look } from './help-text.js';
import { HELP_OPTION } from './table.js';

/** The help of one command; `name` is how it is called, with the words before it. */
export function commandHelp(command: Command, name: string, look: Look): string {
  const rest = command.usage.slice(commandName(command).length);
  const parts = [
    head(name, command.summary, look),
    section('Usage', [`${INDENT}guard ${name}${rest} [options]`], look),
    section('Options', optionLines([...command.options, HELP_OPTION], look), look),
    section(
      'Examples',
      command.examples.map((example) => INDENT + example),
      look,
    ),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** The help of a command that has commands of its own. */
export function groupHelp(group: CommandGroup, commands: readonly Command[], look: Look): string {
  const name = commandName(group);
  const rows = commands.map((command): readonly [string, string] => [commandName(command), command.summary]);
  const parts = [
    head(name, group.summary, look),
    section('Usage', [`${INDENT}guard ${name} <command> [options]`], look),
    section('Commands', definitions(rows, look), look),
    section(
      'Examples',
      group.examples.map((example) => INDENT + example),
      look,
    ),
    ...indented(`guard ${name} <command> --help shows the options of one.`, '', look),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** One option for each row, with its default and the values that it takes. */
export function optionLines(options: readonly OptionSpec[], look: Look): string[] {
  const rows = options.map((option): readonly [string, string] => [option.flags, meaningOf(option)]);
  return definitions(rows, look);
}

function meaningOf({ summary, default: fallback, choices }: OptionSpec): string {
  const values = choices === undefined ? '' : `: ${choices.join(', ')}`;
  return `${summary}${values}${fallback === undefined ? '' : ` (default: ${fallback})`}`;
}

function head(name: string, summary: string, look: Look): string {
  return indented(`guard ${name}: ${summary}`, '', look).join('\n');
}
