import { BYTE_MUTATIONS } from './byte-mutations.js';
import { message } from './grammar.js';
import { type Piece, textOf } from './piece.js';
import { Random } from './random.js';
import { splice, TEXT_MUTATIONS } from './text-mutations.js';
import { TREE_MUTATIONS } from './tree-mutations.js';

function blanksOf(random: Random): () => string {
  if (random.chance(70)) return () => '';
  return () => (random.chance(80) ? '' : random.pick([' ', '\t', '  ', ' \t ']));
}

function mutatedText(random: Random): string {
  let root: Piece = message(random);
  const changes = random.pick([0, 0, 1, 1, 1, 2, 3]);
  for (let done = 0; done < changes; done++) root = random.pick(TREE_MUTATIONS)(random, root);
  return textOf(root, blanksOf(random));
}

/**
 * The bytes of one attempt: mostly one line, sometimes several, sometimes without an end. The same
 * seed and index always give the same bytes.
 */
export function attempt(seed: number, index: number): Buffer {
  const random = new Random(seed, index);
  let line = mutatedText(random);
  if (random.chance(4)) line = splice(random, line, mutatedText(random));
  if (random.chance(4)) line = `${line}${random.pick(['\n', '\r\n', '\r', '\n\n'])}${mutatedText(random)}`;
  if (random.chance(35)) line = random.pick(TEXT_MUTATIONS)(random, line);
  if (random.chance(8)) line = random.pick(TEXT_MUTATIONS)(random, line);
  let bytes: Buffer = Buffer.from(line);
  if (random.chance(10)) bytes = random.pick(BYTE_MUTATIONS)(random, bytes);
  if (random.chance(2)) return bytes;
  return Buffer.concat([bytes, Buffer.from(random.chance(10) ? '\r\n' : '\n')]);
}
