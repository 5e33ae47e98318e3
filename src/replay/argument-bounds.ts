import { LEARN_CALLS_LEAST, LEARN_CALLS_PER_CHOICE } from '../platform/bounds.js';
import type { ConditionSource } from '../policy/source.js';
import type { ArgumentFacts } from './argument-facts.js';

/** A bound on one argument of a tool. */
export interface ArgumentBound {
  readonly path: string;
  readonly condition: ConditionSource;
  /** The counts behind it, for the comment. */
  readonly why: string;
}

/**
 * The bounds that the arguments of a tool's calls support. `calls` is how many there were; an argument
 * that some leave out may be left out. Where the values say too little, there is no bound.
 */
export function argumentBounds(
  facts: ReadonlyMap<string, ArgumentFacts>,
  calls: number,
): readonly ArgumentBound[] {
  const bounds: ArgumentBound[] = [];
  for (const [path, one] of facts) {
    if (one.seen < LEARN_CALLS_LEAST) continue;
    const found = conditionOf(one);
    if (found === undefined) continue;
    const isOptional = one.seen < calls;
    bounds.push({
      path,
      condition: isOptional ? { any: [{ exists: false }, found.condition] } : found.condition,
      why: `${found.what} in ${one.seen} of ${calls} calls`,
    });
  }
  return bounds;
}

interface Found {
  readonly condition: ConditionSource;
  readonly what: string;
}

function conditionOf(facts: ArgumentFacts): Found | undefined {
  switch (facts.kind) {
    case 'number':
      return numberOf(facts);
    case 'boolean':
      return facts.values?.size === 1
        ? { condition: { eq: facts.values.has('true') }, what: 'the same' }
        : undefined;
    case 'string':
      return textOf(facts);
    case undefined:
      return undefined;
  }
}

function numberOf({ least, most }: ArgumentFacts): Found {
  const floor = least >= 0 ? { gte: 0 } : { gte: least };
  return { condition: { ...floor, lte: most }, what: `from ${least} to ${most}` };
}

function textOf({ hosts, folder, values, seen }: ArgumentFacts): Found | undefined {
  if (hosts !== undefined)
    return { condition: { host: [...hosts].toSorted() }, what: countText(hosts.size, 'host') };
  if (folder !== undefined) {
    // A folder that holds everything is no bound.
    if (folder.length === 0) return undefined;
    return { condition: { path_within: `/${folder.join('/')}` }, what: 'in one folder' };
  }
  if (values === undefined || seen < values.size * LEARN_CALLS_PER_CHOICE) return undefined;
  return { condition: { in: [...values].toSorted() }, what: countText(values.size, 'value') };
}

function countText(count: number, noun: string): string {
  return count === 1 ? `one ${noun}` : `${count} ${noun}s`;
}
