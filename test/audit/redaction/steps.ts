/** What work on texts took. */
export interface Counted {
  /** Characters that searches went over and copies hold. */
  readonly steps: number;
  /** Every pattern that was used, by its source. */
  readonly patterns: ReadonlyMap<string, RegExp>;
}

/**
 * Counts the characters that `work` has regular expressions and strings go over: from where a search begins to
 * the end of what it finds, or of the text where it finds nothing. What a pattern looks at twice from one place
 * is bounded by the pattern: `lookahead` says by how much.
 */
export function counted(work: () => void): Counted {
  const patterns = new Map<string, RegExp>();
  let steps = 0;
  const undo: (() => void)[] = [];
  const patch = (
    target: object,
    name: string,
    make: (real: (...given: unknown[]) => unknown) => (this: never, ...given: unknown[]) => unknown,
  ): void => {
    const real = Reflect.get(target, name) as (...given: unknown[]) => unknown;
    Reflect.set(target, name, make(real));
    undo.push(() => Reflect.set(target, name, real));
  };
  patch(
    RegExp.prototype,
    'exec',
    (real) =>
      function exec(this: RegExp, ...given: unknown[]) {
        const start = this.global || this.sticky ? this.lastIndex : 0;
        const found = real.apply(this, given) as RegExpExecArray | null;
        patterns.set(`${this.source}/${this.flags}`, this);
        const end =
          found === null ? (this.sticky ? start : String(given[0]).length) : found.index + found[0].length;
        steps += 1 + Math.max(0, end - start);
        return found;
      },
  );
  for (const name of ['includes', 'indexOf', 'slice', 'startsWith', 'charCodeAt'] as const) {
    patch(
      String.prototype,
      name,
      (real) =>
        function searched(this: string, ...given: unknown[]) {
          const found = real.apply(this, given);
          const from =
            name === 'slice' || name === 'startsWith' || name === 'charCodeAt' ? 0 : Number(given[1] ?? 0);
          if (name === 'slice') steps += 1 + (found as string).length;
          else if (name === 'indexOf') steps += 1 + (found === -1 ? this.length : (found as number)) - from;
          else if (name === 'includes') steps += 1 + this.length - from;
          else steps += 1;
          return found;
        },
    );
  }
  try {
    work();
  } finally {
    for (const back of undo) back();
  }
  return { steps, patterns };
}
