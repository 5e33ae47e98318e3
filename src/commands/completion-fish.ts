import type { Completed, CompletedCommand, CompletedOption } from './completion-words.js';

/** The completions for fish 3 and newer. */
export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const outer = [...new Set(commands.filter(({ path }) => path.length > 1).map(({ path }) => path[0] ?? ''))];
  return `# guard: completions for fish. Load them with: guard completion fish | source
# The command that is being completed: nothing for the wrapper itself, and -- behind the two dashes.
function __guard_command
    set -l words (commandline -opc)[2..]
    if contains -- -- $words
        echo -- --
    else if set -q words[1]; and not string match -q -- '-*' $words[1]
        if contains -- $words[1] ${outer.join(' ')}; and set -q words[2]; and not string match -q -- '-*' $words[2]
            echo "$words[1] $words[2]"
        else
            echo $words[1]
        end
    end
end
function __guard_is
    set -l command (__guard_command)
    test "$command" = "$argv"
end
# What follows the two dashes is completed as without guard before it.
function __guard_server
    set -l words (commandline -opc)
    set -l at (contains -i -- -- $words)
    set -l server (string escape -- $words[(math $at + 1)..])
    complete -C "$server "(commandline -ct)
end
complete -c guard -f
complete -c guard -n '__guard_is --' -a '(__guard_server)'
${commands.flatMap((command) => linesOf(command, commands)).join('\n')}
`;
}

function linesOf({ path, options, word }: CompletedCommand, commands: readonly CompletedCommand[]): string[] {
  const start = `complete -c guard -n ${quoted(`__guard_is ${path.join(' ')}`.trimEnd())}`;
  const inner = commands.filter(
    (one) => one.path.length === path.length + 1 && path.every((name, at) => one.path[at] === name),
  );
  const words =
    inner.length > 0
      ? inner.map((one) => `${start} -a ${one.path.at(-1)} -d ${quoted(one.summary)}`)
      : wordLine(start, word);
  return [...words, ...options.map((option) => `${start} ${optionWords(option)}`)];
}

function wordLine(start: string, word: Completed): string[] {
  if (word === 'file') return [`${start} -F`];
  return typeof word === 'string' ? [] : [`${start} -a ${quoted(word.join(' '))}`];
}

function optionWords({ long, short, summary, value }: CompletedOption): string {
  const names = `${short === undefined ? '' : `-s ${short.slice(1)} `}-l ${long.slice(2)}`;
  return `${names}${valueWords(value)} -d ${quoted(summary)}`;
}

function valueWords(value: Completed): string {
  if (value === 'none') return '';
  if (value === 'file') return ' -rF';
  return value === 'text' ? ' -x' : ` -xa ${quoted(value.join(' '))}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
}
