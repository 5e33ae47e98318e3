/** What a search with a regular expression can cost, as far as its source tells. */
export interface PatternShape {
  /** True where an endless part stands in a group that is repeated without end. */
  readonly isNested: boolean;
  /** True where something that can fail stands behind an endless part, and the pattern is tried at each place. */
  readonly canGoBack: boolean;
}

/** One character, class, escape or bracket, and the quantifier behind it. */
const PART =
  /(\[(?:\\.|[^\]\\])*\]|\\[pP]\{[^}]*\}|\\u[0-9a-fA-F]{4}|\\.|\(\?(?:[:=!]|<[=!])|[^\\])(\*|\+|\?|\{\d+(?:,\d*)?\})?/g;
const ENDLESS = /^(?:\*|\+|\{\d+,\})$/;
/** What may also be missing. */
const OPTIONAL = /^(?:\*|\?|\{0,\d*\})$/;

/** Reads the source of a regular expression. */
export function shapeOf({ source }: Pick<RegExp, 'source'>): PatternShape {
  const parts = [...source.matchAll(PART)].map(([, atom = '', quantifier = '']) => ({ atom, quantifier }));
  const depths: number[] = [];
  let depth = 0;
  for (const { atom } of parts) {
    if (atom === ')') depth -= 1;
    depths.push(depth);
    if (atom.startsWith('(')) depth += 1;
  }
  const endless = parts.flatMap(({ quantifier }, at) => (ENDLESS.test(quantifier) ? [at] : []));
  const isNested = endless.some((at) =>
    parts.some(
      ({ atom, quantifier }, behind) =>
        behind > at && atom === ')' && ENDLESS.test(quantifier) && enclosing(depths, at, behind),
    ),
  );
  return { isNested, canGoBack: !source.startsWith('^') && endless.some((at) => canFailBehind(parts, at)) };
}

/** Whether the bracket that closes at `behind` was open at `at`. */
function enclosing(depths: readonly number[], at: number, behind: number): boolean {
  const depth = depths[behind] ?? 0;
  return depths.slice(at, behind).every((inside) => inside > depth);
}

function canFailBehind(parts: readonly { atom: string; quantifier: string }[], at: number): boolean {
  for (const { atom, quantifier } of parts.slice(at + 1)) {
    if (atom === '|') return false;
    if (atom !== ')' && !OPTIONAL.test(quantifier)) return true;
  }
  return false;
}
