import { POLICY_NOTES_MAX } from '../platform/bounds.js';

/** What a condition comes to when it cannot be evaluated; the notes say which ones and why. */
export interface Unknown {
  readonly notes: readonly string[];
}

/** Three-valued truth: met, not met, or unknown. */
export type Truth = boolean | Unknown;

/** Conditions joined by all, any and not; what a leaf is, the owner of the tree knows. */
export type Tree<Leaf> =
  | { readonly kind: 'constant'; readonly truth: Truth }
  | { readonly kind: 'leaf'; readonly leaf: Leaf }
  | { readonly kind: 'all'; readonly of: readonly Tree<Leaf>[] }
  | { readonly kind: 'any'; readonly of: readonly Tree<Leaf>[] }
  | { readonly kind: 'not'; readonly of: Tree<Leaf> };

/** An unknown with one note. */
export function unknown(note: string): Unknown {
  return { notes: [note] };
}

/** True for the third truth value. */
export function isUnknown(truth: Truth): truth is Unknown {
  return typeof truth !== 'boolean';
}

/** The opposite; unknown stays unknown. */
export function negate(truth: Truth): Truth {
  return isUnknown(truth) ? truth : !truth;
}

/** Not met dominates, then unknown, then met; nothing at all is met. */
export function allOf(truths: Iterable<Truth>): Truth {
  return join(truths, false);
}

/** Met dominates, then unknown, then not met; nothing at all is not met. */
export function anyOf(truths: Iterable<Truth>): Truth {
  return join(truths, true);
}

/**
 * Definite only where all truths are the same definite one. Truths that contradict each other are
 * unknown with the given notes: which of them counts, the caller cannot tell.
 */
export function agreed(truths: readonly Truth[], notes: readonly string[]): Truth {
  let result: Truth | undefined;
  for (const truth of truths) {
    if (result === undefined) result = truth;
    else if (isUnknown(truth)) result = isUnknown(result) ? merge(result, truth) : truth;
    else if (!isUnknown(result) && result !== truth) result = { notes };
  }
  return result ?? false;
}

/** The truth of a tree, given the truth of its leaves. Stops at the first part that settles it. */
export function judgeTree<Leaf, Context>(
  tree: Tree<Leaf>,
  judgeLeaf: (leaf: Leaf, context: Context) => Truth,
  context: Context,
): Truth {
  switch (tree.kind) {
    case 'constant':
      return tree.truth;
    case 'leaf':
      return judgeLeaf(tree.leaf, context);
    case 'all':
      return judgeParts(tree.of, judgeLeaf, context, false);
    case 'any':
      return judgeParts(tree.of, judgeLeaf, context, true);
    case 'not':
      return negate(judgeTree(tree.of, judgeLeaf, context));
  }
}

/**
 * The tree with every leaf that is known already replaced by its truth, and shortened as far as that
 * goes. It judges as the whole tree does wherever those leaves have these truths.
 */
export function simplify<Leaf>(tree: Tree<Leaf>, known: (leaf: Leaf) => Truth | undefined): Tree<Leaf> {
  switch (tree.kind) {
    case 'constant':
      return tree;
    case 'leaf': {
      const truth = known(tree.leaf);
      return truth === undefined ? tree : { kind: 'constant', truth };
    }
    case 'all':
      return simplifyParts(tree, known, false);
    case 'any':
      return simplifyParts(tree, known, true);
    case 'not': {
      const of = simplify(tree.of, known);
      if (of.kind === 'constant') return { kind: 'constant', truth: negate(of.truth) };
      return of === tree.of ? tree : { kind: 'not', of };
    }
  }
}

function judgeParts<Leaf, Context>(
  parts: readonly Tree<Leaf>[],
  judgeLeaf: (leaf: Leaf, context: Context) => Truth,
  context: Context,
  dominant: boolean,
): Truth {
  let result: Truth = !dominant;
  for (const part of parts) {
    const truth = judgeTree(part, judgeLeaf, context);
    if (truth === dominant) return truth;
    if (isUnknown(truth)) result = isUnknown(result) ? merge(result, truth) : truth;
  }
  return result;
}

function simplifyParts<Leaf>(
  tree: Extract<Tree<Leaf>, { kind: 'all' | 'any' }>,
  known: (leaf: Leaf) => Truth | undefined,
  dominant: boolean,
): Tree<Leaf> {
  const parts: Tree<Leaf>[] = [];
  for (const part of tree.of) {
    const short = simplify(part, known);
    if (short.kind !== 'constant' || isUnknown(short.truth)) parts.push(short);
    else if (short.truth === dominant) return short;
  }
  const [first] = parts;
  if (first === undefined) return { kind: 'constant', truth: !dominant };
  return parts.length === 1 ? first : { kind: tree.kind, of: parts };
}

function join(truths: Iterable<Truth>, dominant: boolean): Truth {
  let result: Truth = !dominant;
  for (const truth of truths) {
    if (truth === dominant) return truth;
    if (isUnknown(truth)) result = isUnknown(result) ? merge(result, truth) : truth;
  }
  return result;
}

function merge(left: Unknown, right: Unknown): Unknown {
  if (left.notes.length >= POLICY_NOTES_MAX || right.notes.length === 0) return left;
  return { notes: [...left.notes, ...right.notes].slice(0, POLICY_NOTES_MAX) };
}
