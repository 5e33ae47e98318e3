import { evilCall, members, value } from './grammar.js';
import { array, copyOf, type Member, type ObjectPiece, objectsOf, type Piece } from './piece.js';
import type { Random } from './random.js';
import { ENVELOPE_KEYS, METHODS, NAMES, ODD_VALUES } from './words.js';

type TreeMutation = (random: Random, root: Piece) => Piece;

function someObject(random: Random, root: Piece): ObjectPiece | undefined {
  const all = objectsOf(root);
  // The envelope and params are where it matters most.
  return all.length === 0
    ? undefined
    : random.chance(60)
      ? all[random.below(Math.min(2, all.length))]
      : random.pick(all);
}

function someMember(random: Random, root: Piece): [ObjectPiece, Member] | undefined {
  const object = someObject(random, root);
  return object === undefined || object.members.length === 0
    ? undefined
    : [object, random.pick(object.members)];
}

function insert(random: Random, object: ObjectPiece, member: Member): void {
  object.members.splice(random.below(object.members.length + 1), 0, member);
}

/** Another way to write a key; each is the same key to some reader. */
function respelt(random: Random, key: string): string {
  const at = 1 + random.below(Math.max(1, key.length - 2));
  const escaped = (place: number): string => {
    const code = key.charCodeAt(place).toString(16).padStart(4, '0');
    return `${key.slice(0, place)}\\u${code}${key.slice(place + 1)}`;
  };
  switch (random.below(10)) {
    case 0:
      return key.toUpperCase();
    case 1:
      return key.slice(0, 1) + key.slice(1, 2).toUpperCase() + key.slice(2);
    case 2:
      return key.replace(/s/i, '\u017f');
    case 3:
      return key.replace(/k/i, '\u212a');
    case 4:
      return key.replace(/i/i, random.pick(['\u0131', '\u0130']));
    case 5:
      return key.replace(/"$/, '\\u0000x"');
    case 6:
      return key.replace(/[a-z]/, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0));
    case 7:
      return key.replace(/"$/, '\\ud800"');
    case 8:
      return key.replace(/"$/, random.pick([' "', '\u200b"', '\ufe0f"']));
    default:
      return key.length > 2 ? escaped(Math.min(at, key.length - 2)) : key;
  }
}

function oddValue(random: Random): Piece {
  if (random.chance(20)) return members(random);
  return random.chance(20) ? value(random) : random.pick(ODD_VALUES);
}

function setMember(root: Piece, key: string, text: string): void {
  for (const object of objectsOf(root)) {
    const found = object.members.find((member) => member.key === `"${key}"`);
    if (found !== undefined) {
      found.value = text;
      return;
    }
  }
}

const duplicate: TreeMutation = (random, root) => {
  const found = someMember(random, root);
  if (found === undefined) return root;
  const [object, member] = found;
  insert(random, object, {
    key: member.key,
    value: random.chance(20) ? copyOf(member.value) : oddValue(random),
  });
  return root;
};

const twin: TreeMutation = (random, root) => {
  const found = someMember(random, root);
  if (found === undefined) return root;
  const [object, member] = found;
  insert(random, object, { key: respelt(random, member.key), value: oddValue(random) });
  return root;
};

const respell: TreeMutation = (random, root) => {
  const found = someMember(random, root);
  if (found !== undefined) found[1].key = respelt(random, found[1].key);
  return root;
};

const addMember: TreeMutation = (random, root) => {
  const object = someObject(random, root);
  if (object !== undefined)
    insert(random, object, { key: `"${random.pick(ENVELOPE_KEYS)}"`, value: oddValue(random) });
  return root;
};

const dropMember: TreeMutation = (random, root) => {
  const object = someObject(random, root);
  if (object !== undefined) object.members.splice(random.below(object.members.length), 1);
  return root;
};

const replaceValue: TreeMutation = (random, root) => {
  const found = someMember(random, root);
  if (found !== undefined) found[1].value = oddValue(random);
  return root;
};

const wrapValue: TreeMutation = (random, root) => {
  const found = someMember(random, root);
  if (found !== undefined) found[1].value = array([found[1].value]);
  return root;
};

const hideCall: TreeMutation = (random, root) => {
  const object = someObject(random, root);
  if (object === undefined) return root;
  const call = evilCall();
  if (random.chance(50)) object.members.push(...call.members);
  else insert(random, object, { key: '"x"', value: random.chance(50) ? array([call]) : call });
  return root;
};

const batch: TreeMutation = (random, root) =>
  random.chance(50) ? array([root, evilCall()]) : array([random.chance(50) ? array([root]) : root]);

const deepen: TreeMutation = (random, root) => {
  const found = someMember(random, root);
  const depth = random.chance(50) ? random.below(8) : 118 + random.below(16);
  if (found === undefined) return root;
  for (let level = 0; level < depth; level++) found[1].value = array([found[1].value]);
  return root;
};

const respellMethod: TreeMutation = (random, root) => {
  setMember(root, 'method', `"${random.pick(METHODS)}"`);
  return root;
};

const respellName: TreeMutation = (random, root) => {
  setMember(root, 'name', `"${random.pick(NAMES)}"`);
  return root;
};

const shuffle: TreeMutation = (random, root) => {
  const object = someObject(random, root);
  object?.members.sort(() => random.below(3) - 1);
  return root;
};

/** Changes to the structure of a message. */
export const TREE_MUTATIONS: readonly TreeMutation[] = [
  duplicate,
  twin,
  twin,
  respell,
  addMember,
  dropMember,
  replaceValue,
  wrapValue,
  hideCall,
  batch,
  deepen,
  respellMethod,
  respellName,
  shuffle,
  shuffle,
];
