import type { Completed, CompletedCommand, CompletedOption } from './completion-words.js';

/** The completions for zsh: to be sourced after compinit, or put into a folder of fpath as `_guard`. */
export function zshCompletion(commands: readonly CompletedCommand[]): string {
  const inner = commands.filter(({ path }) => path.length === 1);
  const outer = [...new Set(commands.filter(({ path }) => path.length > 1).map(({ path }) => path[0] ?? ''))];
  return `#compdef guard
# guard: completions for zsh. Load them with: source <(guard completion zsh)
_guard_commands() {
  local -a commands=(
${inner.map(({ path, summary }) => `    ${quoted(`${path[0]}:${summary}`)}`).join('\n')}
  )
  _describe -t commands command commands
}
${outer.map((name) => namesOf(name, commands)).join('\n')}
_guard() {
  local -i at
  local command=''
  for ((at = 2; at < CURRENT; at++)); do
    if [[ $words[at] == -- ]]; then
      # A command and its arguments, as without guard before them.
      shift at words
      ((CURRENT -= at))
      _normal
      return
    fi
  done
  if ((CURRENT > 2)) && [[ $words[2] != -* ]]; then
    command=$words[2]
    shift words
    ((CURRENT--))
    case $command in
${outer.map((name) => `      ${name}) if ((CURRENT > 2)) && [[ $words[2] != -* ]]; then command="${name} $words[2]"; shift words; ((CURRENT--)); fi ;;`).join('\n')}
    esac
  fi
  case $command in
${commands.map((command) => argumentsOf(command, outer)).join('\n')}
  esac
}
if [[ $funcstack[1] == _guard ]]; then _guard "$@"; else compdef _guard guard; fi
`;
}

/** A function that offers the commands of a group. */
function namesOf(name: string, commands: readonly CompletedCommand[]): string {
  const own = commands.filter(({ path }) => path.length > 1 && path[0] === name);
  return `_guard_${name}_commands() {
  local -a commands=(
${own.map(({ path, summary }) => `    ${quoted(`${path[1]}:${summary}`)}`).join('\n')}
  )
  _describe -t commands command commands
}`;
}

function argumentsOf({ path, options, word }: CompletedCommand, outer: readonly string[]): string {
  const name = path.join(' ');
  const specs = options.flatMap(specsOf);
  const first = outer.includes(name) ? `_guard_${name}_commands` : actionOf(word);
  if (path.length === 0) specs.push(quoted('1:command:_guard_commands'));
  else if (first !== '') specs.push(quoted(`1:${path.at(-1)}:${first}`));
  return `    ${quoted(name)}) _arguments ${specs.join(' ')} ;;`;
}

/** Every option may come again: some are repeatable, and for the others guard says so. */
function specsOf({ long, short, summary, value }: CompletedOption): string[] {
  const about = summary.replaceAll(/[[\]:\\]/g, String.raw`\$&`);
  const argument = value === 'none' ? '' : `:${long.slice(2)}:${actionOf(value)}`;
  // With the sign, --name=value is completed as --name value is.
  const full = value === 'none' ? long : `${long}=`;
  return (short === undefined ? [full] : [short, full]).map((name) =>
    quoted(`*${name}[${about}]${argument}`),
  );
}

function actionOf(value: Completed): string {
  if (value === 'file') return '_files';
  return typeof value === 'string' ? '' : `(${value.join(' ')})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
