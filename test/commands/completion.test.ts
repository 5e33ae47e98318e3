import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { commandName } from '../../src/commands/command.js';
import { completionCommand } from '../../src/commands/completion-options.js';
import { COMMANDS, SECTIONS } from '../../src/commands/table.js';
import { folderWith } from '../config/check-yaml.js';
import { verifies } from '../requirements.js';
import { runCommand } from './check-run.js';

verifies('completion:shells');

const NAMES = COMMANDS.map(commandName).filter((name) => name !== '');
const FILES = { 'policy-a.yaml': '', 'policy-b.yaml': '', 'other.txt': '' };
const POLICIES = ['policy-a.yaml', 'policy-b.yaml'];

/** A line up to where TAB is pressed, and the words that are offered: exactly these, in any order. */
const LINES: readonly (readonly [line: string, words: readonly string[]])[] = [
  ['guard ', NAMES],
  ['guard rem', ['remembered']],
  ['guard tail --no-', ['--no-follow', '--no-color']],
  ['guard init --preset ', ['strict', 'balanced', 'observe']],
  ['guard init --user --for gi', ['git', 'github']],
  ['guard completion ', ['bash', 'zsh', 'fish']],
  ['guard limits ', ['reset']],
  ['guard evidence --ttl 1h ', ['list', 'put', 'drop']],
  ['guard audit ke', ['key']],
  ['guard audit key --j', ['--json']],
  ['guard help ini', ['init']],
  ['guard check poli', POLICIES],
  ['guard explain --config poli', POLICIES],
  ['guard --server a --dry', ['--dry-run']],
  ['guard --config poli', POLICIES],
  ['guard --server a -- cat poli', POLICIES],
  ['guard -- cat --config poli', POLICIES],
  ['guard -- sha256su', ['sha256sum']],
  ['guard frobnicate --j', []],
];

/** Each shell by its program and by a script that prints what is offered for each line of the file `lines`. */
const SHELLS: Readonly<Record<string, readonly [args: readonly string[], script: string]>> = {
  bash: [
    ['--norc', '--noprofile'],
    `source ./guard.bash
[[ $(complete -p guard) == 'complete -F _guard guard' ]] || exit 9
while IFS= read -r line; do
  read -ra COMP_WORDS <<<"$line"
  if [[ $line == *' ' ]]; then COMP_WORDS+=(''); fi
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)) COMPREPLY=()
  _guard 2>/dev/null
  echo "\${COMPREPLY[*]}"
done <lines
`,
  ],
  zsh: [
    ['-f'],
    // A terminal of its own, in which TAB writes all that is offered into the line.
    `zmodload zsh/zpty
zpty inner zsh -f -i
zpty -w inner 'source ./inner.zsh'
while IFS= read -r line; do
  rm -f offered
  zpty -w -n inner "$line"$'\\t'
  for ((i = 0; i < 300; i++)); do [[ -s offered ]] && break; sleep 0.1; done
  buffer=$(<offered)
  if [[ $buffer == "$line" ]]; then print; else print -r -- "\${buffer#$\{line% *} }"; fi
done <lines
zpty -d inner
`,
  ],
  fish: [
    ['--no-config'],
    `source ./guard.fish
while read -l line
  echo (complete -C "$line" | string replace -r '\\t.*' '')
end <lines
`,
  ],
};
const INNER_ZSH = `autoload -Uz compinit
compinit -u -D
source ./guard.zsh
bindkey -e
unsetopt beep
offer() {
  comppostfuncs=(all)
  zle complete-word
  print -r -- "$BUFFER" >offering
  mv offering offered
  BUFFER=''
}
all() { compstate[insert]=all compstate[list]='' }
zle -N offer
bindkey '^I' offer
`;

describe.each(Object.entries(SHELLS))('%s', (shell, [args, script]) => {
  const isThere = spawnSync(shell, ['-c', 'exit 0']).status === 0;
  let offered: Record<string, string[]> = {};
  let problems = '';

  // Where the checks of the project run, all three are installed; elsewhere a shell may be missing.
  test.runIf(process.env['TEST_SHELLS'] === 'required')('is installed', () => {
    expect(isThere).toBe(true);
  });

  beforeAll(async () => {
    if (!isThere) return;
    const { stdout: completion } = await runCommand(completionCommand, '/', { args: [shell] });
    const folder = folderWith({
      ...FILES,
      [`guard.${shell}`]: completion,
      'inner.zsh': INNER_ZSH,
      script,
      lines: LINES.map(([line]) => `${line}\n`).join(''),
    });
    const env = { PATH: process.env['PATH'], HOME: folder, TERM: 'xterm', LC_ALL: 'C' };
    const run = spawnSync(shell, [...args, path.join(folder, 'script')], {
      cwd: folder,
      env,
      encoding: 'utf8',
      timeout: 120_000,
    });
    problems = `${run.stderr}${run.status === 0 ? '' : `code ${run.status}`}`;
    const found = run.stdout.split('\n').map((line) => line.split(' ').filter((word) => word !== ''));
    offered = Object.fromEntries(LINES.map(([line], index) => [line, found[index] ?? ['nothing printed']]));
  }, 150_000);

  describe.skipIf(!isThere)(`completes (skipped where ${shell} is not installed)`, () => {
    test('loads without a word', () => {
      expect(problems).toBe('');
    });
    test.each(LINES)('%s', (line, words) => {
      expect(offered[line]?.toSorted()).toEqual(words.toSorted());
    });
  });
});

test('another shell is one clear line', async () => {
  const ran = await runCommand(completionCommand, '/', { args: ['tcsh'] });
  expect(ran).toMatchObject({ error: 'usage', message: 'expected bash, zsh or fish, got tcsh' });
});

test('every command stands in one section of the help, once', () => {
  const listed = SECTIONS.flatMap(({ commands }) => commands.map(commandName));
  expect(new Set(listed).size).toBe(listed.length);
  expect(listed).toEqual(COMMANDS.map(commandName));
});
