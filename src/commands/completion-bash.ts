import type { Completed, CompletedCommand } from './completion-words.js';

/** The completions for bash 3.2 and newer, with or without the package bash-completion. */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
  const outer = [...new Set(commands.filter(({ path }) => path.length > 1).map(({ path }) => path[0] ?? ''))];
  return `# guard: completions for bash. Load them with: source <(guard completion bash)
_guard() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} IFS=$' \\t\\n'
  local command='' known='' options='' valued=' ' value='' words='' first=1 count=0 at
  COMPREPLY=()
  for ((at = 1; at < COMP_CWORD; at++)); do
    if [[ \${COMP_WORDS[at]} == -- ]]; then
      _guard_server $((at + 1))
      return
    fi
  done
  if ((COMP_CWORD > 1)) && [[ \${COMP_WORDS[1]} != -* ]]; then
    command=\${COMP_WORDS[1]} first=2
    case $command in
${outer.map((name) => `      ${name}) if ((COMP_CWORD > 2)) && [[ \${COMP_WORDS[2]} != -* ]]; then command="${name} \${COMP_WORDS[2]}" first=3; fi ;;`).join('\n')}
    esac
  fi
  case $command in
${commands.map(wordsOf).join('\n')}
    *) return ;;
  esac
  # bash cuts --name=value into three words.
  if [[ $before == '=' ]]; then before=\${COMP_WORDS[COMP_CWORD-2]}; fi
  if [[ $current == '=' ]]; then current=''; fi
  if [[ $valued == *" $before "* ]]; then
    case "$command $before" in
${commands.flatMap(valuesOf).join('\n')}
    esac
  elif [[ $current == -* ]]; then
    value=$options
  else
    for ((at = first; at < COMP_CWORD; at++)); do
      if [[ $valued == *" \${COMP_WORDS[at]} "* ]]; then
        ((at++))
        if [[ \${COMP_WORDS[at]} == '=' ]]; then ((at++)); fi
      elif [[ \${COMP_WORDS[at]} != -* ]]; then ((count++)); fi
    done
    if ((count == 0)); then value=$words; fi
  fi
  if [[ $value == '<file>' ]]; then _guard_files "$current"; else
    COMPREPLY=($(compgen -W "$value" -- "$current"))
  fi
}
_guard_files() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen -f -- "$1"))
}
# A command and its arguments, as without guard before them.
_guard_server() {
  if declare -F _command_offset >/dev/null; then
    _command_offset "$1"
  elif ((COMP_CWORD == $1)); then
    local IFS=$'\\n'
    COMPREPLY=($(compgen -c -- "\${COMP_WORDS[COMP_CWORD]}" | sort -u))
  else
    _guard_files "\${COMP_WORDS[COMP_CWORD]}"
  fi
}
complete -F _guard guard
`;
}

function wordsOf({ path, options, word }: CompletedCommand): string {
  const names = options.flatMap(({ long, short }) => (short === undefined ? [long] : [short, long]));
  const valued = options
    .filter(({ value }) => value !== 'none')
    .flatMap(({ long, short }) => (short === undefined ? [long] : [short, long]));
  const name = path.length === 0 ? "''" : `'${path.join(' ')}'`;
  return `    ${name}) options='${names.join(' ')}' valued=' ${valued.join(' ')} ' words='${list(word)}' ;;`;
}

function valuesOf({ path, options }: CompletedCommand): string[] {
  return options
    .filter(({ value }) => list(value) !== '')
    .map(({ long, value }) => `      '${path.join(' ')} ${long}') value='${list(value)}' ;;`);
}

function list(value: Completed): string {
  if (value === 'file') return '<file>';
  return typeof value === 'string' ? '' : value.join(' ');
}
