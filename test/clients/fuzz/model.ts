import type { Random } from '../../fuzz/random.js';

/** A server as a generator means it; `args` undefined where the entry has none. */
export interface ModelServer {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[] | undefined;
}

/** A file that was made: its text, without the BOM, and what it says. */
export interface MadeFile {
  readonly text: string;
  readonly hasBom: boolean;
  readonly servers: readonly ModelServer[];
}

const WORDS = [
  'npx',
  'uvx',
  'node',
  'docker',
  '/opt/my server/run',
  String.raw`C:\tools\x.exe`,
  'srv.sh',
  '-y',
];
const ODD = [
  'a b',
  '$V',
  '${V:-x}',
  '{env:V}',
  'ä€😀',
  'tab\there',
  'q"q',
  "it's",
  'x#y',
  '#hash',
  'a: b',
  '- dash',
  '[x]',
  '{y}',
  ',',
  '',
  '007',
  'true',
  'null',
  '~',
  '@at',
  '%p%',
  '!bang',
  '&amp',
  '*star',
  '`tick`',
  'line\nbreak',
  ' lead',
  'trail ',
];
const NAMES = ['github', 'files', 'a-b', 'my server', 'Größe', '@scope/x', 'x.y', '7', 'servers2'];

/** A word of a command line. */
export function word(random: Random): string {
  return random.chance(30) ? random.pick(ODD) : random.pick(WORDS);
}

/** Some servers with names of their own. */
export function servers(random: Random): ModelServer[] {
  const names = NAMES.filter(() => random.chance(35));
  return names.map((name) => ({
    name,
    command: random.chance(20) ? `${word(random)}c` : random.pick(WORDS),
    args: random.chance(25) ? undefined : Array.from({ length: random.below(5) }, () => word(random)),
  }));
}

/** How a file is laid out. */
export interface Layout {
  readonly ending: '\n' | '\r\n';
  readonly indent: string;
  readonly hasBom: boolean;
  readonly comments: boolean;
  readonly trailingCommas: boolean;
}

/** A layout for a file that may have comments and trailing commas. */
export function layout(random: Random, comments: boolean, trailingCommas: boolean): Layout {
  return {
    ending: random.chance(30) ? '\r\n' : '\n',
    indent: random.pick(['  ', '    ', '\t', ' ', '']),
    hasBom: random.chance(15),
    comments: comments && random.chance(70),
    trailingCommas: trailingCommas && random.chance(50),
  };
}

/** A comment's words, hostile to whoever looks for values in them. */
export function remark(random: Random): string {
  return random.pick(['note', '"command": "x"', 'args: [a]', "it's } ] ,", '{', 'command = "y"', '--']);
}
