import { EVIL_CALL } from './grammar.js';
import type { Random } from './random.js';
import { LAX_SCALARS, SEPARATORS } from './words.js';

type TextMutation = (random: Random, line: string) => string;

const TOKEN = /[{}[\]:,]/g;

function insertAt(line: string, at: number, text: string): string {
  return line.slice(0, at) + text + line.slice(at);
}

/** A place next to a bracket, colon or comma, where white space may stand; some are inside strings. */
function tokenPlace(random: Random, line: string): number {
  const places = [...line.matchAll(TOKEN)].map((match) => match.index + random.below(2));
  return places.length === 0 ? 0 : random.pick(places);
}

function somePlace(random: Random, line: string): number {
  return random.chance(70) ? tokenPlace(random, line) : random.below(line.length + 1);
}

const separator: TextMutation = (random, line) =>
  insertAt(line, somePlace(random, line), random.pick(SEPARATORS));

const smuggle: TextMutation = (random, line) => {
  const mark = random.pick(SEPARATORS);
  return insertAt(line, somePlace(random, line), `${mark}${EVIL_CALL}${random.chance(70) ? mark : ''}`);
};

const around: TextMutation = (random, line) => {
  const mark = random.pick([...SEPARATORS, '', ',', ';', '//', '#']);
  switch (random.below(4)) {
    case 0:
      return `${line}${mark}${EVIL_CALL}`;
    case 1:
      return `${EVIL_CALL}${mark}${line}`;
    case 2:
      return `${mark}${line}`;
    default:
      return `${line}${mark}`;
  }
};

const comment: TextMutation = (random, line) => {
  const text = random.pick(['/**/', '/*"*/', '//x\n', '#x\n', `/*${EVIL_CALL}*/`, '<!--x-->', '//']);
  return insertAt(line, somePlace(random, line), text);
};

const trailingComma: TextMutation = (random, line) => {
  const closings = [...line.matchAll(/[}\]]/g)];
  return closings.length === 0 ? line : insertAt(line, random.pick(closings).index, ',');
};

const laxScalar: TextMutation = (random, line) => {
  const values = [...line.matchAll(/:\s*("(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null)/g)];
  if (values.length === 0) return line;
  const found = random.pick(values);
  const end = found.index + found[0].length;
  return `${line.slice(0, found.index)}:${random.pick(LAX_SCALARS)}${line.slice(end)}`;
};

const quotes: TextMutation = (random, line) => {
  if (random.chance(50)) return line.replaceAll('"', "'");
  return line.replaceAll(/"(\w+)"(\s*:)/g, '$1$2');
};

const framing: TextMutation = (random, line) =>
  random.pick([
    `Content-Length: ${Buffer.byteLength(line)}\r\n\r\n${line}`,
    `Content-Length: ${Buffer.byteLength(line)}\n\n${line}`,
    `data: ${line}`,
    `\u001e${line}`,
    `${Buffer.byteLength(line)}:${line},`,
  ]);

const truncate: TextMutation = (random, line) =>
  random.chance(70)
    ? line.slice(0, random.below(line.length + 1))
    : line.slice(random.below(line.length + 1));

const remove: TextMutation = (random, line) => {
  const at = random.below(line.length + 1);
  return line.slice(0, at) + line.slice(at + 1 + random.below(3));
};

const repeat: TextMutation = (random, line) => {
  const at = random.below(line.length + 1);
  const piece = line.slice(at, at + random.below(30));
  return insertAt(line, somePlace(random, line), piece);
};

/** Changes to the text of a line, whatever it holds. */
export const TEXT_MUTATIONS: readonly TextMutation[] = [
  separator,
  separator,
  smuggle,
  smuggle,
  around,
  around,
  comment,
  trailingComma,
  laxScalar,
  laxScalar,
  quotes,
  framing,
  truncate,
  remove,
  repeat,
];

/** The head of one line and the tail of another. */
export function splice(random: Random, first: string, second: string): string {
  return first.slice(0, somePlace(random, first)) + second.slice(somePlace(random, second));
}
