import type { ConfigDocument, ListNode, MapNode, Node } from '../formats/tree.js';
import { applySplices, type Splice } from './splice.js';

/** Maps whose values are nobody's business. */
const PRIVATE_MAPS: ReadonlySet<string> = new Set([
  'env',
  'environment',
  'envs',
  'headers',
  'http_headers',
  'oauth',
  'auth',
]);
/** Names of things that are kept to oneself. */
const PRIVATE_NAME = /token|secret|passw|passphrase|api[-_]?key|auth|credential|private|cookie|session/i;
const MASK = '"[masked]"';

/** The text of a document with every value masked that could be a secret, for showing it to a person. */
export function maskedText({ text, root }: ConfigDocument): string {
  const splices: Splice[] = [];
  collect(root, false, splices);
  return applySplices(text, splices);
}

function collect(node: Node, isPrivate: boolean, splices: Splice[]): void {
  switch (node.kind) {
    case 'scalar':
      if (isPrivate && node.text !== undefined && node.text !== '')
        splices.push({ range: node.range, text: MASK });
      return;
    case 'list':
      collectItems(node, isPrivate, splices);
      return;
    case 'map':
      collectMembers(node, isPrivate, splices);
  }
}

function collectMembers({ members }: MapNode, isPrivate: boolean, splices: Splice[]): void {
  for (const { key, value } of members) {
    const isNamed = value.kind === 'scalar' && PRIVATE_NAME.test(key);
    collect(value, isPrivate || PRIVATE_MAPS.has(key) || isNamed, splices);
  }
}

/** Arguments: `--token`, `x` hides the second word, `TOKEN=x` what is behind the equals sign. */
function collectItems({ items }: ListNode, isPrivate: boolean, splices: Splice[]): void {
  let isValue = false;
  for (const item of items) {
    const word = item.kind === 'scalar' ? (item.text ?? '') : '';
    const [name = '', ...value] = word.split('=');
    const holds = isValue || (value.length > 0 && PRIVATE_NAME.test(name));
    collect(item, isPrivate || holds, splices);
    isValue = value.length === 0 && /^--?\w/.test(word) && PRIVATE_NAME.test(word);
  }
}
