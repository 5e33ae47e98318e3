import { SERVER_NAME_CHARS_MAX } from '../../platform/bounds.js';

/** Options of `guard --` that take a value, and those that take none: the words in front of the two dashes. */
const WITH_VALUE: ReadonlySet<string> = new Set([
  '--server',
  '--agent',
  '--session',
  '--config',
  '--audit',
  '--url',
  '--header',
  '--header-env',
]);
const ALONE: ReadonlySet<string> = new Set(['--observe', '--dry-run']);
/** The package that holds guard, with any version. */
const PACKAGE = /^mcp-guard(?:@[\w.^~*-]+)?$/;

/** An entry that starts guard, by the words that it starts. */
export interface GuardCall {
  /** How many words start guard itself: `guard` is one, `npx -y mcp-guard@0` three. */
  readonly programWords: number;
  /** The option words, by name; the last value counts. */
  readonly options: ReadonlyMap<string, string>;
  /** Where the old command begins; undefined where guard reaches a remote server. */
  readonly commandAt: number | undefined;
  /**
   * The server's name was given in one word, `--server=NAME`. By this `guard install` says that the
   * entry had no arguments, so that `guard uninstall` takes away the list that it added.
   */
  readonly hadNoArguments: boolean;
}

/** Understands the words of an entry as a call of guard; undefined where they are something else. */
export function readGuardCall(words: readonly (string | undefined)[]): GuardCall | undefined {
  const programWords = programWordsOf(words);
  if (programWords === 0) return undefined;
  const options = new Map<string, string>();
  let hadNoArguments = false;
  for (let at = programWords; at < words.length; at += 1) {
    const word = words[at];
    if (word === undefined) return undefined;
    if (word === '--') {
      const commandAt = at + 1;
      return words[commandAt] === undefined
        ? undefined
        : { programWords, options, commandAt, hadNoArguments };
    }
    const equals = word.indexOf('=');
    const name = equals === -1 ? word : word.slice(0, equals);
    if (equals !== -1 && WITH_VALUE.has(name)) {
      options.set(name, word.slice(equals + 1));
      hadNoArguments ||= name === '--server';
    } else if (WITH_VALUE.has(word)) {
      at += 1;
      options.set(word, words[at] ?? '');
    } else if (!ALONE.has(word)) {
      return undefined;
    }
  }
  return options.has('--url') ? { programWords, options, commandAt: undefined, hadNoArguments } : undefined;
}

/** How many of the first words start guard; 0 where they do not. */
function programWordsOf(words: readonly (string | undefined)[]): number {
  const [first = '', second = '', third = ''] = words;
  const program = baseName(first);
  if (program === 'guard') return 1;
  if (program === 'cmd' && second.toLowerCase() === '/c') {
    const inner = programWordsOf(words.slice(2));
    return inner === 0 ? 0 : inner + 2;
  }
  if (program === 'npx' || program === 'bunx') {
    if (PACKAGE.test(second)) return 2;
    return (second === '-y' || second === '--yes') && PACKAGE.test(third) ? 3 : 0;
  }
  const isScript = /(?:^|[\\/])bin[\\/]guard\.js$/.test(second);
  return (program === 'node' || program === 'bun') && isScript ? 2 : 0;
}

function baseName(word: string): string {
  const last = word.split(/[\\/]/).at(-1) ?? '';
  return last.replace(/\.(exe|cmd|bat|ps1)$/i, '').toLowerCase();
}

/**
 * The words between guard's program and the old command. `hadNoArguments` is told by the form of the
 * first, see `GuardCall`.
 */
export function optionWords(server: string, hadNoArguments: boolean): string[] {
  return [...(hadNoArguments ? [`--server=${server}`] : ['--server', server]), '--'];
}

/**
 * The name under which rules and records know an entry: its own name. Characters that a client or the
 * command line could take for more than a letter (variables, options) become `-`.
 */
export function serverWord(name: string, splitsWords: boolean): string {
  const cleaned = name
    .replaceAll(splitsWords ? /[^\p{L}\p{N}@._/:+-]/gu : /[^\p{L}\p{N}@._/:+ -]/gu, '-')
    .replace(/^[-\s]+/, '')
    .slice(0, SERVER_NAME_CHARS_MAX)
    .trim();
  return cleaned === '' ? 'server' : cleaned;
}
